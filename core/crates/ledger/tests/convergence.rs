//! One truth on every screen: the same base and the same set of entries give the same state, byte for byte, whatever
//! the order, the duplication, the delay and the grouping.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod street;

use proptest::prelude::*;
use proptest::sample::Index;
use street::{Act, Street};
use walkbook_ledger::{DoorState, ListState};
use walkbook_model::Target;

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    prop::collection::vec((0..8usize, street::act()), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn eight_phones_agree_whatever_the_order_and_the_duplicates(acts in acts(), picks in prop::collection::vec(any::<Index>(), 1..200)) {
        let street = Street::after(&acts);
        let entries = street.everything();
        let expected = DoorState::compute(street.door(), Some(street.base()), &entries).unwrap().to_bytes();
        let list = ListState::compute(street.list_base(), &entries).unwrap().to_bytes();

        let mut shuffled = entries.clone();
        for pick in &picks {
            let again = pick.get(&entries).clone();
            let at = pick.index(shuffled.len());
            shuffled.insert(at, again);
        }
        shuffled.reverse();
        prop_assert_eq!(DoorState::compute(street.door(), Some(street.base()), &shuffled).unwrap().to_bytes(), expected.clone());
        prop_assert_eq!(ListState::compute(street.list_base(), &shuffled).unwrap().to_bytes(), list.clone());

        // In groups, each phone from its own half-knowledge on.
        for phone in 0..8 {
            let mut known = street.known_to(phone);
            known.extend(entries.iter().rev().cloned());
            prop_assert_eq!(DoorState::compute(street.door(), Some(street.base()), &known).unwrap().to_bytes(), expected.clone());
            prop_assert_eq!(ListState::compute(street.list_base(), &known).unwrap().to_bytes(), list.clone());
        }
    }

    #[test]
    fn an_edit_whose_ground_is_missing_waits_and_blocks_nothing(acts in acts(), lost in any::<Index>()) {
        let street = Street::after(&acts);
        let entries = street.everything();
        let mut some = entries.clone();
        some.remove(lost.index(some.len()));
        let state = DoorState::compute(street.door(), Some(street.base()), &some).unwrap();
        prop_assert!(state.waiting.iter().all(|id| some.iter().any(|entry| entry.id() == *id)));
        let visits = some.iter().filter(|entry| entry.payload.kind() == "interaction").count();
        prop_assert_eq!(state.visits.len(), visits);
    }

    #[test]
    fn no_wins_over_every_interleaving(acts in acts()) {
        let street = Street::after(&acts);
        let entries = street.everything();
        let state = DoorState::compute(street.door(), Some(street.base()), &entries).unwrap();
        for entry in &entries {
            if let Some(target) = street::suppresses(entry) && !street::is_lifted(&entries, entry.id()) {
                let covered = match target {
                    Target::Door => state.is_suppressed(street::today()),
                    Target::Contact(contact) => state.is_contact_suppressed(contact, street::today()),
                };
                prop_assert!(covered, "{} was said and never lifted", entry.id());
            }
        }
    }

    #[test]
    fn a_walk_list_holds_each_door_at_most_once(acts in acts()) {
        let street = Street::after(&acts);
        let mut doors = ListState::compute(street.list_base(), &street.everything()).unwrap().list.doors;
        let before = doors.len();
        doors.sort_unstable();
        doors.dedup();
        prop_assert_eq!(doors.len(), before);
    }
}
