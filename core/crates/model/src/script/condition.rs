//! When a question is asked.

use crate::check::{self, Invalid};
use crate::limits::{CONDITION_DEPTH, OPTIONS};
use crate::{Answer, AnswerValue, QuestionKey};
use serde::{Deserialize, Serialize};

/// A condition on earlier answers. An unanswered question fulfils none but [`Condition::Not`].
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The question was answered.
    #[n(0)]
    Answered(#[n(0)] QuestionKey),
    /// The option was chosen, alone or among others.
    #[n(1)]
    Chose(#[n(0)] QuestionKey, #[n(1)] u16),
    /// The answer was yes, or no.
    #[n(2)]
    Said(#[n(0)] QuestionKey, #[n(1)] bool),
    /// The number or step lies from the first to the second, both included.
    #[n(3)]
    Between(#[n(0)] QuestionKey, #[n(1)] i64, #[n(2)] i64),
    /// All of these hold.
    #[n(4)]
    All(#[n(0)] Vec<Condition>),
    /// At least one of these holds.
    #[n(5)]
    Any(#[n(0)] Vec<Condition>),
    /// This does not hold.
    #[n(6)]
    Not(#[n(0)] Box<Condition>),
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

    pub(super) fn check(&self, earlier: &[QuestionKey]) -> Result<(), Invalid> {
        self.check_at(earlier, CONDITION_DEPTH)
    }

    fn check_at(&self, earlier: &[QuestionKey], depth_left: usize) -> Result<(), Invalid> {
        let Some(deeper) = depth_left.checked_sub(1) else {
            return Err(Invalid::TooMany { what: "the depth of a condition", limit: CONDITION_DEPTH });
        };
        match self {
            Self::Answered(key) | Self::Chose(key, _) | Self::Said(key, _) | Self::Between(key, ..) => {
                check::holds("a condition's question", "an earlier one", earlier.contains(key))
            }
            Self::All(conditions) | Self::Any(conditions) => {
                check::count("a condition's parts", conditions.len(), OPTIONS)?;
                conditions.iter().try_for_each(|condition| condition.check_at(earlier, deeper))
            }
            Self::Not(condition) => condition.check_at(earlier, deeper),
        }
    }
}
