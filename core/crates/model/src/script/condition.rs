//! When a question is asked.

use crate::check::{self, Invalid};
use crate::limits::{CONDITION_DEPTH, OPTIONS};
use crate::{Answer, AnswerValue, QuestionKey};
use serde::{Deserialize, Serialize};

/// A condition on earlier answers. An unanswered question fulfils none but [`Condition::Not`]. `Q` is what questions are
/// called by: their numbers in a published version, their ids in a draft.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition<Q = QuestionKey> {
    /// The question was answered.
    #[n(0)]
    Answered(#[n(0)] Q),
    /// The option was chosen, alone or among others.
    #[n(1)]
    Chose(#[n(0)] Q, #[n(1)] u16),
    /// The answer was yes, or no.
    #[n(2)]
    Said(#[n(0)] Q, #[n(1)] bool),
    /// The number or step lies from the first to the second, both included.
    #[n(3)]
    Between(#[n(0)] Q, #[n(1)] i64, #[n(2)] i64),
    /// All of these hold.
    #[n(4)]
    All(#[n(0)] Vec<Condition<Q>>),
    /// At least one of these holds.
    #[n(5)]
    Any(#[n(0)] Vec<Condition<Q>>),
    /// This does not hold.
    #[n(6)]
    Not(#[n(0)] Box<Condition<Q>>),
}

impl Condition {
    /// Whether the answers fulfil the condition.
    pub fn holds(&self, answers: &[Answer]) -> bool {
        let value =
            |key: &QuestionKey| answers.iter().find(|answer| answer.question == *key).map(|answer| &answer.value);
        match self {
            Self::Answered(key) => value(key).is_some(),
            Self::Chose(key, code) => match value(key) {
                Some(AnswerValue::Single(chosen)) => chosen == code,
                Some(AnswerValue::Multiple(chosen)) => chosen.contains(code),
                _ => false,
            },
            Self::Said(key, wanted) => {
                matches!(value(key), Some(AnswerValue::YesNo(said) | AnswerValue::Consent(_, said)) if said == wanted)
            }
            Self::Between(key, from, to) => match value(key) {
                Some(AnswerValue::Integer(number)) => (from..=to).contains(&number),
                Some(AnswerValue::Scale(step)) => (*from..=*to).contains(&i64::from(*step)),
                _ => false,
            },
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(answers)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds(answers)),
            Self::Not(condition) => !condition.holds(answers),
        }
    }
}

impl<Q: Copy> Condition<Q> {
    /// Holds the condition against its bounds, whatever the questions that it looks at.
    ///
    /// # Errors
    /// [`Invalid`] names what is wrong.
    pub fn check_bounds(&self) -> Result<(), Invalid> {
        self.check_bounds_at(CONDITION_DEPTH)
    }

    fn check_bounds_at(&self, depth_left: usize) -> Result<(), Invalid> {
        let Some(deeper) = depth_left.checked_sub(1) else {
            return Err(Invalid::TooMany { what: "the depth of a condition", limit: CONDITION_DEPTH });
        };
        match self {
            Self::Answered(_) | Self::Chose(..) | Self::Said(..) | Self::Between(..) => Ok(()),
            Self::All(conditions) | Self::Any(conditions) => {
                check::count("a condition's parts", conditions.len(), OPTIONS)?;
                conditions.iter().try_for_each(|condition| condition.check_bounds_at(deeper))
            }
            Self::Not(condition) => condition.check_bounds_at(deeper),
        }
    }

    /// The same condition with the questions called otherwise; nothing, where one of them has no such name.
    pub fn called<R>(&self, name: &impl Fn(Q) -> Option<R>) -> Option<Condition<R>> {
        let all = |conditions: &[Self]| -> Option<Vec<Condition<R>>> {
            conditions.iter().map(|condition| condition.called(name)).collect()
        };
        Some(match self {
            Self::Answered(question) => Condition::Answered(name(*question)?),
            Self::Chose(question, code) => Condition::Chose(name(*question)?, *code),
            Self::Said(question, wanted) => Condition::Said(name(*question)?, *wanted),
            Self::Between(question, from, to) => Condition::Between(name(*question)?, *from, *to),
            Self::All(conditions) => Condition::All(all(conditions)?),
            Self::Any(conditions) => Condition::Any(all(conditions)?),
            Self::Not(condition) => Condition::Not(Box::new(condition.called(name)?)),
        })
    }

    /// Whether the condition is within its bounds and looks at these questions only.
    pub(super) fn check(&self, earlier: &[Q]) -> Result<(), Invalid>
    where
        Q: PartialEq,
    {
        self.check_bounds()?;
        let looks_back = self.called(&|question| earlier.contains(&question).then_some(())).is_some();
        check::holds("a condition's question", "an earlier one", looks_back)
    }
}
