//! Farah's app has a fault, and writes something in the middle of her shift that no server takes. Everything else goes on.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_model::{EntryId, Lift, SuppressionReason, Target};

#[test]
fn what_is_refused_is_rolled_back_and_shown_and_holds_up_nothing() {
    let stairwell = Stairwell::new();
    let [farah, aino] = stairwell.canvassers(["Farah", "Aino"]);
    let first = farah.not_home(stairwell.list, stairwell.doors[0]);
    let objection =
        walkbook_model::Suppression { target: Target::Door, reason: SuppressionReason::Objection, until_on: None };
    let no = farah.walkbook.suppress(stairwell.doors[0], objection, farah.clock()).unwrap();
    // A canvasser may not lift anything: the app should not have offered it.
    let lift = Lift { names: vec![no], reason: "a mistake of the app".into() };
    let refused: EntryId = farah.walkbook.lift_suppression(stairwell.doors[0], lift, farah.clock()).unwrap();
    let last = farah.not_home(stairwell.list, stairwell.doors[0]);
    farah.sync(&stairwell.town);
    aino.sync(&stairwell.town);
    assert_eq!(aino.knocks_at(stairwell.doors[0]), [first, last]);
    let today = walkbook_model::Day::of(aino.clock());
    for phone in [&farah, &aino] {
        assert!(phone.walkbook.door(stairwell.doors[0]).unwrap().is_suppressed(today));
    }
    let shown: Vec<EntryId> = farah.walkbook.refused().unwrap().into_iter().map(|refused| refused.entry).collect();
    assert_eq!(shown, [refused]);
    stairwell.all_agree(&[&farah, &aino]);
}
