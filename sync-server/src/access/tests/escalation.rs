//! What a canvasser might try with somebody else's name, or somebody else's "no".

use super::*;
use crate::engine::tests::world::{HILL, RIVER, SOUTH, door};
use crate::store::Log;
use walkbook_ledger::{Correction, DoorChange, Subject};

#[test]
fn only_a_lead_lifts_a_no_be_it_ones_own() {
    let mut field = Field::new();
    let said_no = field.aino.write_at(door(1), no(SuppressionReason::Objection), at(1));
    let tried = field.aino.write_at(door(1), lift(said_no), at(2));
    field.sync(3);
    assert_eq!(field.aino.became(tried), NOT_ALLOWED);
    assert_eq!(field.aino.book.door(door(1)).suppressions.len(), 1);
    let lifted = field.lea.write_at(door(1), lift(said_no), at(4));
    field.sync(5);
    field.sync(6);
    assert_eq!(field.lea.became(lifted), Became::Accepted);
    assert!(field.aino.book.door(door(1)).suppressions.is_empty());
}

#[test]
fn nobody_knocks_in_anothers_name_but_a_lead_who_types_it_in() {
    let mut field = Field::new();
    let by = |user| Payload::Interaction(Interaction { knocked_by: Some(user), ..not_home(RIVER) });
    let own = field.aino.write_at(door(1), by(AINO), at(1));
    let other = field.aino.write_at(door(1), by(BERTA), at(1));
    let stranger = field.aino.write_at(door(1), by(UserId::from_bytes([99; 16])), at(1));
    let led = field.lea.write_at(door(1), by(BERTA), at(1));
    let led_stranger = field.lea.write_at(door(1), by(UserId::from_bytes([99; 16])), at(1));
    field.sync(2);
    assert_eq!([own, other, stranger].map(|id| field.aino.became(id)), [Became::Accepted, NOT_ALLOWED, NOT_ALLOWED]);
    assert_eq!([led, led_stranger].map(|id| field.lea.became(id)), [Became::Accepted, MALFORMED]);
}

#[test]
fn nobody_bears_witness_in_anothers_name_but_a_lead() {
    let mut field = Field::new();
    let ids = [AINO, BERTA].map(|witness| field.aino.write_at(door(1), consent(witness), at(1)));
    let led = [AINO, UserId::from_bytes([99; 16])].map(|witness| field.lea.write_at(door(1), consent(witness), at(1)));
    field.sync(2);
    assert_eq!(ids.map(|id| field.aino.became(id)), [Became::Accepted, NOT_ALLOWED]);
    assert_eq!(led.map(|id| field.lea.became(id)), [Became::Accepted, MALFORMED]);
}

#[test]
fn nobody_corrects_anothers_knock_but_a_lead() {
    let mut field = Field::new();
    field.world.update(&[crate::store::ListUpdate::Assign(RIVER, BERTA)], at(0));
    let hers = field.aino.knock(RIVER, door(1), at(1));
    field.sync(2);
    let undo = |replaces| Payload::Correction(Correction { replaces, with: None });
    let tried = field.berta.write_at(door(1), undo(hers), at(3));
    field.sync(4);
    assert_eq!(field.berta.became(tried), NOT_ALLOWED);
    // From another phone of one's own it is one's own.
    let mut second = field.world.phone(NORTH, AINO);
    let own = second.write_at(door(1), undo(hers), at(5));
    second.sync(&field.world, at(6)).unwrap();
    assert_eq!(second.became(own), Became::Accepted);
    let led = field.lea.write_at(door(1), undo(hers), at(7));
    field.sync(8);
    assert_eq!(field.lea.became(led), Became::Accepted);
}

#[test]
fn a_correction_does_not_smuggle_in_what_could_not_be_written_by_itself() {
    let mut field = Field::new();
    let knock = field.aino.knock(RIVER, door(1), at(1));
    let foreign_list = Interaction { list: HILL, ..not_home(RIVER) };
    let anothers = Interaction { knocked_by: Some(BERTA), ..not_home(RIVER) };
    let unknown = Knock::Answers(walkbook_model::ContentHash::of(b"none"), vec![answer(1, true)]);
    let unfit = Interaction { knock: unknown, ..not_home(RIVER) };
    let ids = [foreign_list, anothers, unfit].map(|with| {
        let correction = Correction { replaces: knock, with: Some(with) };
        field.aino.write_at(door(1), Payload::Correction(correction), at(2))
    });
    field.sync(3);
    let became = ids.map(|id| field.aino.became(id));
    assert_eq!(became, [NOT_YOURS, NOT_ALLOWED, Became::Refused(Reason::UnfitAnswer)]);
}

#[test]
fn a_correction_names_a_visit_at_its_own_door() {
    let mut field = Field::new();
    let at_another_door = field.aino.knock(RIVER, door(2), at(1));
    let said_no = field.aino.write_at(door(1), no(SuppressionReason::Objection), at(1));
    let refused = field.aino.knock(HILL, door(1), at(1));
    let nobodys = EntryId::new(walkbook_model::DeviceId::from_bytes([99; 16]), 1);
    let ids = [at_another_door, said_no, refused, nobodys]
        .map(|replaces| field.aino.write_at(door(1), Payload::Correction(Correction { replaces, with: None }), at(2)));
    field.sync(3);
    assert_eq!(ids.map(|id| field.aino.became(id)), [MALFORMED, MALFORMED, NOT_YOURS, NOT_YOURS]);
    // And when what it names came with an earlier request.
    let ids = [at_another_door, said_no]
        .map(|replaces| field.aino.write_at(door(1), Payload::Correction(Correction { replaces, with: None }), at(4)));
    field.sync(5);
    assert_eq!(ids.map(|id| field.aino.became(id)), [MALFORMED; 2]);
}

#[test]
fn a_knock_is_for_a_list_that_is_or_was_ones_own() {
    let mut field = Field::new();
    field.world.update(&[crate::store::ListUpdate::Assign(HILL, AINO)], at(0));
    field.world.update(&[crate::store::ListUpdate::Unassign(HILL, AINO)], at(1));
    let ids = [RIVER, HILL, WalkListId::from_bytes([99; 16])].map(|list| field.aino.knock(list, door(1), at(2)));
    field.sync(3);
    assert_eq!(ids.map(|id| field.aino.became(id)), [Became::Accepted, Became::Accepted, NOT_YOURS]);
}

#[test]
fn a_door_of_another_tenant_is_out_of_reach_even_for_a_lead_and_even_by_name() {
    let mut field = Field::new();
    let theirs = door(700);
    field.world.put_list(SOUTH, WalkListId::from_bytes([35; 16]), [700], &[AINO]);
    for phone in [&mut field.aino, &mut field.lea] {
        let knock = phone.knock(RIVER, theirs, at(1));
        let edit = phone.edit(theirs, DoorChange::SetAccessNotes("mine now".into()), at(1));
        phone.sync(&field.world, at(2)).unwrap();
        assert_eq!([knock, edit].map(|id| phone.became(id)), [NOT_YOURS; 2]);
    }
    for tenant in [NORTH, SOUTH] {
        assert!(field.world.store.entries_of(tenant, Subject::Door(theirs)).unwrap().is_empty());
    }
}

#[test]
fn the_same_ids_in_two_tenants_are_two_worlds() {
    let world = World::with_lists();
    world.put_list(SOUTH, RIVER, 1..=4, &[AINO]);
    let (mut north, mut south) = (world.phone(NORTH, AINO), world.phone(SOUTH, AINO));
    let said_no = north.write_at(door(1), no(SuppressionReason::Objection), at(1));
    south.knock(RIVER, door(1), at(1));
    north.sync(&world, at(2)).unwrap();
    south.sync(&world, at(2)).unwrap();
    assert!(south.book.door(door(1)).suppressions.is_empty());
    // A lead of the south names the north's entry.
    let mut lead = world.phone(SOUTH, LEA);
    lead.write_at(door(1), lift(said_no), at(3));
    let correction = Correction { replaces: said_no, with: None };
    let tried = lead.write_at(door(1), Payload::Correction(correction), at(3));
    lead.sync(&world, at(4)).unwrap();
    assert_eq!(lead.became(tried), NOT_YOURS);
    let mut fresh = world.phone(NORTH, AINO);
    fresh.sync(&world, at(5)).unwrap();
    assert_eq!(fresh.book.door(door(1)).suppressions.len(), 1);
    assert!(fresh.book.door(door(1)).visits.is_empty());
}

fn answer(question: u16, yes: bool) -> walkbook_model::Answer {
    let value = walkbook_model::AnswerValue::YesNo(yes);
    walkbook_model::Answer { question: walkbook_model::QuestionKey(question), value }
}
