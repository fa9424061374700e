//! Drafts of scripts on a lead's phone.

use super::*;
use crate::Why;
use walkbook_ledger::{ScriptState, question_added_by, script_started_by};

/// What a team mate started: a draft with one question.
fn spring() -> (ScriptId, QuestionId) {
    (script_started_by(EntryId::new(MATE, 1)), question_added_by(EntryId::new(MATE, 2)))
}

fn edit_of(device: DeviceId, seq: u64, on: Vec<EntryId>, change: ScriptChange) -> Entry {
    let header = Header { seq, moment: Moment::new(now(seq), 0), subject: Subject::Script(spring().0), epoch: 0 };
    Entry { device, header, bound: None, payload: Payload::Script(ScriptEdit { on, change }) }
}

fn of_mate(seq: u64, change: ScriptChange) -> Entry {
    let on = (seq > 1).then(|| EntryId::new(MATE, seq - 1)).into_iter().collect();
    edit_of(MATE, seq, on, change)
}

fn drafts_frame(edits: &[Entry], mark: u8) -> Frame {
    Frame::Drafts(Drafts { edits: edits.iter().map(Delivered::from).collect(), cursor: Some(vec![mark].into()) })
}

fn no_drafts() -> Frame {
    Frame::Drafts(Drafts { edits: Vec::new(), cursor: None })
}

fn with_draft(folder: &tempfile::TempDir) -> Walkbook {
    let walkbook = enrolled(folder);
    let question =
        Question { key: spring().1, name: "sign".into(), text: "Sign?".into(), kind: QuestionKind::YesNo, when: None };
    let edits = [
        of_mate(1, ScriptChange::SetTitle("Spring".into())),
        of_mate(2, ScriptChange::AddQuestion { question, behind: None }),
    ];
    answer(&walkbook, vec![drafts_frame(&edits, 1)]);
    walkbook
}

fn text(state: &ScriptState) -> &str {
    &state.draft.script.questions[0].text
}

fn set_text(text: &str) -> ScriptChange {
    ScriptChange::SetText(spring().1, text.into())
}

#[test]
fn a_draft_comes_with_the_exchange_and_is_there_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    assert_eq!((walkbook.drafts(), walkbook.draft(spring().0)), (Ok(vec![]), Err(Error::NotHere { what: "draft" })));
    drop(walkbook);
    let walkbook = with_draft(&folder);
    let told = walkbook.changes_since(0).version;
    answer(&walkbook, vec![drafts_frame(&[of_mate(3, set_text("A sign?"))], 2)]);
    assert_eq!(walkbook.changes_since(told).drafts, [spring().0].into());
    drop(walkbook);
    let walkbook = open(&folder);
    let drafts = walkbook.drafts().unwrap();
    assert_eq!((drafts.len(), drafts[0].draft.script.title.as_str(), text(&drafts[0])), (1, "Spring", "A sign?"));
    let inner = walkbook.lock();
    assert_eq!(inner.store.book.view().drafts_cursor(), Ok(Some(vec![2])));
    assert_eq!(inner.store.book.view().not_understood(), Ok(0));
}

#[test]
fn what_two_wrote_at_once_is_a_clash_until_somebody_chooses() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_draft(&folder);
    let (script, _) = spring();
    let own = walkbook.edit_draft(script, set_text("Will you put up a sign?"), now(20)).unwrap();
    answer(&walkbook, vec![drafts_frame(&[of_mate(3, set_text("A sign?"))], 2)]);
    let state = walkbook.draft(script).unwrap();
    assert_eq!((text(&state), state.clashes.len()), ("Will you put up a sign?", 1));
    assert_eq!(walkbook.publish_draft(script, now(21)), Err(Error::NotReady { flaws: 1 }));
    let theirs = state.clashes[0].iter().find(|(edit, _)| *edit != own).unwrap().0;
    walkbook.resolve_draft(script, theirs, now(22)).unwrap();
    let state = walkbook.draft(script).unwrap();
    assert_eq!((text(&state), state.clashes.len()), ("A sign?", 0));
    assert_eq!(walkbook.resolve_draft(script, theirs, now(23)), Err(Error::NotHere { what: "clash" }));
}

#[test]
fn what_the_phone_publishes_is_what_it_shows_and_the_next_version_keeps_the_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_draft(&folder);
    let (script, sign) = spring();
    let shown = walkbook.draft(script).unwrap().published().unwrap();
    let version = walkbook.publish_draft(script, now(20)).unwrap();
    assert_eq!(version, shown.content_hash());
    let added = walkbook.add_question(script, "party", "Which?", QuestionKind::Text, None, now(21)).unwrap();
    let second = walkbook.publish_draft(script, now(22)).unwrap();
    let state = walkbook.draft(script).unwrap();
    assert_eq!(state.versions.iter().map(|(_, version)| *version).collect::<Vec<_>>(), [version, second]);
    let numbers = [sign, added].map(|question| state.draft.numbers[&question].0);
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn what_the_server_does_not_take_is_rolled_back_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_draft(&folder);
    let (script, _) = spring();
    walkbook.edit_draft(script, set_text("Mine"), now(20)).unwrap();
    let started = walkbook.start_draft("My own", now(21)).unwrap();
    answer(&walkbook, vec![refused(&[1, 2], Reason::NotAllowed)]);
    assert_eq!(text(&walkbook.draft(script).unwrap()), "Sign?");
    assert_eq!(walkbook.draft(started), Err(Error::NotHere { what: "draft" }));
    let refused = walkbook.refused().unwrap();
    let told: Vec<_> = refused.iter().map(|refused| (refused.about, refused.why)).collect();
    let not_allowed = Why::Refused(Reason::NotAllowed);
    assert_eq!(told, [(Subject::Script(started), not_allowed), (Subject::Script(script), not_allowed)]);
    assert!(refused.iter().all(|refused| refused.said.is_some()), "nobody has to type it again");
}

#[test]
fn an_edit_on_a_refused_one_is_made_again_with_the_questions_names_and_publishing_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_draft(&folder);
    let (script, sign) = spring();
    walkbook.edit_draft(script, ScriptChange::SetTitle("Forged".into()), now(20)).unwrap();
    let party = walkbook.add_question(script, "party", "Which?", QuestionKind::Text, Some(sign), now(21)).unwrap();
    let when = Some(Condition::Answered(sign));
    walkbook.edit_draft(script, ScriptChange::SetCondition(party, when.clone()), now(22)).unwrap();
    walkbook.edit_draft(script, ScriptChange::SetCondition(sign, Some(Condition::Answered(party))), now(23)).unwrap();
    walkbook.edit_draft(script, ScriptChange::SetCondition(sign, None), now(24)).unwrap();
    walkbook.publish_draft(script, now(25)).unwrap();
    let rebased = (2..=6).map(|seq| Refusal { seq, reason: Reason::Rebase });
    let refused = [Refusal { seq: 1, reason: Reason::NotAllowed }].into_iter().chain(rebased).collect();
    assert!(answer_of(&walkbook, 6, vec![Frame::Verdicts(Verdicts { refused, ..Verdicts::default() })]));
    let state = walkbook.draft(script).unwrap();
    assert_eq!((state.draft.script.title.as_str(), state.versions.len()), ("Spring", 0));
    let [first, again] = &state.draft.script.questions[..] else { panic!("{state:?}") };
    assert_eq!((first.key, &first.when), (sign, &None));
    assert_eq!((again.name.as_str(), &again.when), ("party", &when));
    assert_ne!(again.key, party);
    let left: Vec<u64> = walkbook.refused().unwrap().iter().map(|refused| refused.entry.seq).collect();
    assert_eq!(left, [6, 1], "what was published waits for the person");
}

#[test]
fn drafts_that_are_not_the_phones_any_more_are_forgotten_but_for_what_nobody_else_has() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_draft(&folder);
    let (script, _) = spring();
    let unsent = walkbook.edit_draft(script, set_text("Mine"), now(20)).unwrap();
    let told = walkbook.changes_since(0).version;
    answer_of(&walkbook, 0, vec![no_drafts()]);
    assert_eq!((walkbook.drafts(), walkbook.draft(script)), (Ok(vec![]), Err(Error::NotHere { what: "draft" })));
    assert_eq!(walkbook.changes_since(told).drafts, [script].into());
    assert_eq!(about(&walkbook, Document::Draft(script)), [unsent]);
    assert_eq!(walkbook.lock().store.book.view().drafts_cursor(), Ok(None));
    assert_eq!(walkbook.walk_list(list()).unwrap().len(), 1, "lists are another matter");
    answer(&walkbook, vec![refused(&[unsent.seq], Reason::NotAllowed)]);
    assert_eq!(about(&walkbook, Document::Draft(script)), []);
}

#[test]
fn a_book_that_is_made_anew_holds_no_drafts_that_the_server_does_not_give() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_draft(&folder);
    let own = walkbook.start_draft("My own", now(20)).unwrap();
    answer(&walkbook, Vec::new());
    assert!(walkbook.draft(own).is_ok());
    drop(walkbook);
    std::fs::remove_file(folder.path().join("book.db")).unwrap();
    let walkbook = open(&folder);
    assert!(walkbook.draft(own).is_ok(), "out of the log");
    answer(&walkbook, Vec::new());
    assert_eq!(walkbook.draft(own), Err(Error::NotHere { what: "draft" }));
}

#[test]
fn a_change_that_makes_no_sense_is_not_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_draft(&folder);
    let (script, _) = spring();
    let nobody = QuestionId::from_bytes([7; 16]);
    let missing = Err(Error::NotHere { what: "question" });
    assert_eq!(walkbook.edit_draft(script, ScriptChange::Drop(nobody), now(20)), missing);
    let behind_nobody = walkbook.add_question(script, "x", "?", QuestionKind::Text, Some(nobody), now(20));
    assert_eq!(behind_nobody, Err(Error::NotHere { what: "question" }));
    let long = ScriptChange::SetTitle("x".repeat(257));
    assert!(matches!(walkbook.edit_draft(script, long, now(20)), Err(Error::Invalid(_))));
    let elsewhere = ScriptId::from_bytes([6; 16]);
    assert_eq!(walkbook.edit_draft(elsewhere, set_text("x"), now(20)), Err(Error::NotHere { what: "draft" }));
    assert_eq!(walkbook.status().unwrap().entries.saved, 0);
}

#[test]
fn a_record_of_a_draft_that_cannot_be_read_is_counted_and_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_draft(&folder);
    let header = of_mate(3, set_text("x")).header;
    let later = Delivered::new(MATE, header, None, b"of a later version".to_vec());
    let edits = vec![later, Delivered::from(&edit_of(MATE, 4, vec![EntryId::new(MATE, 2)], set_text("A sign?")))];
    answer(&walkbook, vec![Frame::Drafts(Drafts { edits, cursor: Some(vec![2].into()) })]);
    assert_eq!(text(&walkbook.draft(spring().0).unwrap()), "A sign?");
    assert_eq!(walkbook.lock().store.book.view().not_understood(), Ok(1));
}
