//! What the server shows less of than before, and what it does not show.

use super::forgetting::holds;
use super::*;
use walkbook_ledger::{DoorChange, DoorEdit};

fn withheld() -> Withheld {
    Withheld { history: true, fields: [ContactField::Phone].into() }
}

fn with_number(number: &str) -> Frame {
    let mut known = record();
    known.contacts[0].fields.insert(ContactField::Phone, number.into());
    doors_frame([known])
}

fn call_her(number: &str) -> DoorChange {
    DoorChange::SetContactField(aino(), ContactField::Phone, number.into())
}

fn of_mate_noted(note: Option<&str>) -> Frame {
    of_mate(1, now(1), Payload::Interaction(Interaction { note: note.map(Into::into), ..not_home() }))
}

fn number(walkbook: &Walkbook) -> Option<String> {
    walkbook.door(door()).unwrap().contacts[0].contact.fields.get(&ContactField::Phone).cloned()
}

#[test]
fn a_phone_says_what_it_is_not_shown_also_after_it_was_off() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    assert_eq!(walkbook.withheld(), Ok(Withheld::default()));
    let before = walkbook.changes_since(0).version;
    answer(&walkbook, vec![Frame::Withheld(withheld())]);
    assert!(walkbook.changes_since(before).settings_changed);
    let told = walkbook.changes_since(before).version;
    answer(&walkbook, vec![Frame::Withheld(withheld())]);
    assert!(!walkbook.changes_since(told).settings_changed);
    drop(walkbook);
    assert_eq!(open(&folder).withheld(), Ok(withheld()));
}

#[test]
fn what_is_shown_of_an_entry_now_takes_the_place_of_what_was_and_leaves_nothing_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let on_her = DoorEdit { on: Vec::new(), change: call_her("0409998888") };
    let edited = of_mate(2, now(2), Payload::Door(on_her));
    answer(&walkbook, vec![with_number("0405556666"), of_mate_noted(Some("under the mat")), edited, cursor(list())]);
    assert_eq!(number(&walkbook).as_deref(), Some("0409998888"));
    for words in ["0405556666", "0409998888", "under the mat"] {
        assert!(holds(&walkbook, words), "{words}");
    }
    let blank = of_mate(2, now(2), Payload::Door(DoorEdit { on: Vec::new(), change: call_her("") }));
    answer(
        &walkbook,
        vec![Frame::Withheld(withheld()), doors_frame([record()]), of_mate_noted(None), blank, cursor(list())],
    );
    assert_eq!((number(&walkbook), walkbook.door(door()).unwrap().visits.len()), (None, 1));
    for words in ["0405556666", "0409998888", "under the mat"] {
        assert!(!holds(&walkbook, words), "{words}");
    }
}

#[test]
fn an_own_entry_stays_as_it_was_written_whatever_the_server_shows_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let noted = Interaction { note: Some("rings twice".into()), ..not_home() };
    walkbook.record_knock(door(), noted.clone(), now(1)).unwrap();
    let header = Header { seq: 1, moment: Moment::new(now(1), 0), subject: Subject::Door(door()), epoch: 0 };
    let payload = Payload::Interaction(not_home());
    let outline = Frame::Entries(vec![Delivered::from(&Entry { device: DEVICE, header, bound: None, payload })]);
    answer(&walkbook, vec![outline, cursor(list())]);
    assert_eq!(walkbook.door(door()).unwrap().visits[0].counts, Some(noted));
}

#[test]
fn nobody_clears_a_field_they_are_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    answer(&walkbook, vec![Frame::Withheld(withheld()), cursor(list())]);
    let cleared = walkbook.edit_door(door(), call_her(""), now(2));
    assert!(
        matches!(cleared, Err(Error::Invalid(Invalid::Malformed { what: "a contact's field", .. }))),
        "{cleared:?}"
    );
    assert_eq!(walkbook.status().unwrap().entries.saved, 0);
    walkbook.edit_door(door(), call_her("0401112222"), now(3)).unwrap();
    assert_eq!(number(&walkbook).as_deref(), Some("0401112222"));
    let language = DoorChange::SetContactField(aino(), ContactField::Language, String::new());
    walkbook.edit_door(door(), language, now(4)).unwrap();
}
