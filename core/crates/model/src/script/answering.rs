//! Working a script: which questions are asked, and whether answers fit.

use super::{Question, QuestionKind, Script};
use crate::{Answer, AnswerValue, QuestionKey};
use thiserror::Error;

/// Why an answer does not fit the script. Names the question, never the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AnswerRefused {
    /// The script has no such question.
    #[error("the script has no question {}", .0.0)]
    UnknownQuestion(QuestionKey),
    /// The script does not ask this question after the answers given before it.
    #[error("the script hides question {} after the answers before it", .0.0)]
    Hidden(QuestionKey),
    /// The answer is not of the question's type, or not within its options or scale.
    #[error("the answer to question {} is not of its type, options or scale", .0.0)]
    Unfit(QuestionKey),
}

impl Script {
    /// The questions that are asked, given the answers so far.
    pub fn asked<'a>(&'a self, answers: &'a [Answer]) -> impl Iterator<Item = &'a Question> {
        self.questions.iter().filter(|question| question.when.as_ref().is_none_or(|when| when.holds(answers)))
    }

    /// The first question that is asked and not answered yet.
    pub fn next_question<'a>(&'a self, answers: &'a [Answer]) -> Option<&'a Question> {
        self.asked(answers).find(|question| answers.iter().all(|answer| answer.question != question.key))
    }

    /// Holds answers against the script: every question exists, is asked, and is answered in its own type.
    ///
    /// # Errors
    /// [`AnswerRefused`] names the first question that does not fit.
    pub fn check_answers(&self, answers: &[Answer]) -> Result<(), AnswerRefused> {
        for answer in answers {
            let question = self.question(answer.question).ok_or(AnswerRefused::UnknownQuestion(answer.question))?;
            if question.when.as_ref().is_some_and(|when| !when.holds(answers)) {
                return Err(AnswerRefused::Hidden(answer.question));
            }
            if !question.kind.takes(&answer.value) || answer.value.check().is_err() {
                return Err(AnswerRefused::Unfit(answer.question));
            }
        }
        Ok(())
    }
}

impl QuestionKind {
    fn takes(&self, value: &AnswerValue) -> bool {
        match (self, value) {
            (Self::Single(choices), AnswerValue::Single(code)) => choices.iter().any(|choice| choice.code == *code),
            (Self::Multiple(choices), AnswerValue::Multiple(codes)) => {
                codes.iter().all(|code| choices.iter().any(|choice| choice.code == *code))
            }
            (Self::Scale(from, to), AnswerValue::Scale(step)) => (from..=to).contains(&step),
            (Self::ContactDetail(wanted), AnswerValue::ContactDetail(given, _)) => wanted == given,
            (Self::Consent(wanted, _), AnswerValue::Consent(given, _)) => wanted == given,
            (Self::YesNo, AnswerValue::YesNo(_))
            | (Self::Text, AnswerValue::Text(_))
            | (Self::Integer, AnswerValue::Integer(_))
            | (Self::Decimal, AnswerValue::Decimal(_))
            | (Self::Date, AnswerValue::Date(_))
            | (Self::Time, AnswerValue::Time(_))
            | (Self::Note, AnswerValue::Note(_)) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Choice, Condition, ScriptId};

    fn question(key: u16, kind: QuestionKind, when: Option<Condition>) -> Question {
        Question { key: QuestionKey(key), name: format!("q{key}"), text: "?".into(), kind, when }
    }

    fn answer(key: u16, value: AnswerValue) -> Answer {
        Answer { question: QuestionKey(key), value }
    }

    fn script() -> Script {
        let parties = vec![Choice { code: 1, text: "Blue".into() }, Choice { code: 2, text: "Green".into() }];
        Script {
            id: ScriptId::from_bytes([1; 16]),
            title: "Spring".into(),
            questions: vec![
                question(1, QuestionKind::YesNo, None),
                question(2, QuestionKind::Single(parties), Some(Condition::Said(QuestionKey(1), true))),
                question(3, QuestionKind::Scale(1, 5), Some(Condition::Chose(QuestionKey(2), 2))),
            ],
        }
    }

    #[test]
    fn the_script_branches_with_the_person() {
        let script = script();
        assert_eq!(script.check(), Ok(()));
        let no = [answer(1, AnswerValue::YesNo(false))];
        assert!(script.next_question(&no).is_none());
        let green = [answer(1, AnswerValue::YesNo(true)), answer(2, AnswerValue::Single(2))];
        assert_eq!(script.next_question(&green).unwrap().key, QuestionKey(3));
    }

    #[test]
    fn an_answer_to_a_question_the_script_hides_is_refused() {
        let answers = [answer(1, AnswerValue::YesNo(false)), answer(2, AnswerValue::Single(1))];
        assert_eq!(script().check_answers(&answers), Err(AnswerRefused::Hidden(QuestionKey(2))));
    }

    #[test]
    fn an_answer_outside_options_scale_or_script_is_refused() {
        let script = script();
        let yes = answer(1, AnswerValue::YesNo(true));
        let with = |second| [yes.clone(), second];
        let unfit = |key| Err(AnswerRefused::Unfit(QuestionKey(key)));
        assert_eq!(script.check_answers(&with(answer(2, AnswerValue::Single(3)))), unfit(2));
        assert_eq!(script.check_answers(&with(answer(2, AnswerValue::Scale(2)))), unfit(2));
        let unknown = Err(AnswerRefused::UnknownQuestion(QuestionKey(9)));
        assert_eq!(script.check_answers(&with(answer(9, AnswerValue::Scale(2)))), unknown);
    }

    #[test]
    fn a_circle_of_conditions_is_no_script() {
        let mut script = script();
        script.questions[0].when = Some(Condition::Answered(QuestionKey(3)));
        assert!(script.check().is_err());
    }

    #[test]
    fn another_wording_is_another_version() {
        let mut other = script();
        other.questions[0].text.push('!');
        assert_ne!(other.content_hash(), script().content_hash());
    }
}
