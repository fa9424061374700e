//! Aino and Bilal work one stairwell with no signal. Neither waits for the other, and in the evening both have it all.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_model::{ContactField, Suppression, SuppressionReason, Target};

#[test]
fn both_work_every_door_and_both_see_every_knock() {
    let stairwell = Stairwell::new();
    let [aino, bilal] = stairwell.canvassers(["Aino", "Bilal"]);
    for door in &stairwell.doors {
        aino.not_home(stairwell.list, *door);
        bilal.not_home(stairwell.list, *door);
    }
    aino.sync(&stairwell.town);
    bilal.sync(&stairwell.town);
    aino.sync(&stairwell.town);
    for door in &stairwell.doors {
        assert_eq!(aino.knocks_at(*door).len(), 2);
    }
    stairwell.all_agree(&[&aino, &bilal]);
}

#[test]
fn both_mend_one_number_and_both_see_both_until_somebody_chooses() {
    let stairwell = Stairwell::new();
    let [aino, bilal] = stairwell.canvassers(["Aino", "Bilal"]);
    let has_people = |door: &&_| aino.walkbook.door(**door).unwrap().present().next().is_some();
    let door = *stairwell.doors.iter().find(has_people).unwrap();
    let contact = aino.walkbook.door(door).unwrap().present().next().unwrap().contact.id;
    for (phone, number) in [(&aino, "+1-202-555-0111"), (&bilal, "+1-202-555-0122")] {
        phone.walkbook.edit_contact(door, contact, ContactField::Phone, number.into(), phone.clock()).unwrap();
        phone.sync(&stairwell.town);
    }
    aino.sync(&stairwell.town);
    let clashes = |phone: &walkbook_town::real::Phone| phone.walkbook.door(door).unwrap().clashes;
    assert_eq!((clashes(&aino).len(), clashes(&bilal).len()), (1, 1));
    // Aino rings again, and knows: making a choice again on top of both resolves it.
    let (_, chosen) = clashes(&aino)[0].choices[1].clone();
    aino.walkbook.edit_door(door, chosen, aino.clock()).unwrap();
    aino.sync(&stairwell.town);
    bilal.sync(&stairwell.town);
    assert!(clashes(&bilal).is_empty());
    stairwell.all_agree(&[&aino, &bilal]);
}

#[test]
fn never_again_wins_over_the_knock_of_who_could_not_know() {
    let stairwell = Stairwell::new();
    let [aino, bilal] = stairwell.canvassers(["Aino", "Bilal"]);
    let door = stairwell.doors[0];
    let objection = Suppression { target: Target::Door, reason: SuppressionReason::Objection, until_on: None };
    aino.walkbook.suppress(door, objection, aino.clock()).unwrap();
    let knock = bilal.not_home(stairwell.list, door);
    bilal.sync(&stairwell.town);
    aino.sync(&stairwell.town);
    bilal.sync(&stairwell.town);
    let today = walkbook_model::Day::of(bilal.clock());
    assert!(bilal.walkbook.door(door).unwrap().is_suppressed(today));
    assert_eq!(aino.knocks_at(door), [knock]);
    stairwell.all_agree(&[&aino, &bilal]);
}
