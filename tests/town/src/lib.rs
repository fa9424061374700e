//! The simulated town: phones, a server and a bad network.
//!
//! For thousands of days, drawn from seeds and held against a reference model, phones and server speak through the real
//! sessions of `walkbook-sync` and compute with the real `walkbook-ledger`; storage, time and the network are simulated, so
//! that a failure can be replayed. For the stories of named people, everything but the network is real: [`real`].
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a simulation fails loudly"
)]

mod day;
mod liar;
mod network;
mod phone;
pub mod real;
mod server;

pub use day::{Chance, Day, run_day};
pub use liar::{Region, run_lying_day};
pub use network::Fate;
pub use phone::Phone;
pub use server::Server;

use walkbook_ledger::{Base, DoorBase, ListBase};
use walkbook_model::{Address, Contact, ContactField, ContactId, Door, DoorId, EffortId, WalkList, WalkListId};

/// Doors in the town, all on one list.
pub const DOORS: u8 = 6;

/// The list that everybody works.
pub fn list_id() -> WalkListId {
    WalkListId::from_bytes([1; 16])
}

/// The door of this number.
pub fn door_id(number: u8) -> DoorId {
    DoorId::derive(&[&[number]])
}

/// The door's base, with one contact.
pub fn door_base(number: u8) -> DoorBase {
    let contact = Contact {
        id: ContactId::derive(&[&[number]]),
        fields: [(ContactField::GivenName, format!("Resident {number}"))].into(),
    };
    Base::first(Door {
        id: door_id(number),
        address: Address { street: "Kirkkokatu".into(), number: number.to_string(), ..Address::default() },
        position: None,
        access_notes: String::new(),
        contacts: vec![contact],
    })
}

/// The list's base.
pub fn list_base() -> ListBase {
    Base::first(WalkList {
        id: list_id(),
        effort: EffortId::from_bytes([1; 16]),
        name: "Kruununhaka".into(),
        script: None,
        assigned: Vec::new(),
        doors: (0..DOORS).map(door_id).collect(),
    })
}
