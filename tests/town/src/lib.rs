//! The simulated town: phones, a server and a bad network, without IO.
//!
//! Phones and server speak through the real sessions of `walkbook-sync` and compute with the real `walkbook-ledger`;
//! what is simulated is storage, time and the network. A day is drawn from a seed, so that a failure can be replayed.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a simulation fails loudly"
)]

mod day;
mod network;
mod phone;
mod server;

pub use day::{Chance, Day, run_day};
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
