//! An edit that hung on a refused one is made again by the phone itself, once.

use super::*;
use crate::Why;
use walkbook_ledger::{DoorChange, ListChange};

fn verdicts(refusals: &[(u64, Reason)]) -> Frame {
    let refused = refusals.iter().map(|(seq, reason)| Refusal { seq: *seq, reason: *reason }).collect();
    Frame::Verdicts(Verdicts { refused, ..Verdicts::default() })
}

fn notes(walkbook: &Walkbook) -> String {
    walkbook.door(door()).unwrap().door.access_notes
}

/// One edit that is refused, and one on top of it.
fn with_two_edits(folder: &tempfile::TempDir) -> Walkbook {
    let walkbook = enrolled(folder);
    let address = Address { street: "Unioninkatu".into(), number: "41".into(), ..Address::default() };
    walkbook.edit_door(door(), DoorChange::SetAddress(address), now(1)).unwrap();
    walkbook.edit_door(door(), DoorChange::SetAccessNotes("ring twice".into()), now(2)).unwrap();
    walkbook
}

#[test]
fn an_edit_on_a_refused_one_is_made_again_on_what_the_phone_then_has() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_two_edits(&folder);
    let more = answer_of(&walkbook, 2, vec![verdicts(&[(1, Reason::NotAllowed), (2, Reason::Rebase)])]);
    assert!(more, "what was made again is to be sent");
    assert_eq!(notes(&walkbook), "ring twice");
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].number, "40");
    let refused: Vec<u64> = walkbook.refused().unwrap().iter().map(|refused| refused.entry.seq).collect();
    assert_eq!((refused, walkbook.status().unwrap().entries.saved), (vec![1], 1));
    assert!(!answer_of(&walkbook, 3, Vec::new()));
    assert_eq!(notes(&walkbook), "ring twice");
}

#[test]
fn an_edit_is_made_again_once_and_not_for_ever_and_its_text_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_two_edits(&folder);
    answer_of(&walkbook, 2, vec![verdicts(&[(1, Reason::NotAllowed), (2, Reason::Rebase)])]);
    let more = answer_of(&walkbook, 3, vec![verdicts(&[(3, Reason::Rebase)])]);
    assert!(!more);
    assert_eq!(walkbook.lock().last_seq, 3);
    assert_eq!(notes(&walkbook), "");
    let refused = walkbook.refused().unwrap().remove(0);
    assert_eq!((refused.entry.seq, refused.why), (3, Why::Refused(Reason::Rebase)));
    let Some(Payload::Door(edit)) = refused.said else { panic!("the text is gone") };
    assert_eq!(edit.change, DoorChange::SetAccessNotes("ring twice".into()));
}

#[test]
fn a_chain_of_edits_is_made_again_in_order_and_the_last_wins() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_two_edits(&folder);
    walkbook.edit_door(door(), DoorChange::SetAccessNotes("ring thrice".into()), now(3)).unwrap();
    let told = [(1, Reason::NotAllowed), (2, Reason::Rebase), (3, Reason::Rebase)];
    answer_of(&walkbook, 3, vec![verdicts(&told)]);
    assert_eq!(notes(&walkbook), "ring thrice");
    assert!(walkbook.door(door()).unwrap().clashes.is_empty());
}

#[test]
fn an_answer_that_breaks_off_does_not_lose_what_is_to_be_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_two_edits(&folder);
    let told = verdicts(&[(1, Reason::NotAllowed), (2, Reason::Rebase)]);
    begin(&walkbook).handle_bytes(&pack([welcome(2), told]), now(100)).unwrap();
    assert_eq!(notes(&walkbook), "");
    drop(walkbook);
    let walkbook = open(&folder);
    assert!(answer_of(&walkbook, 2, Vec::new()));
    assert_eq!(notes(&walkbook), "ring twice");
}

#[test]
fn what_cannot_be_made_again_waits_for_its_door() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_two_edits(&folder);
    let told = vec![verdicts(&[(1, Reason::NotAllowed), (2, Reason::Rebase)]), Frame::ForgetLists(vec![list()])];
    assert!(!answer_of(&walkbook, 2, told));
    assert_eq!(walkbook.refused().unwrap().len(), 2);
    assert!(answer_of(&walkbook, 2, download()));
    assert_eq!(notes(&walkbook), "ring twice");
    assert_eq!(walkbook.refused().unwrap().len(), 1);
}

#[test]
fn what_the_person_has_dismissed_is_not_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_two_edits(&folder);
    let told = vec![verdicts(&[(1, Reason::NotAllowed), (2, Reason::Rebase)]), Frame::ForgetLists(vec![list()])];
    answer_of(&walkbook, 2, told);
    walkbook.seen(EntryId::new(DEVICE, 2)).unwrap();
    assert!(!answer_of(&walkbook, 2, download()));
    assert_eq!(notes(&walkbook), "");
}

#[test]
fn a_contact_that_is_made_again_keeps_everything_that_was_said_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_two_edits(&folder);
    let added = walkbook.add_contact(door(), [(ContactField::GivenName, "Väinö".into())], now(3)).unwrap();
    walkbook.edit_contact(door(), added, ContactField::Language, "fi".into(), now(4)).unwrap();
    let knock = Interaction { contact: Some(added), ..not_home() };
    let knock = walkbook.record_knock(door(), knock, now(5)).unwrap();
    let no = Suppression { target: Target::Contact(added), reason: SuppressionReason::Objection, until_on: None };
    walkbook.suppress(door(), no, now(6)).unwrap();
    let consent = Consent {
        contact: added,
        purpose: Purpose::Visit,
        given: false,
        wording: String::new(),
        language: "fi".into(),
        witness: UserId::from_bytes([1; 16]),
    };
    walkbook.record_consent(door(), consent, now(7)).unwrap();
    let rebase: Vec<(u64, Reason)> = (2..=4).map(|seq| (seq, Reason::Rebase)).collect();
    let told = [vec![(1, Reason::NotAllowed)], rebase].concat();
    assert!(answer_of(&walkbook, 7, vec![verdicts(&told)]));
    let view = walkbook.door(door()).unwrap();
    let again = view.present().find(|contact| contact.contact.name() == "Väinö").unwrap();
    let id = again.contact.id;
    assert_ne!(id, added);
    assert_eq!(again.contact.fields.get(&ContactField::Language).map(String::as_str), Some("fi"));
    assert_eq!(again.permissions.len(), 1);
    assert_eq!((view.visits.len(), view.visits[0].entry), (1, knock));
    assert_eq!(view.visits[0].counts.as_ref().unwrap().contact, Some(id));
    assert!(view.is_contact_suppressed(id, Day::of(now(7))));
}

#[test]
fn a_list_edit_is_made_again_too() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let write = |on, change, seconds| write_list(&walkbook, ListEdit { on, change }, now(seconds));
    let first = write(Vec::new(), ListChange::Drop(door()), 1);
    write(vec![first], ListChange::Rename("Katajanokka".into()), 2);
    answer_of(&walkbook, 2, vec![verdicts(&[(1, Reason::NotAllowed), (2, Reason::Rebase)])]);
    let lists = walkbook.lists().unwrap();
    assert_eq!((lists[0].list.name.as_str(), lists[0].list.doors.len()), ("Katajanokka", 1));
}
