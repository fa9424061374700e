//! One attempt at a door or a contact.

use super::{Answer, all};
use walkbook_model::{self as model, ContactId, ContentHash, Evidence, Outcome, UserId, WalkListId};

/// What came of it: an outcome *or* answers, never both, so that the two cannot contradict each other.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Knock {
    /// An outcome.
    Outcome {
        /// Which.
        outcome: Outcome,
        /// The tenant's own code for it, if one was used.
        #[uniffi(default = None)]
        code: Option<String>,
    },
    /// Answers to a script.
    Answers {
        /// The script's content hash.
        script: ContentHash,
        /// The answers, in the order of the questions' numbers.
        answers: Vec<Answer>,
    },
}

/// One attempt at a door or a contact. The door and the time are the entry's.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Interaction {
    /// The walk list that was being worked.
    pub list: WalkListId,
    /// What came of it.
    pub knock: Knock,
    /// With whom; nobody where the outcome is the door's.
    #[uniffi(default = None)]
    pub contact: Option<ContactId>,
    /// Who knocked, where it was not the one who typed.
    #[uniffi(default = None)]
    pub knocked_by: Option<UserId>,
    /// The canvasser's remark.
    #[uniffi(default = None)]
    pub note: Option<String>,
    /// Evidence, as the phone has it; what an app says here is replaced by what its fix says.
    #[uniffi(default = None)]
    pub evidence: Option<Evidence>,
}

impl From<Interaction> for model::Interaction {
    fn from(interaction: Interaction) -> Self {
        let Interaction { list, knock, contact, knocked_by, note, evidence } = interaction;
        let knock = match knock {
            Knock::Outcome { outcome, code } => model::Knock::Outcome(outcome, code),
            Knock::Answers { script, answers } => model::Knock::Answers(script, all(answers)),
        };
        Self { knock, contact, list, knocked_by, note, evidence }
    }
}

impl From<model::Interaction> for Interaction {
    fn from(interaction: model::Interaction) -> Self {
        let model::Interaction { knock, contact, list, knocked_by, note, evidence } = interaction;
        let knock = match knock {
            model::Knock::Outcome(outcome, code) => Knock::Outcome { outcome, code },
            model::Knock::Answers(script, answers) => Knock::Answers { script, answers: all(answers) },
        };
        Self { list, knock, contact, knocked_by, note, evidence }
    }
}
