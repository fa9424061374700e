//! Who may write a script.

use super::*;
use crate::engine::tests::world::{SOUTH, door};
use crate::reading;
use crate::store::Log;
use walkbook_ledger::{
    DoorChange, DoorEdit, ScriptChange, ScriptEdit, ScriptState, Subject, question_added_by, script_started_by,
};
use walkbook_model::{Question, QuestionId, QuestionKind, ScriptId};

fn edit(phone: &mut Phone, script: ScriptId, on: Vec<EntryId>, change: ScriptChange, seconds: u64) -> EntryId {
    phone.write(Subject::Script(script), Payload::Script(ScriptEdit { on, change }), at(seconds))
}

fn title(title: &str) -> ScriptChange {
    ScriptChange::SetTitle(title.into())
}

/// Starts a draft; which, and the edit that starts it.
fn start(phone: &mut Phone, seconds: u64) -> (ScriptId, EntryId) {
    let script = script_started_by(EntryId::new(phone.device, phone.last_seq() + 1));
    (script, edit(phone, script, Vec::new(), title("Spring"), seconds))
}

fn add(phone: &mut Phone, script: ScriptId, on: EntryId, seconds: u64) -> (QuestionId, EntryId) {
    let key = question_added_by(EntryId::new(phone.device, phone.last_seq() + 1));
    let question = Question { key, name: "sign".into(), text: "A sign?".into(), kind: QuestionKind::YesNo, when: None };
    let change = ScriptChange::AddQuestion { question, behind: None };
    (key, edit(phone, script, vec![on], change, seconds))
}

fn draft(world: &World, script: ScriptId) -> Option<ScriptState> {
    reading::draft_state(&*world.store, NORTH, script).unwrap()
}

#[test]
fn leads_start_drafts_and_work_on_each_others() {
    let mut field = Field::new();
    let mut otto = field.world.phone(NORTH, LEA);
    let (script, started) = start(&mut field.lea, 1);
    let (sign, added) = add(&mut field.lea, script, started, 2);
    field.sync(3);
    assert_eq!([started, added].map(|id| field.lea.became(id)), [Became::Accepted; 2]);
    let (_, his) = add(&mut otto, script, added, 4);
    let hers = edit(&mut field.lea, script, vec![added], ScriptChange::Drop(sign), 5);
    otto.sync(&field.world, at(6)).unwrap();
    field.sync(6);
    assert_eq!([otto.became(his), field.lea.became(hers)], [Became::Accepted; 2]);
    let state = draft(&field.world, script).unwrap();
    assert_eq!((state.draft.script.questions.len(), state.dropped.len(), state.tips.len()), (1, 1, 2));
    let subject = Subject::Script(script);
    assert_eq!(field.world.store.entries_of(NORTH, subject).unwrap().len(), 4);
}

#[test]
fn whoever_leads_nobody_writes_no_scripts() {
    let mut field = Field::new();
    let (script, started) = start(&mut field.lea, 1);
    field.sync(2);
    let (own, tried_to_start) = start(&mut field.aino, 3);
    let tried_to_edit = edit(&mut field.aino, script, vec![started], title("Aino's"), 3);
    let on_nothing = edit(&mut field.aino, script, Vec::new(), title("Aino's"), 3);
    let knock = field.aino.write_at(door(1), no(SuppressionReason::Objection), at(3));
    field.sync(4);
    let became = [tried_to_start, tried_to_edit, on_nothing, knock].map(|id| field.aino.became(id));
    assert_eq!(became, [NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, Became::Accepted]);
    assert!(draft(&field.world, own).is_none());
    assert_eq!(draft(&field.world, script).unwrap().draft.script.title, "Spring");
}

#[test]
fn a_draft_is_called_by_the_entry_that_starts_it_and_starts_with_its_title() {
    let mut field = Field::new();
    let chosen = edit(&mut field.lea, ScriptId::from_bytes([7; 16]), Vec::new(), title("Mine"), 1);
    let untitled = script_started_by(EntryId::new(field.lea.device, field.lea.last_seq() + 1));
    let nameless = edit(&mut field.lea, untitled, Vec::new(), ScriptChange::Drop(QuestionId::from_bytes([1; 16])), 1);
    let (_, started) = start(&mut field.lea, 1);
    let built_on = script_started_by(EntryId::new(field.lea.device, field.lea.last_seq() + 1));
    let on_another = edit(&mut field.lea, built_on, vec![started], title("On another's"), 1);
    field.sync(2);
    let became = [chosen, nameless, on_another].map(|id| field.lea.became(id));
    assert_eq!(became, [NOT_YOURS; 3]);
    // What was refused has started nothing.
    let later = edit(&mut field.lea, untitled, Vec::new(), title("Later"), 3);
    field.sync(4);
    assert_eq!(field.lea.became(later), NOT_YOURS);
}

#[test]
fn another_tenants_draft_is_none() {
    let mut field = Field::new();
    let mut far = field.world.phone(SOUTH, LEA);
    let (script, started) = start(&mut far, 1);
    far.sync(&field.world, at(2)).unwrap();
    let tried = edit(&mut field.lea, script, Vec::new(), title("Ours now"), 3);
    let on_theirs = edit(&mut field.lea, script, vec![started], title("Ours now"), 3);
    field.sync(4);
    assert_eq!([tried, on_theirs].map(|id| field.lea.became(id)), [NOT_YOURS; 2]);
    assert!(draft(&field.world, script).is_none());
}

#[test]
fn an_edit_of_a_draft_is_made_on_edits_of_that_draft() {
    let mut field = Field::new();
    let (script, started) = start(&mut field.lea, 1);
    let notes = DoorEdit { on: Vec::new(), change: DoorChange::SetAccessNotes("dog".into()) };
    let at_door = field.lea.write_at(door(1), Payload::Door(notes), at(1));
    let (_, of_another) = start(&mut field.lea, 1);
    let refused = edit(&mut field.lea, ScriptId::from_bytes([7; 16]), Vec::new(), title("Mine"), 1);
    let ids = [at_door, of_another, refused, started].map(|on| edit(&mut field.lea, script, vec![on], title("x"), 2));
    field.sync(3);
    assert_eq!(ids.map(|id| field.lea.became(id)), [MALFORMED, MALFORMED, REBASE, Became::Accepted]);
}

#[test]
fn drafts_are_sent_to_nobody() {
    let mut field = Field::new();
    let (script, started) = start(&mut field.lea, 1);
    add(&mut field.lea, script, started, 2);
    field.sync(3);
    field.sync(4);
    let mut new = field.world.phone(NORTH, LEA);
    new.sync(&field.world, at(5)).unwrap();
    for phone in [&field.aino, &field.berta, &new] {
        assert!(phone.book.entries.values().all(|entry| entry.header.subject != Subject::Script(script)));
    }
}
