//! Who may write what, told through real phones and a real store: every row of the tables.

mod doors;
mod drafts;
mod edits;
mod escalation;
mod lists;
mod poison;
mod released;
mod table;
mod teams;

use crate::engine::tests::phone::{Became, Phone};
use crate::engine::tests::world::{AINO, BERTA, LEA, NORTH, World, at, by_operator};
use walkbook_ledger::Payload;
use walkbook_model::{
    Consent, EntryId, Interaction, Knock, Lift, Outcome, Purpose, Suppression, SuppressionReason, Target, UserId,
    WalkListId,
};
use walkbook_sync::Reason;

const NOT_YOURS: Became = Became::Refused(Reason::NotYours);
const NOT_ALLOWED: Became = Became::Refused(Reason::NotAllowed);
const MALFORMED: Became = Became::Refused(Reason::Malformed);
const REBASE: Became = Became::Refused(Reason::Rebase);

/// Aino walks by the river (doors 1 to 4), Berta on the hill (5 to 8), Lea leads.
struct Field {
    world: World,
    aino: Phone,
    berta: Phone,
    lea: Phone,
}

impl Field {
    fn new() -> Self {
        let world = World::with_lists().showing_history();
        let [aino, berta, lea] = [AINO, BERTA, LEA].map(|user| world.phone(NORTH, user));
        let mut field = Self { world, aino, berta, lea };
        field.sync(0);
        field
    }

    /// Everybody meets the server.
    fn sync(&mut self, seconds: u64) {
        for phone in [&mut self.aino, &mut self.berta, &mut self.lea] {
            phone.sync(&self.world, at(seconds)).unwrap();
        }
    }
}

fn not_home(list: WalkListId) -> Interaction {
    Interaction::of_outcome(list, None, Outcome::NotHome)
}

fn knocked(knock: Knock, list: WalkListId) -> Payload {
    Payload::Interaction(Interaction { knock, ..not_home(list) })
}

fn no(reason: SuppressionReason) -> Payload {
    Payload::Suppression(Suppression { target: Target::Door, reason, until_on: None })
}

fn lift(names: EntryId) -> Payload {
    Payload::Lift(Lift { names: vec![names], reason: "asked for".into() })
}

fn consent(witness: UserId) -> Payload {
    let (wording, language) = ("May we call you?".into(), "en".into());
    let contact = walkbook_model::ContactId::from_bytes([61; 16]);
    Payload::Consent(Consent { contact, purpose: Purpose::Phone, given: true, wording, language, witness })
}
