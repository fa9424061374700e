//! A canvasser's day, without a network but with a server's answers.

use super::*;
use crate::store::HeldBase;
use walkbook_ledger::{DoorChange, Standing};

#[test]
fn the_list_stands_in_order_and_a_door_is_found_by_its_people() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    assert_eq!(walkbook.lists().unwrap()[0].list.name, "Kruununhaka");
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].line, "Unioninkatu 40");
    assert_eq!(walkbook.search("aino", 10).unwrap().len(), 1);
}

#[test]
fn a_knock_is_there_after_the_app_was_killed_and_counts_as_at_risk_until_the_server_has_it() {
    let folder = tempfile::tempdir().unwrap();
    enrolled(&folder).record_knock(door(), not_home(), now(1)).unwrap();
    let walkbook = open(&folder);
    assert_eq!(walkbook.door(door()).unwrap().visits.len(), 1);
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].attempts, 1);
    assert_eq!(walkbook.status().unwrap().at_risk(), 1);
    answer(&walkbook, Vec::new());
    assert_eq!(walkbook.status().unwrap().at_risk(), 0);
}

#[test]
fn a_knock_that_the_book_has_not_worked_in_is_worked_in_at_the_next_opening() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let knock = walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    {
        // As if the app had been killed between the log and the book.
        let mut inner = walkbook.lock();
        inner
            .store
            .book
            .change(|writer| {
                writer.remove_entry(knock)?;
                writer.set_applied_to(0)
            })
            .unwrap();
    }
    drop(walkbook);
    assert_eq!(open(&folder).door(door()).unwrap().visits[0].entry, knock);
}

#[test]
fn what_the_server_refuses_is_rolled_back_and_shown_as_refused() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    let refused = vec![Refusal { seq: 1, reason: Reason::NotYours }];
    answer(&walkbook, vec![Frame::Verdicts(Verdicts { refused, ..Verdicts::default() })]);
    assert!(walkbook.door(door()).unwrap().visits.is_empty());
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].attempts, 0);
    assert_eq!(walkbook.status().unwrap().entries.refused, 1);
}

#[test]
fn an_answer_that_breaks_off_before_the_verdicts_makes_nothing_safe() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    let mut exchange = walkbook.begin_exchange(&signer(), [8; 16], now(100)).unwrap();
    let welcome = Frame::Welcome(Welcome { now: now(100), last_seq: 1, tip: [0; 32].into(), in_backend_up_to: 0 });
    // No end: the connection broke.
    exchange.handle_bytes(&pack([welcome]), now(100)).unwrap();
    assert_eq!(walkbook.status().unwrap().at_risk(), 1);
}

#[test]
fn a_mistaken_knock_is_undone_in_one_call() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let knock = walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    walkbook.undo(door(), knock, now(2)).unwrap();
    assert_eq!(walkbook.door(door()).unwrap().counting().count(), 0);
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].attempts, 0);
}

#[test]
fn people_are_added_and_edited_offline() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let added = walkbook.add_contact(door(), [(ContactField::GivenName, "Väinö".into())], now(1)).unwrap();
    walkbook.edit_contact(door(), added, ContactField::Language, "fi".into(), now(2)).unwrap();
    walkbook
        .edit_door(door(), DoorChange::SetStanding(ContactId::from_bytes([5; 16]), Standing::Gone), now(3))
        .unwrap();
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].names, ["Väinö"]);
}

#[test]
fn bad_input_names_the_field_and_records_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let long = Interaction { note: Some("x".repeat(5_000)), ..not_home() };
    assert!(matches!(walkbook.record_knock(door(), long, now(1)), Err(Error::Invalid(Invalid::TooLong { .. }))));
    let nowhere = DoorId::from_bytes([0; 16]);
    assert_eq!(walkbook.record_knock(nowhere, not_home(), now(1)), Err(Error::NotHere { what: "door" }));
    assert_eq!(walkbook.status().unwrap().at_risk(), 0);
}

#[test]
fn a_phone_that_is_not_enrolled_says_so() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(open(&folder).record_knock(door(), not_home(), now(1)), Err(Error::NotEnrolled));
}

#[test]
fn a_new_register_under_field_work_changes_nothing_that_was_edited() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.edit_door(door(), DoorChange::SetAccessNotes("ring twice".into()), now(1)).unwrap();
    let imported = Base::first(Door { access_notes: "of the register".into(), ..record() });
    let mut inner = walkbook.lock();
    let held = HeldBase { epoch: 0, record: imported.to_bytes() };
    inner.store.book.change(|writer| writer.put_base(Document::Door(door()), &held)).unwrap();
    drop(inner);
    assert_eq!(walkbook.door(door()).unwrap().door.access_notes, "ring twice");
}
