//! Answers to a script's questions.

use crate::check::{self, Invalid};
use crate::limits::{LONG_TEXT_BYTES, OPTIONS};
use crate::redact::redacted;
use crate::{ContactField, Day, Purpose, QuestionKey, TimeOfDay};
use serde::{Deserialize, Serialize};

/// A decimal number: `digits` × 10⁻ˢᶜᵃˡᵉ. No floating point, so that every replica holds the same bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Decimal {
    /// All digits, as a whole number.
    #[n(0)]
    pub digits: i64,
    /// How many of them stand behind the point, at most 18.
    #[n(1)]
    pub scale: u8,
}

/// The value of an answer, of the question's type.
#[derive(Clone, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerValue {
    /// One of the options, by its code.
    #[n(0)]
    Single(#[n(0)] u16),
    /// Any of the options, by their codes in rising order.
    #[n(1)]
    Multiple(#[n(0)] Vec<u16>),
    /// A step of a scale.
    #[n(2)]
    Scale(#[n(0)] i16),
    /// Yes or no.
    #[n(3)]
    YesNo(#[n(0)] bool),
    /// Words.
    #[n(4)]
    Text(#[n(0)] String),
    /// A whole number.
    #[n(5)]
    Integer(#[n(0)] i64),
    /// A decimal number.
    #[n(6)]
    Decimal(#[n(0)] Decimal),
    /// A date.
    #[n(7)]
    Date(#[n(0)] Day),
    /// A time of day.
    #[n(8)]
    Time(#[n(0)] TimeOfDay),
    /// A contact's field as the person gave it.
    #[n(9)]
    ContactDetail(#[n(0)] ContactField, #[n(1)] String),
    /// A permission given or refused.
    #[n(10)]
    Consent(#[n(0)] Purpose, #[n(1)] bool),
    /// The canvasser's remark.
    #[n(11)]
    Note(#[n(0)] String),
}

/// An answer to one question.
#[derive(Clone, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Answer {
    /// The question.
    #[n(0)]
    pub question: QuestionKey,
    /// What was said.
    #[n(1)]
    pub value: AnswerValue,
}

redacted!(Decimal, AnswerValue, Answer);

impl AnswerValue {
    /// Holds the value against its bounds; whether it fits its question is the script's to say.
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::Multiple(codes) => {
                check::count("an answer's options", codes.len(), OPTIONS)?;
                let rising = codes.is_sorted_by(|before, after| before < after);
                check::holds("an answer's options", "in rising order, each once", rising)
            }
            Self::Text(text) | Self::Note(text) => check::text("an answer's text", text, LONG_TEXT_BYTES),
            Self::ContactDetail(field, value) => field.check(value),
            Self::Time(time) => check::holds("an answer's time", "within a day", time.is_valid()),
            Self::Decimal(number) => check::holds("an answer's number", "of at most 18 decimals", number.scale <= 18),
            _ => Ok(()),
        }
    }
}
