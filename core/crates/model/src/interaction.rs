//! One attempt at a door or a contact.

use crate::check::{self, Invalid};
use crate::limits::{ANSWERS, LONG_TEXT_BYTES, SHORT_TEXT_BYTES};
use crate::redact::redacted;
use crate::{Answer, Class, ContactId, ContentHash, Outcome, Position, UserId, WalkListId};
use serde::{Deserialize, Serialize};

/// What came of it: an outcome *or* answers, never both, so that the two cannot contradict each other.
#[derive(Clone, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Knock {
    /// An outcome, with the tenant's own code for it if one was used.
    #[n(0)]
    Outcome(#[n(0)] Outcome, #[n(1)] Option<String>),
    /// Answers to the script with this content hash.
    #[n(1)]
    Answers(#[n(0)] ContentHash, #[n(1)] Vec<Answer>),
}

impl Knock {
    /// The outcome; answers imply [`Outcome::Canvassed`].
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Outcome(outcome, _) => *outcome,
            Self::Answers(..) => Outcome::Canvassed,
        }
    }

    /// The outcome's class.
    pub const fn class(&self) -> Class {
        self.outcome().class()
    }

    /// The answers; none where an outcome stands.
    pub fn answers(&self) -> &[Answer] {
        match self {
            Self::Outcome(..) => &[],
            Self::Answers(_, answers) => answers,
        }
    }
}

/// How far from the door the phone was, in bands; the tenant decides whether the position itself is kept.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Distance {
    /// At most 100 m.
    #[n(0)]
    Near,
    /// More than 100 m, at most 300 m.
    #[n(1)]
    Middling,
    /// More than 300 m.
    #[n(2)]
    Far,
    /// No fix, or one worse than 100 m; or nobody knows where the door is.
    #[n(3)]
    NoFix,
}

/// Evidence for a knock: one fix, no track.
#[derive(Clone, Copy, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Evidence {
    /// How far from the door.
    #[n(0)]
    pub distance: Distance,
    /// Whether the phone said that the position was mocked.
    #[n(1)]
    pub mocked: bool,
    /// The position itself, if the tenant keeps it.
    #[n(2)]
    pub position: Option<Position>,
}

/// One attempt at a door or a contact. The door and the time are the entry's.
#[derive(Clone, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Interaction {
    /// What came of it.
    #[n(0)]
    pub knock: Knock,
    /// With whom; nobody where the outcome is the door's.
    #[n(1)]
    pub contact: Option<ContactId>,
    /// The walk list that was being worked.
    #[n(2)]
    pub list: WalkListId,
    /// Who knocked, where it was not the one who typed.
    #[n(3)]
    pub knocked_by: Option<UserId>,
    /// The canvasser's remark.
    #[n(4)]
    pub note: Option<String>,
    /// Evidence; nothing where nobody asked the phone where it was.
    #[n(5)]
    pub evidence: Option<Evidence>,
}

redacted!(Knock, Evidence, Interaction);

impl Interaction {
    /// An outcome and nothing else: the two-tap not-home.
    pub const fn of_outcome(list: WalkListId, contact: Option<ContactId>, outcome: Outcome) -> Self {
        Self { knock: Knock::Outcome(outcome, None), contact, list, knocked_by: None, note: None, evidence: None }
    }

    /// Holds the interaction against its bounds.
    ///
    /// # Errors
    /// [`Invalid`] names the field.
    pub fn check(&self) -> Result<(), Invalid> {
        match &self.knock {
            Knock::Outcome(_, code) => {
                check::text("interaction.code", code.as_deref().unwrap_or_default(), SHORT_TEXT_BYTES)?;
            }
            Knock::Answers(_, answers) => {
                check::present("interaction.answers", answers.is_empty())?;
                check::count("interaction.answers", answers.len(), ANSWERS)?;
                answers.iter().try_for_each(|answer| answer.value.check())?;
                let rising = answers.is_sorted_by(|before, after| before.question < after.question);
                check::holds("interaction.answers", "in the order of the questions' keys, each once", rising)?;
            }
        }
        check::text("interaction.note", self.note.as_deref().unwrap_or_default(), LONG_TEXT_BYTES)?;
        let position = self.evidence.and_then(|evidence| evidence.position);
        check::holds("interaction.evidence.position", "on the earth", position.is_none_or(Position::is_valid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AnswerValue, QuestionKey};

    fn answering(answers: Vec<Answer>) -> Interaction {
        let list = WalkListId::from_bytes([1; 16]);
        Interaction {
            knock: Knock::Answers(ContentHash::of(b"script"), answers),
            ..Interaction::of_outcome(list, None, Outcome::NotHome)
        }
    }

    #[test]
    fn answers_imply_canvassed() {
        let yes = Answer { question: QuestionKey(1), value: AnswerValue::YesNo(true) };
        assert_eq!(answering(vec![yes]).knock.outcome(), Outcome::Canvassed);
    }

    #[test]
    fn no_answers_and_one_question_answered_twice_are_refused() {
        let yes = Answer { question: QuestionKey(1), value: AnswerValue::YesNo(true) };
        assert!(answering(Vec::new()).check().is_err());
        assert!(answering(vec![yes.clone(), yes]).check().is_err());
    }
}
