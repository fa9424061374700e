//! Who may write a script.

use super::*;
use crate::engine::tests::world::{SOUTH, door};
use crate::reading;
use crate::store::Log;
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{
    DoorChange, DoorEdit, ScriptChange, ScriptEdit, ScriptState, Subject, question_added_by, script_started_by,
};
use walkbook_model::{ContentHash, DeviceId, Question, QuestionId, QuestionKey, QuestionKind, Role, ScriptId};
use walkbook_sync::{Frame, FrameReader, PhoneSession};

/// An organiser.
const OTTO: UserId = UserId::from_bytes([17; 16]);

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

/// Lea has written a draft that an organiser may publish, and both have it.
fn ready() -> (Field, Phone, ScriptId) {
    let mut field = Field::new();
    field.world.set_role(NORTH, OTTO, Role::Organiser);
    let mut otto = field.world.phone(NORTH, OTTO);
    let (script, started) = start(&mut field.lea, 1);
    add(&mut field.lea, script, started, 2);
    field.sync(3);
    otto.sync(&field.world, at(3)).unwrap();
    (field, otto, script)
}

/// Publishes what the phone sees.
fn publish(phone: &mut Phone, script: ScriptId, seconds: u64) -> EntryId {
    let seen = phone.book.draft(script);
    edit(phone, script, seen.tips.clone(), seen.publishing().unwrap(), seconds)
}

fn versions(world: &World, script: ScriptId) -> Vec<ContentHash> {
    draft(world, script).unwrap().versions.into_iter().map(|(_, version)| version).collect()
}

#[test]
fn what_an_organiser_has_read_is_published_to_the_byte() {
    let (field, mut otto, script) = ready();
    let seen = otto.book.draft(script).published().unwrap();
    let published = publish(&mut otto, script, 4);
    otto.sync(&field.world, at(5)).unwrap();
    assert_eq!(otto.became(published), Became::Accepted);
    assert_eq!(versions(&field.world, script), [seen.content_hash()]);
    let stored = reading::script(&*field.world.store, NORTH, seen.content_hash()).unwrap();
    assert_eq!(stored, Some(seen));
}

#[test]
fn what_is_written_and_published_in_one_go_is_published() {
    let (field, mut otto, script) = ready();
    let on = otto.book.draft(script).tips;
    let (_, added) = add(&mut otto, script, on[0], 4);
    assert_eq!(otto.book.draft(script).tips, [added]);
    let published = publish(&mut otto, script, 5);
    otto.sync(&field.world, at(6)).unwrap();
    assert_eq!(otto.became(published), Became::Accepted);
    let [version] = versions(&field.world, script)[..] else { panic!("one version") };
    assert_eq!(reading::script(&*field.world.store, NORTH, version).unwrap().unwrap().questions.len(), 2);
}

#[test]
fn nobody_publishes_what_they_have_not_read() {
    let (mut field, mut otto, script) = ready();
    let on = field.lea.book.draft(script).tips;
    let hers = edit(&mut field.lea, script, on, title("Spring, the second week"), 4);
    field.sync(5);
    assert_eq!(field.lea.became(hers), Became::Accepted);
    let published = publish(&mut otto, script, 6);
    otto.sync(&field.world, at(7)).unwrap();
    assert_eq!(otto.became(published), REBASE);
    assert_eq!(versions(&field.world, script), []);
    // Now that he has read it, he does.
    let published = publish(&mut otto, script, 8);
    otto.sync(&field.world, at(9)).unwrap();
    assert_eq!(otto.became(published), Became::Accepted);
}

#[test]
fn numbers_are_given_by_the_server_or_not_at_all() {
    let (field, mut otto, script) = ready();
    let seen = otto.book.draft(script);
    let Ok(ScriptChange::Publish { numbers, version }) = seen.publishing() else { panic!("it can be published") };
    let others = numbers.keys().map(|question| (*question, QuestionKey(7))).collect();
    let forged = [
        ScriptChange::Publish { numbers: others, version },
        ScriptChange::Publish { numbers: BTreeMap::new(), version },
        ScriptChange::Publish { numbers, version: ContentHash::of(b"another") },
    ];
    let ids = forged.map(|change| edit(&mut otto, script, seen.tips.clone(), change, 4));
    otto.sync(&field.world, at(5)).unwrap();
    assert_eq!(ids.map(|id| otto.became(id)), [REBASE; 3]);
    assert_eq!((versions(&field.world, script), draft(&field.world, script).unwrap().draft.last_number), (vec![], 0));
}

#[test]
fn two_who_publish_two_drafts_of_one_moment_give_no_number_twice() {
    let (mut field, mut otto, script) = ready();
    field.world.set_role(NORTH, LEA, Role::Organiser);
    let on = field.lea.book.draft(script).tips;
    add(&mut field.lea, script, on[0], 4);
    add(&mut otto, script, on[0], 4);
    let (hers, his) = (publish(&mut field.lea, script, 5), publish(&mut otto, script, 5));
    field.sync(6);
    otto.sync(&field.world, at(7)).unwrap();
    assert_eq!((field.lea.became(hers), otto.became(his)), (Became::Accepted, REBASE));
    let again = publish(&mut otto, script, 8);
    otto.sync(&field.world, at(9)).unwrap();
    assert_eq!(otto.became(again), Became::Accepted);
    let numbers = draft(&field.world, script).unwrap().draft.numbers;
    assert_eq!(numbers.values().collect::<BTreeSet<_>>().len(), 3);
}

#[test]
fn what_is_published_is_never_set_aside() {
    let (field, mut otto, script) = ready();
    let (world, backup) = field.world.backed_up();
    publish(&mut otto, script, 4);
    otto.sync(&world, at(5)).unwrap();
    let on = otto.book.draft(script).tips;
    let more = edit(&mut otto, script, on, title("Summer"), 6);
    // On what nobody has any more.
    let lost = EntryId::new(DeviceId::from_bytes([77; 16]), 1);
    let Ok(publishing) = otto.book.draft(script).publishing() else { panic!("it can be published") };
    let rests_on_lost = edit(&mut otto, script, vec![lost], publishing, 7);
    drop(world);
    let world = World::restored(backup);
    otto.sync(&world, at(8)).unwrap();
    assert_eq!([more, rests_on_lost].map(|id| otto.became(id)), [Became::Accepted, REBASE]);
    assert_eq!(versions(&world, script).len(), 1, "what was published before the failure is brought again");
}

#[test]
fn drafts_come_to_those_who_may_write_them_and_to_nobody_else() {
    let (mut field, otto, script) = ready();
    field.sync(4);
    assert_eq!(otto.book.draft(script), field.lea.book.draft(script));
    for phone in [&field.aino, &field.berta] {
        assert!(phone.book.entries.values().all(|entry| entry.header.subject != Subject::Script(script)));
        assert_eq!(phone.book.drafts, None);
    }
    let came = otto.book.came.len();
    let mut otto = otto;
    otto.sync(&field.world, at(5)).unwrap();
    assert_eq!(otto.book.came.len(), came, "what has come does not come again");
}

#[test]
fn who_may_write_no_more_is_told_to_forget_and_who_may_again_gets_everything() {
    let (field, mut otto, script) = ready();
    field.world.set_role(NORTH, OTTO, Role::Canvasser);
    let late = edit(&mut otto, script, Vec::new(), title("Mine"), 4);
    otto.sync(&field.world, at(5)).unwrap();
    assert_eq!(otto.became(late), NOT_ALLOWED);
    assert_eq!((otto.book.drafts.clone(), otto.book.draft(script).draft.script.title.as_str()), (None, ""));
    field.world.set_role(NORTH, OTTO, Role::TeamLead);
    otto.sync(&field.world, at(6)).unwrap();
    assert_eq!(otto.book.draft(script), draft(&field.world, script).unwrap());
}

#[test]
fn a_phone_that_knows_of_no_drafts_is_sent_none() {
    let (field, mut otto, _) = ready();
    otto.book.drafts = None;
    let mut hello = otto.hello(at(4));
    hello.drafts = None;
    let older = PhoneSession::new(hello, Vec::new(), otto.last_seq());
    let answer = otto.send(&field.world, &otto.sign(older.request_bytes(), at(4)), at(4)).unwrap();
    let frames = FrameReader::new().push(&answer).unwrap();
    assert!(frames.iter().all(|frame| !matches!(frame, Frame::Drafts(_))), "{frames:?}");
}
