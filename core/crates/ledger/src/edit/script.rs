//! Edits of a script's draft. Its questions have ids; numbers are given at publishing.

use super::{check_made_on, holds, short_enough};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::limits::{LONG_TEXT_BYTES, QUESTIONS, SHORT_TEXT_BYTES};
use walkbook_model::{
    Condition, ContentHash, EntryId, Invalid, Question, QuestionId, QuestionKey, QuestionKind, ScriptId,
};

/// A change of a script's draft. One that concerns a question which is dropped at the same time makes a clash; one that is
/// made knowing that the question is dropped puts it back. A number does neither, nor does publishing.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScriptChange {
    /// What people call it; the first edit of a draft.
    #[n(0)]
    SetTitle(#[n(0)] String),
    /// Asks one question more.
    #[n(1)]
    AddQuestion {
        /// The question. Its id is [`question_added_by`] the entry.
        #[n(0)]
        question: Question<QuestionId>,
        /// The question it comes behind; none for the front.
        #[n(1)]
        behind: Option<QuestionId>,
    },
    /// Sets a question's column in exports.
    #[n(2)]
    SetName(#[n(0)] QuestionId, #[n(1)] String),
    /// Sets what is read out.
    #[n(3)]
    SetText(#[n(0)] QuestionId, #[n(1)] String),
    /// Sets a question's type, with its options.
    #[n(4)]
    SetKind(#[n(0)] QuestionId, #[n(1)] QuestionKind),
    /// Sets when a question is asked; without a condition, always.
    #[n(5)]
    SetCondition(#[n(0)] QuestionId, #[n(1)] Option<Condition<QuestionId>>),
    /// Moves a question behind another one, or to the front.
    #[n(6)]
    Move {
        /// The question that is moved.
        #[n(0)]
        question: QuestionId,
        /// The question it comes behind; none for the front.
        #[n(1)]
        behind: Option<QuestionId>,
    },
    /// Asks a question no more.
    #[n(7)]
    Drop(#[n(0)] QuestionId),
    /// Gives a question the number under which it is published.
    #[n(8)]
    Number(#[n(0)] QuestionId, #[n(1)] QuestionKey),
    /// Publishes the draft as its writer sees it. The server takes it only where it sees the same: nobody publishes what they
    /// have not read.
    #[n(9)]
    Publish {
        /// The numbers of the questions that had none, as [`ScriptDraft::numbering`](crate::ScriptDraft::numbering) gives
        /// them.
        #[n(0)]
        numbers: BTreeMap<QuestionId, QuestionKey>,
        /// The name of the version: what is published, to the byte.
        #[n(1)]
        version: ContentHash,
    },
}

/// A change of a script's draft and what it was made on top of.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct ScriptEdit {
    /// The latest edits the writer saw; none, where it saw the bare base or starts the draft.
    #[n(0)]
    pub on: Vec<EntryId>,
    /// The change.
    #[n(1)]
    pub change: ScriptChange,
}

/// The id of the script whose draft this entry starts as its first edit.
pub fn script_started_by(entry: EntryId) -> ScriptId {
    ScriptId::derive(&[&entry.device.to_bytes(), &entry.seq.to_be_bytes()])
}

/// The id of the question that this entry adds: derived from the entry, so that no two people can add one question twice
/// and hide each other's.
pub fn question_added_by(entry: EntryId) -> QuestionId {
    QuestionId::derive(&[&entry.device.to_bytes(), &entry.seq.to_be_bytes()])
}

impl ScriptEdit {
    pub(crate) fn check(&self, id: EntryId) -> Result<(), Invalid> {
        check_made_on(&self.on, id)?;
        match &self.change {
            ScriptChange::SetTitle(title) => short_enough("script.title", title, SHORT_TEXT_BYTES),
            ScriptChange::AddQuestion { question, .. } => {
                holds("question.id", "the one derived from its entry", question.key == question_added_by(id))?;
                question.check_bounds()
            }
            ScriptChange::SetName(_, name) if name.is_empty() => Err(Invalid::Empty { what: "question.name" }),
            ScriptChange::SetName(_, name) => short_enough("question.name", name, SHORT_TEXT_BYTES),
            ScriptChange::SetText(_, text) => short_enough("question.text", text, LONG_TEXT_BYTES),
            ScriptChange::SetKind(_, kind) => kind.check(),
            ScriptChange::SetCondition(_, when) => when.as_ref().map_or(Ok(()), Condition::check_bounds),
            ScriptChange::Move { question, behind } => {
                holds("question.behind", "another question", behind.is_none_or(|other| other != *question))
            }
            ScriptChange::Publish { numbers, .. } if numbers.len() > QUESTIONS => {
                Err(Invalid::TooMany { what: "script.questions", limit: QUESTIONS })
            }
            ScriptChange::Publish { numbers, .. } => {
                let different: BTreeSet<&QuestionKey> = numbers.values().collect();
                holds("script.numbers", "different from each other", different.len() == numbers.len())
            }
            ScriptChange::Drop(_) | ScriptChange::Number(..) => Ok(()),
        }
    }
}
