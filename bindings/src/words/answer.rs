//! Answers to a script's questions.

use super::ContactField;
use walkbook_model::{self as model, Day, Decimal, Purpose, QuestionKey, TimeOfDay};

/// The value of an answer, of the question's type.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum AnswerValue {
    /// One of the options.
    Single {
        /// The option's code.
        code: u16,
    },
    /// Any of the options.
    Multiple {
        /// Their codes, in rising order.
        codes: Vec<u16>,
    },
    /// A step of a scale.
    Scale {
        /// The step.
        step: i16,
    },
    /// Yes or no.
    YesNo {
        /// Whether yes.
        said: bool,
    },
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A whole number.
    Integer {
        /// The number.
        number: i64,
    },
    /// A decimal number: digits × 10⁻ˢᶜᵃˡᵉ.
    Decimal {
        /// All digits, as a whole number.
        digits: i64,
        /// How many of them stand behind the point, at most 18.
        scale: u8,
    },
    /// A date.
    Date {
        /// The day.
        day: Day,
    },
    /// A time of day.
    Time {
        /// Minutes after midnight, below 1440.
        minutes: u16,
    },
    /// A contact's field as the person gave it.
    ContactDetail {
        /// Which.
        field: ContactField,
        /// What the person gave.
        value: String,
    },
    /// A permission given or refused.
    Consent {
        /// For what.
        purpose: Purpose,
        /// Whether it was given.
        given: bool,
    },
    /// The canvasser's remark.
    Note {
        /// The remark.
        text: String,
    },
}

/// An answer to one question.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Answer {
    /// The question's number.
    pub question: u16,
    /// What was said.
    pub value: AnswerValue,
}

impl From<Answer> for model::Answer {
    fn from(answer: Answer) -> Self {
        Self { question: QuestionKey(answer.question), value: answer.value.into() }
    }
}

impl From<model::Answer> for Answer {
    fn from(answer: model::Answer) -> Self {
        Self { question: answer.question.0, value: answer.value.into() }
    }
}

impl From<AnswerValue> for model::AnswerValue {
    fn from(value: AnswerValue) -> Self {
        match value {
            AnswerValue::Single { code } => Self::Single(code),
            AnswerValue::Multiple { codes } => Self::Multiple(codes),
            AnswerValue::Scale { step } => Self::Scale(step),
            AnswerValue::YesNo { said } => Self::YesNo(said),
            AnswerValue::Text { text } => Self::Text(text),
            AnswerValue::Integer { number } => Self::Integer(number),
            AnswerValue::Decimal { digits, scale } => Self::Decimal(Decimal { digits, scale }),
            AnswerValue::Date { day } => Self::Date(day),
            AnswerValue::Time { minutes } => Self::Time(TimeOfDay(minutes)),
            AnswerValue::ContactDetail { field, value } => Self::ContactDetail(field.into(), value),
            AnswerValue::Consent { purpose, given } => Self::Consent(purpose, given),
            AnswerValue::Note { text } => Self::Note(text),
        }
    }
}

impl From<model::AnswerValue> for AnswerValue {
    fn from(value: model::AnswerValue) -> Self {
        match value {
            model::AnswerValue::Single(code) => Self::Single { code },
            model::AnswerValue::Multiple(codes) => Self::Multiple { codes },
            model::AnswerValue::Scale(step) => Self::Scale { step },
            model::AnswerValue::YesNo(said) => Self::YesNo { said },
            model::AnswerValue::Text(text) => Self::Text { text },
            model::AnswerValue::Integer(number) => Self::Integer { number },
            model::AnswerValue::Decimal(Decimal { digits, scale }) => Self::Decimal { digits, scale },
            model::AnswerValue::Date(day) => Self::Date { day },
            model::AnswerValue::Time(TimeOfDay(minutes)) => Self::Time { minutes },
            model::AnswerValue::ContactDetail(field, value) => Self::ContactDetail { field: field.into(), value },
            model::AnswerValue::Consent(purpose, given) => Self::Consent { purpose, given },
            model::AnswerValue::Note(text) => Self::Note { text },
        }
    }
}
