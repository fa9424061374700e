//! What is asked at a door, and which answers can be taken down.

use super::*;

fn question(key: u16, kind: QuestionKind, when: Option<Condition>) -> Question {
    Question { key: QuestionKey(key), name: format!("q{key}"), text: "?".into(), kind, when }
}

fn script() -> Script {
    let parties = vec![Choice { code: 1, text: "Blue".into() }, Choice { code: 2, text: "Green".into() }];
    Script {
        id: ScriptId::from_bytes([1; 16]),
        title: "Spring".into(),
        questions: vec![
            question(1, QuestionKind::YesNo, None),
            question(2, QuestionKind::Single(parties), Some(Condition::Said(QuestionKey(1), true))),
        ],
    }
}

fn script_frame(script: &Script) -> Frame {
    Frame::Script(cbor::encode(script).into())
}

fn with_script(folder: &tempfile::TempDir) -> Walkbook {
    let walkbook = enrolled(folder);
    let list_with_script = WalkList { script: Some(script().content_hash()), ..walk(list(), &[door()]) };
    answer(&walkbook, vec![list_frame(list_with_script), script_frame(&script()), cursor(list())]);
    walkbook
}

fn answers(values: &[(u16, AnswerValue)]) -> Interaction {
    let answer = |(key, value): &(u16, AnswerValue)| Answer { question: QuestionKey(*key), value: value.clone() };
    let knock = Knock::Answers(script().content_hash(), values.iter().map(answer).collect());
    Interaction { knock, contact: Some(aino()), ..not_home() }
}

#[test]
fn the_script_of_a_list_is_there_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_script(&folder));
    let walkbook = open(&folder);
    assert_eq!(walkbook.script_of(list()), Ok(Some((script().content_hash(), script()))));
    assert_eq!(walkbook.script(script().content_hash()), Ok(script()));
    assert_eq!(walkbook.script(ContentHash::of(b"another")), Err(Error::NotHere { what: "script" }));
    assert_eq!(walkbook.script_of(list_n(9)), Err(Error::NotHere { what: "list" }));
}

#[test]
fn a_list_without_a_script_has_none_and_one_whose_script_has_not_come_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    assert_eq!(walkbook.script_of(list()), Ok(None));
    let list_with_script = WalkList { script: Some(script().content_hash()), ..walk(list(), &[door()]) };
    answer(&walkbook, vec![list_frame(list_with_script), cursor(list())]);
    assert_eq!(walkbook.script_of(list()), Err(Error::NotHere { what: "script" }));
}

#[test]
fn answers_that_fit_are_taken_down() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_script(&folder);
    let fitting = answers(&[(1, AnswerValue::YesNo(true)), (2, AnswerValue::Single(2))]);
    let knock = walkbook.record_knock(door(), fitting.clone(), now(1)).unwrap();
    assert_eq!(walkbook.door(door()).unwrap().visits[0].counts, Some(fitting));
    walkbook.correct(door(), knock, answers(&[(1, AnswerValue::YesNo(false))]), now(2)).unwrap();
}

#[test]
fn answers_that_do_not_fit_name_the_question_and_record_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_script(&folder);
    let yes = (1, AnswerValue::YesNo(true));
    let unfit = [
        (
            answers(&[(1, AnswerValue::YesNo(false)), (2, AnswerValue::Single(1))]),
            AnswerRefused::Hidden(QuestionKey(2)),
        ),
        (answers(&[(2, AnswerValue::Single(1))]), AnswerRefused::Hidden(QuestionKey(2))),
        (answers(&[yes.clone(), (2, AnswerValue::Single(3))]), AnswerRefused::Unfit(QuestionKey(2))),
        (answers(&[(1, AnswerValue::Scale(1))]), AnswerRefused::Unfit(QuestionKey(1))),
        (answers(&[yes.clone(), (7, AnswerValue::YesNo(true))]), AnswerRefused::UnknownQuestion(QuestionKey(7))),
    ];
    let knock = walkbook.record_knock(door(), answers(&[yes]), now(1)).unwrap();
    for (knocked, why) in unfit {
        assert_eq!(walkbook.record_knock(door(), knocked.clone(), now(2)), Err(Error::Answer(why)));
        assert_eq!(walkbook.correct(door(), knock, knocked, now(2)), Err(Error::Answer(why)));
    }
    assert_eq!(walkbook.status().unwrap().entries.saved, 1);
}

#[test]
fn answers_to_a_script_a_list_or_a_person_that_the_phone_does_not_have_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_script(&folder);
    let fitting = answers(&[(1, AnswerValue::YesNo(true))]);
    let of_other_script = Knock::Answers(ContentHash::of(b"another"), fitting.knock.answers().to_vec());
    let stranger = ContactId::from_bytes([77; 16]);
    let wrong = [
        (Interaction { knock: of_other_script, ..fitting.clone() }, "script"),
        (Interaction { list: list_n(9), ..fitting.clone() }, "list"),
        (Interaction { contact: Some(stranger), ..fitting }, "contact"),
    ];
    for (knocked, what) in wrong {
        assert_eq!(walkbook.record_knock(door(), knocked, now(1)), Err(Error::NotHere { what }));
    }
    let of_stranger =
        Suppression { target: Target::Contact(stranger), reason: SuppressionReason::Objection, until_on: None };
    assert_eq!(walkbook.suppress(door(), of_stranger, now(1)), Err(Error::NotHere { what: "contact" }));
    let renamed = walkbook.edit_contact(door(), stranger, ContactField::GivenName, "Väinö".into(), now(1));
    assert_eq!(renamed, Err(Error::NotHere { what: "contact" }));
    assert_eq!(walkbook.status().unwrap().entries.saved, 0);
}

#[test]
fn a_script_that_makes_no_sense_is_counted_and_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_script(&folder);
    let circular = Script {
        questions: vec![question(1, QuestionKind::YesNo, Some(Condition::Answered(QuestionKey(1))))],
        ..script()
    };
    let frames = vec![
        script_frame(&circular),
        Frame::Script(b"no script".to_vec().into()),
        list_frame(WalkList { name: "Katajanokka".into(), ..walk(list(), &[door()]) }),
        cursor(list()),
    ];
    answer(&walkbook, frames);
    assert_eq!(walkbook.lists().unwrap()[0].list.name, "Katajanokka");
    assert_eq!(walkbook.lock().store.book.view().not_understood(), Ok(2));
    assert_eq!(walkbook.script(circular.content_hash()), Err(Error::NotHere { what: "script" }));
}
