//! Small scenes at the desk where a script is written, each a promise.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod desk;

use desk::{Act, Desk, device, question};
use walkbook_ledger::{
    Entry, Flaw, Header, Payload, ScriptChange, ScriptEdit, ScriptState, Subject, question_added_by, script_started_by,
};
use walkbook_model::*;

const LEA: usize = 0;
const OTTO: usize = 1;

fn names(state: &ScriptState) -> Vec<&str> {
    state.draft.script.questions.iter().map(|question| question.name.as_str()).collect()
}

fn publish(desk: &mut Desk) -> Script {
    let state = desk.view(LEA);
    desk.edit(LEA, state.publishing().unwrap());
    desk.meet();
    state.published().unwrap()
}

fn text(question: QuestionId, text: &str) -> ScriptChange {
    ScriptChange::SetText(question, text.into())
}

#[test]
fn a_draft_that_a_lead_starts_needs_no_base() {
    let desk = Desk::new();
    assert_eq!(desk.id(), script_started_by(EntryId::new(device(LEA), 1)));
    let state = desk.merged();
    assert_eq!((state.draft.script.id, state.draft.script.title.as_str()), (desk.id(), "Spring"));
}

#[test]
fn two_leads_add_a_question_each_and_both_are_asked() {
    let mut desk = Desk::new();
    desk.add(LEA, "support", None);
    desk.add(OTTO, "sign", None);
    let state = desk.merged();
    let mut both = names(&state);
    both.sort_unstable();
    assert_eq!((both, state.clashes.len()), (vec!["sign", "support"], 0));
    let keys: Vec<u16> = state.published().unwrap().questions.iter().map(|question| question.key.0).collect();
    assert_eq!(keys, [1, 2]);
}

#[test]
fn a_question_dropped_while_another_lead_mends_it_is_shown_as_a_clash_until_someone_chooses() {
    for chooses_drop in [false, true] {
        let mut desk = Desk::new();
        let support = desk.add(LEA, "support", None);
        desk.meet();
        desk.edit(LEA, text(support, "Will you vote for us?"));
        // Later, too: a drop wins over nothing.
        desk.edit(OTTO, ScriptChange::Drop(support));
        desk.meet();
        let state = desk.merged();
        assert_eq!(state.draft.script.questions[0].text, "Will you vote for us?");
        let said: Vec<_> = state.clashes[0].iter().map(|(_, change)| change.clone()).collect();
        assert_eq!(said, [text(support, "Will you vote for us?"), ScriptChange::Drop(support)]);
        assert_eq!(state.published(), Err(vec![Flaw::Clashes(1)]));

        desk.edit(LEA, said[usize::from(chooses_drop)].clone());
        let state = desk.merged();
        assert!(state.clashes.is_empty());
        assert_eq!(state.dropped.len(), usize::from(chooses_drop));
        assert_eq!(state.draft.script.questions.len(), usize::from(!chooses_drop));
    }
}

#[test]
fn a_question_that_is_moved_while_it_is_dropped_clashes_and_one_that_is_numbered_does_not() {
    let mut desk = Desk::new();
    let [moved, numbered] = ["moved", "numbered"].map(|name| desk.add(LEA, name, None));
    desk.meet();
    desk.edit(LEA, ScriptChange::Move { question: moved, behind: Some(numbered) });
    desk.edit(LEA, ScriptChange::Number(numbered, QuestionKey(1)));
    desk.edit(OTTO, ScriptChange::Drop(moved));
    desk.edit(OTTO, ScriptChange::Drop(numbered));
    let state = desk.merged();
    assert_eq!((names(&state), state.clashes.len()), (vec!["moved"], 1));
    assert_eq!(state.dropped[0].name, "numbered");
}

#[test]
fn a_question_that_two_leads_drop_is_gone_without_a_clash() {
    let mut desk = Desk::new();
    let support = desk.add(LEA, "support", None);
    desk.meet();
    desk.edit(LEA, text(support, "Well?"));
    desk.meet();
    desk.edit(LEA, ScriptChange::Drop(support));
    desk.edit(OTTO, ScriptChange::Drop(support));
    let state = desk.merged();
    assert!(names(&state).is_empty() && state.clashes.is_empty());
    assert_eq!(state.dropped[0].text, "Well?");
}

#[test]
fn whoever_knows_of_the_drop_and_moves_the_question_puts_it_back() {
    let mut desk = Desk::new();
    let [support, sign] = ["support", "sign"].map(|name| desk.add(LEA, name, None));
    desk.edit(LEA, ScriptChange::Drop(support));
    desk.hear(OTTO, LEA);
    desk.edit(OTTO, ScriptChange::Move { question: support, behind: Some(sign) });
    let state = desk.merged();
    assert_eq!((names(&state), state.clashes.len()), (vec!["sign", "support"], 0));
}

#[test]
fn two_leads_write_one_text_and_nothing_is_published_until_one_of_them_chooses() {
    let mut desk = Desk::new();
    let support = desk.add(LEA, "support", None);
    desk.meet();
    desk.edit(LEA, text(support, "Do you support us?"));
    desk.edit(OTTO, text(support, "Are you with us?"));
    desk.meet();
    let state = desk.merged();
    assert_eq!(state.draft.script.questions[0].text, "Are you with us?", "the later one is shown meanwhile");
    assert_eq!(state.published(), Err(vec![Flaw::Clashes(1)]));
    desk.edit(LEA, state.clashes[0][1].1.clone());
    assert_eq!(desk.merged().published().unwrap().questions[0].text, "Do you support us?");
}

#[test]
fn two_leads_work_on_two_fields_of_one_question_without_a_clash() {
    let mut desk = Desk::new();
    let support = desk.add(LEA, "support", None);
    desk.meet();
    desk.edit(LEA, text(support, "How much?"));
    desk.edit(OTTO, ScriptChange::SetKind(support, QuestionKind::Scale(1, 5)));
    let state = desk.merged();
    let merged = &state.draft.script.questions[0];
    assert_eq!((merged.text.as_str(), &merged.kind), ("How much?", &QuestionKind::Scale(1, 5)));
    assert!(state.clashes.is_empty());
}

#[test]
fn clashes_of_a_dropped_question_are_nobodys_concern() {
    let mut desk = Desk::new();
    let [support, _] = ["support", "sign"].map(|name| desk.add(LEA, name, None));
    desk.meet();
    desk.edit(LEA, text(support, "One"));
    desk.edit(OTTO, text(support, "Other"));
    desk.meet();
    desk.edit(OTTO, ScriptChange::Drop(support));
    assert!(desk.merged().published().is_ok());
}

#[test]
fn two_leads_move_one_question_and_it_is_asked_once() {
    let mut desk = Desk::new();
    let [c, b, a] = ["c", "b", "a"].map(|name| desk.add(LEA, name, None));
    desk.meet();
    desk.edit(LEA, ScriptChange::Move { question: a, behind: Some(b) });
    desk.edit(OTTO, ScriptChange::Move { question: a, behind: Some(c) });
    assert_eq!(names(&desk.merged()), ["b", "c", "a"]);
}

#[test]
fn a_question_keeps_its_number_from_version_to_version_and_none_is_used_again() {
    let mut desk = Desk::new();
    let support = desk.add(LEA, "support", None);
    let sign = desk.add(LEA, "sign", Some(support));
    desk.meet();
    let first = publish(&mut desk);
    desk.edit(LEA, ScriptChange::Drop(sign));
    desk.add(LEA, "door hanger", None);
    desk.edit(LEA, text(support, "Will you vote for us?"));
    let second = publish(&mut desk);
    let numbered = |script: &Script| -> Vec<(u16, String)> {
        script.questions.iter().map(|question| (question.key.0, question.name.clone())).collect()
    };
    assert_eq!(numbered(&first), [(1, "support".into()), (2, "sign".into())]);
    assert_eq!(numbered(&second), [(3, "door hanger".into()), (1, "support".into())]);
    assert_eq!(first.id, second.id);
    assert_ne!(first.content_hash(), second.content_hash());
}

#[test]
fn what_was_published_is_told_with_who_did_it_and_stays_what_it_was() {
    let mut desk = Desk::new();
    let support = desk.add(LEA, "support", None);
    desk.meet();
    assert_eq!(desk.merged().versions, []);
    let first = desk.next_id(LEA);
    let version = publish(&mut desk);
    desk.edit(OTTO, text(support, "Will you vote for us?"));
    let second = desk.merged().publishing().unwrap();
    let second = desk.edit(OTTO, second);
    let state = desk.merged();
    let by: Vec<EntryId> = state.versions.iter().map(|(by, _)| *by).collect();
    assert_eq!(by, [first, second]);
    assert_eq!(state.versions[0].1, version.content_hash());
    assert_eq!(state.versions[1].1, state.published().unwrap().content_hash());
}

#[test]
fn two_numbers_given_at_once_are_a_clash_about_the_number_and_not_about_publishing() {
    let at_once = |number| {
        let mut desk = Desk::new();
        let support = desk.add(LEA, "support", None);
        desk.meet();
        let publishing = desk.view(LEA).publishing().unwrap();
        desk.edit(LEA, publishing);
        desk.edit(OTTO, ScriptChange::Number(support, QuestionKey(number)));
        (support, desk.merged())
    };
    let (support, state) = at_once(9);
    let choices: Vec<_> = state.clashes[0].iter().map(|(_, change)| change.clone()).collect();
    assert_eq!(choices, [9, 1].map(|number| ScriptChange::Number(support, QuestionKey(number))));
    assert_eq!(state.published(), Err(vec![Flaw::Clashes(1)]));
    assert!(at_once(1).1.clashes.is_empty(), "the same number twice is none");
}

#[test]
fn a_condition_means_the_question_and_not_a_number() {
    let mut desk = Desk::new();
    let support = desk.add(LEA, "support", None);
    let sign = desk.add(LEA, "sign", Some(support));
    desk.meet();
    let yes = |question| Condition::All(vec![Condition::Said(question, true), Condition::Answered(question)]);
    desk.edit(LEA, ScriptChange::SetCondition(sign, Some(yes(support))));
    desk.add(OTTO, "weather", None);
    desk.meet();
    let script = publish(&mut desk);
    let [weather, support, sign] = &script.questions[..] else { panic!("three questions") };
    assert_eq!((weather.name.as_str(), support.key), ("weather", QuestionKey(2)));
    let expected = Condition::All(vec![Condition::Said(support.key, true), Condition::Answered(support.key)]);
    assert_eq!(sign.when, Some(expected));
}

#[test]
fn everything_that_is_wrong_with_the_questions_is_told_at_once() {
    let mut desk = Desk::new();
    assert_eq!(desk.merged().published(), Err(vec![Flaw::Script(Invalid::Empty { what: "script.questions" })]));
    let [dropped, last, second, first] = ["dropped", "last", "second", "first"].map(|name| desk.add(LEA, name, None));
    desk.edit(LEA, ScriptChange::SetCondition(first, Some(Condition::Answered(dropped))));
    desk.edit(LEA, ScriptChange::SetCondition(second, Some(Condition::Answered(last))));
    desk.edit(LEA, ScriptChange::Drop(dropped));
    let wrong = Invalid::Malformed { what: "a condition's question", wanted: "an earlier one" };
    let flaws = desk.merged().published().unwrap_err();
    let expected = [(first, 1), (second, 2)].map(|(question, place)| Flaw::Question { question, place, wrong });
    assert_eq!(flaws, expected);
    assert_eq!(flaws[0].to_string(), "question 1: a condition's question is not an earlier one");
}

#[test]
fn two_questions_of_one_number_are_not_published() {
    let mut desk = Desk::new();
    let both = ["support", "sign"].map(|name| desk.add(LEA, name, None));
    for question in both {
        desk.edit(LEA, ScriptChange::Number(question, QuestionKey(3)));
    }
    let twice = Flaw::Script(Invalid::Twice { what: "the key of a question" });
    assert_eq!(desk.merged().published(), Err(vec![twice]));
    desk.edit(LEA, ScriptChange::Number(both[0], QuestionKey(4)));
    assert!(desk.merged().published().is_ok());
}

#[test]
fn where_no_numbers_are_left_nothing_is_published() {
    let mut desk = Desk::new();
    let support = desk.add(LEA, "support", None);
    desk.edit(LEA, ScriptChange::Number(support, QuestionKey(u16::MAX)));
    assert!(desk.merged().published().is_ok());
    desk.add(LEA, "sign", None);
    assert_eq!(desk.merged().published(), Err(vec![Flaw::NumbersUsedUp]));
}

#[test]
fn edits_stand_on_a_base_and_its_numbers_go_on() {
    let mut desk = Desk::on_base(desk::base());
    let greens = desk.merged().draft.script.questions[1].key;
    desk.add(LEA, "buses", Some(greens));
    desk.edit(OTTO, text(greens, "And the greens?"));
    desk.edit(OTTO, ScriptChange::Drop(desk::base().record.script.questions[0].key));
    let state = desk.merged();
    let script = state.published().unwrap();
    let asked: Vec<_> = script.questions.iter().map(|question| (question.key.0, question.text.as_str())).collect();
    assert_eq!(asked, [(4, "And the greens?"), (8, "buses?")]);
    let bytes = desk::base().to_bytes();
    assert_eq!(walkbook_ledger::ScriptBase::from_bytes(&bytes).unwrap(), desk::base());
}

#[test]
fn an_edit_of_a_question_that_is_not_there_changes_nothing() {
    let mut desk = Desk::new();
    desk.add(LEA, "support", None);
    let before = desk.merged();
    let nobody = QuestionId::from_bytes([7; 16]);
    let edits = [
        text(nobody, "?"),
        ScriptChange::Drop(nobody),
        ScriptChange::Move { question: nobody, behind: None },
        ScriptChange::SetCondition(nobody, None),
    ];
    for edit in edits {
        desk.edit(LEA, edit);
    }
    let after = desk.merged();
    assert_eq!((after.draft, after.dropped), (before.draft, before.dropped));
}

fn published_as(count: u16, number: impl Fn(u16) -> u16) -> ScriptChange {
    let id = |place: u16| QuestionId::derive(&[&place.to_be_bytes()]);
    let numbers = (0..count).map(|place| (id(place), QuestionKey(number(place)))).collect();
    ScriptChange::Publish { numbers, version: ContentHash::of(b"version") }
}

#[test]
fn what_is_out_of_bounds_is_refused() {
    let id = EntryId::new(device(LEA), 5);
    let subject = Subject::Script(ScriptId::from_bytes([1; 16]));
    let refused = |subject, payload| {
        let header = Header { seq: 5, moment: Moment::default(), subject, epoch: 0 };
        Entry { device: id.device, header, bound: None, payload }.check().is_err()
    };
    let edit = |change| Payload::Script(ScriptEdit { on: Vec::new(), change });
    let own = question_added_by(id);
    let add = |question| ScriptChange::AddQuestion { question, behind: None };
    assert!(!refused(subject, edit(add(question(own, "support")))));
    let deep = (0..9).fold(Condition::Answered(own), |inner, _| Condition::Not(Box::new(inner)));
    for change in [
        add(question(QuestionId::from_bytes([1; 16]), "another entry's")),
        add(question(own, "")),
        add(Question { text: "x".repeat(4_097), ..question(own, "long") }),
        add(Question { kind: QuestionKind::Single(Vec::new()), ..question(own, "no options") }),
        ScriptChange::SetTitle("x".repeat(257)),
        ScriptChange::SetName(own, String::new()),
        ScriptChange::SetName(own, "x".repeat(257)),
        ScriptChange::SetText(own, "x".repeat(4_097)),
        ScriptChange::SetKind(own, QuestionKind::Scale(5, 1)),
        ScriptChange::SetCondition(own, Some(deep)),
        ScriptChange::Move { question: own, behind: Some(own) },
        published_as(201, |number| number),
        published_as(2, |_| 1),
    ] {
        assert!(refused(subject, edit(change.clone())), "{change:?}");
    }
    assert!(refused(Subject::Door(DoorId::from_bytes([1; 16])), edit(ScriptChange::Drop(own))));
    let withdrawn = Payload::Lift(Lift { names: vec![EntryId::new(device(OTTO), 1)], reason: "?".into() });
    assert!(refused(subject, withdrawn));
}

#[test]
fn whoever_publishes_last_comes_last_though_the_clock_of_another_runs_ahead() {
    let mut desk = Desk::after(true, &[(5, Act::Hear(0)), (5, Act::ClockJumps(1_000)), (5, Act::Publish)]);
    desk.meet();
    let again = desk.merged().publishing().unwrap();
    let last = desk.edit(LEA, again);
    assert_eq!(desk.merged().versions.iter().map(|(by, _)| *by).skip(1).collect::<Vec<_>>(), [last]);
}
