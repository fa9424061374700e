//! Scripts: what is asked at the doors.

use super::{ContactField, all};
use walkbook_model::{self as model, ContentHash, Purpose, ScriptId};

/// A version of a script.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Script {
    /// The version: what answers name.
    pub hash: ContentHash,
    /// Which script this is a version of.
    pub id: ScriptId,
    /// What people call it.
    pub title: String,
    /// All questions, in the order they are asked. Which of them are asked of a person, `next_question` and `asked` tell.
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Question {
    /// Its number: what answers name.
    pub key: u16,
    /// Its column in exports.
    pub name: String,
    /// What is read out.
    pub text: String,
    /// Its type.
    pub kind: QuestionKind,
    /// Whether it is asked only after certain answers.
    pub conditional: bool,
}

/// A question's type.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum QuestionKind {
    /// One of the options.
    Single {
        /// The options.
        choices: Vec<Choice>,
    },
    /// Any of the options.
    Multiple {
        /// The options.
        choices: Vec<Choice>,
    },
    /// A step of a scale.
    Scale {
        /// The lowest step.
        from: i16,
        /// The highest step.
        to: i16,
    },
    /// Yes or no.
    YesNo,
    /// Words.
    Text,
    /// A whole number.
    Integer,
    /// A decimal number.
    Decimal,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A contact's field.
    ContactDetail {
        /// Which.
        field: ContactField,
    },
    /// A permission.
    Consent {
        /// For what.
        purpose: Purpose,
        /// The words to read out.
        wording: String,
    },
    /// The canvasser's remark.
    Note,
}

/// One option of a question.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Choice {
    /// What answers hold.
    pub code: u16,
    /// What the screen shows.
    pub text: String,
}

impl From<(ContentHash, model::Script)> for Script {
    fn from((hash, script): (ContentHash, model::Script)) -> Self {
        let model::Script { id, title, questions } = script;
        Self { hash, id, title, questions: all(questions) }
    }
}

impl From<model::Question> for Question {
    fn from(question: model::Question) -> Self {
        let model::Question { key, name, text, kind, when } = question;
        Self { key: key.0, name, text, kind: kind.into(), conditional: when.is_some() }
    }
}

impl From<model::QuestionKind> for QuestionKind {
    fn from(kind: model::QuestionKind) -> Self {
        match kind {
            model::QuestionKind::Single(choices) => Self::Single { choices: all(choices) },
            model::QuestionKind::Multiple(choices) => Self::Multiple { choices: all(choices) },
            model::QuestionKind::Scale(from, to) => Self::Scale { from, to },
            model::QuestionKind::YesNo => Self::YesNo,
            model::QuestionKind::Text => Self::Text,
            model::QuestionKind::Integer => Self::Integer,
            model::QuestionKind::Decimal => Self::Decimal,
            model::QuestionKind::Date => Self::Date,
            model::QuestionKind::Time => Self::Time,
            model::QuestionKind::ContactDetail(field) => Self::ContactDetail { field: field.into() },
            model::QuestionKind::Consent(purpose, wording) => Self::Consent { purpose, wording },
            model::QuestionKind::Note => Self::Note,
        }
    }
}

impl From<QuestionKind> for model::QuestionKind {
    fn from(kind: QuestionKind) -> Self {
        match kind {
            QuestionKind::Single { choices } => Self::Single(all(choices)),
            QuestionKind::Multiple { choices } => Self::Multiple(all(choices)),
            QuestionKind::Scale { from, to } => Self::Scale(from, to),
            QuestionKind::YesNo => Self::YesNo,
            QuestionKind::Text => Self::Text,
            QuestionKind::Integer => Self::Integer,
            QuestionKind::Decimal => Self::Decimal,
            QuestionKind::Date => Self::Date,
            QuestionKind::Time => Self::Time,
            QuestionKind::ContactDetail { field } => Self::ContactDetail(field.into()),
            QuestionKind::Consent { purpose, wording } => Self::Consent(purpose, wording),
            QuestionKind::Note => Self::Note,
        }
    }
}

impl From<Choice> for model::Choice {
    fn from(choice: Choice) -> Self {
        let Choice { code, text } = choice;
        Self { code, text }
    }
}

impl From<model::Choice> for Choice {
    fn from(choice: model::Choice) -> Self {
        let model::Choice { code, text } = choice;
        Self { code, text }
    }
}
