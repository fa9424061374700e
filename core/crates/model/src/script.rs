//! Scripts: questions with branching. Every published version is immutable and named by its content hash.

mod answering;
mod condition;

pub use answering::AnswerRefused;
pub use condition::Condition;

use crate::check::{self, Invalid};
use crate::limits::{LONG_TEXT_BYTES, OPTIONS, QUESTIONS, SHORT_TEXT_BYTES};
use crate::{ContactField, ContentHash, Purpose, ScriptId};
use serde::{Deserialize, Serialize};

/// A question's number within its script; stays the same from version to version and is never used again.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct QuestionKey(#[n(0)] pub u16);

/// One option of a question.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Choice {
    /// What answers hold; stays the same from version to version.
    #[n(0)]
    pub code: u16,
    /// What the screen shows.
    #[n(1)]
    pub text: String,
}

/// A question's type.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One of the options.
    #[n(0)]
    Single(#[n(0)] Vec<Choice>),
    /// Any of the options.
    #[n(1)]
    Multiple(#[n(0)] Vec<Choice>),
    /// A step from the first number to the second.
    #[n(2)]
    Scale(#[n(0)] i16, #[n(1)] i16),
    /// Yes or no.
    #[n(3)]
    YesNo,
    /// Words.
    #[n(4)]
    Text,
    /// A whole number.
    #[n(5)]
    Integer,
    /// A decimal number.
    #[n(6)]
    Decimal,
    /// A date.
    #[n(7)]
    Date,
    /// A time of day.
    #[n(8)]
    Time,
    /// A contact's field.
    #[n(9)]
    ContactDetail(#[n(0)] ContactField),
    /// A permission, with the words to read out.
    #[n(10)]
    Consent(#[n(0)] Purpose, #[n(1)] String),
    /// The canvasser's remark.
    #[n(11)]
    Note,
}

/// One question, called by `Q`: its number in a published version, its id in a draft.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Question<Q = QuestionKey> {
    /// Its number, or what else it is called by.
    #[n(0)]
    pub key: Q,
    /// Its column in exports.
    #[n(1)]
    pub name: String,
    /// What is read out.
    #[n(2)]
    pub text: String,
    /// Its type.
    #[n(3)]
    pub kind: QuestionKind,
    /// When it is asked; without one, always. Looks at earlier questions only.
    #[n(4)]
    pub when: Option<Condition<Q>>,
}

/// A version of a script; or a draft, whose questions have ids in place of numbers.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Script<Q = QuestionKey> {
    /// Which script this is a version of.
    #[n(0)]
    pub id: ScriptId,
    /// What people call it.
    #[n(1)]
    pub title: String,
    /// The questions in the order they are asked.
    #[n(2)]
    pub questions: Vec<Question<Q>>,
}

impl Script {
    /// The version's name: the hash of its canonical CBOR.
    pub fn content_hash(&self) -> ContentHash {
        ContentHash::of(&crate::cbor::encode(self))
    }

    /// The question of this number.
    pub fn question(&self, key: QuestionKey) -> Option<&Question> {
        self.questions.iter().find(|question| question.key == key)
    }

    /// Holds the script against its bounds: numbers unique, conditions shallow and about earlier questions only (so
    /// that there are no circles).
    ///
    /// # Errors
    /// [`Invalid`] names what is wrong.
    pub fn check(&self) -> Result<(), Invalid> {
        check::text("script.title", &self.title, SHORT_TEXT_BYTES)?;
        check::present("script.questions", self.questions.is_empty())?;
        check::count("script.questions", self.questions.len(), QUESTIONS)?;
        let mut earlier: Vec<QuestionKey> = Vec::with_capacity(self.questions.len());
        for question in &self.questions {
            if earlier.contains(&question.key) {
                return Err(Invalid::Twice { what: "the key of a question" });
            }
            question.check(&earlier)?;
            earlier.push(question.key);
        }
        Ok(())
    }
}

impl<Q: Copy + PartialEq> Question<Q> {
    /// Holds the question against its bounds; its condition may look at the questions before it only.
    ///
    /// # Errors
    /// [`Invalid`] names what is wrong.
    pub fn check(&self, earlier: &[Q]) -> Result<(), Invalid> {
        self.check_bounds()?;
        self.when.as_ref().map_or(Ok(()), |when| when.check(earlier))
    }

    /// Holds the question against its bounds, wherever it stands in a script.
    ///
    /// # Errors
    /// [`Invalid`] names what is wrong.
    pub fn check_bounds(&self) -> Result<(), Invalid> {
        check::present("question.name", self.name.is_empty())?;
        check::text("question.name", &self.name, SHORT_TEXT_BYTES)?;
        check::text("question.text", &self.text, LONG_TEXT_BYTES)?;
        self.kind.check()?;
        self.when.as_ref().map_or(Ok(()), Condition::check_bounds)
    }

    /// The same question with it and those that its condition looks at called otherwise; nothing, where one of them has
    /// no such name.
    pub fn called<R>(&self, name: &impl Fn(Q) -> Option<R>) -> Option<Question<R>> {
        let when = match &self.when {
            Some(when) => Some(when.called(name)?),
            None => None,
        };
        let (text, kind) = (self.text.clone(), self.kind.clone());
        Some(Question { key: name(self.key)?, name: self.name.clone(), text, kind, when })
    }
}

impl QuestionKind {
    /// Holds the type against its bounds: options with codes of their own, a scale that rises, a wording.
    ///
    /// # Errors
    /// [`Invalid`] names what is wrong.
    pub fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::Single(choices) | Self::Multiple(choices) => {
                check::present("question.options", choices.is_empty())?;
                check::count("question.options", choices.len(), OPTIONS)?;
                let mut codes: Vec<u16> = choices.iter().map(|choice| choice.code).collect();
                codes.sort_unstable();
                codes.dedup();
                if codes.len() != choices.len() {
                    return Err(Invalid::Twice { what: "the code of an option" });
                }
                choices.iter().try_for_each(|choice| check::text("option.text", &choice.text, SHORT_TEXT_BYTES))
            }
            Self::Scale(from, to) => check::holds("question.scale", "from a lower to a higher number", from < to),
            Self::Consent(_, wording) => {
                check::present("question.wording", wording.trim().is_empty())?;
                check::text("question.wording", wording, LONG_TEXT_BYTES)
            }
            _ => Ok(()),
        }
    }
}
