//! A script that is being written, and what becomes of it at publishing.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;
use walkbook_model::{Invalid, Question, QuestionId, QuestionKey, Script};

/// A script whose questions are called by ids. A question gets its number when it is first published, and keeps it.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct ScriptDraft {
    /// Title and questions, in the order they are asked.
    #[n(0)]
    pub script: Script<QuestionId>,
    /// The numbers that were given, also of questions that were dropped.
    #[n(1)]
    pub numbers: BTreeMap<QuestionId, QuestionKey>,
    /// The highest number that was ever given; 0 before the first. Later questions get higher ones, so that none is used
    /// again.
    #[n(2)]
    pub last_number: u16,
}

/// Why a draft cannot be published, for the person who wants to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Flaw {
    /// So many places were written twice at once. Choose what is meant.
    #[error("{0} places were written twice at once and are to be chosen from")]
    Clashes(usize),
    /// A question is not within its bounds, or its condition looks at one that is dropped or comes later. Mend it, or move
    /// it.
    #[error("question {place}: {wrong}")]
    Question {
        /// Which.
        question: QuestionId,
        /// Where it stands in the draft, from 1.
        place: usize,
        /// What is wrong.
        wrong: Invalid,
    },
    /// The script as a whole is not within its bounds, or two questions have one number.
    #[error(transparent)]
    Script(#[from] Invalid),
    /// There are no numbers left. Start another draft.
    #[error("there are no numbers left for its questions")]
    NumbersUsedUp,
}

impl ScriptDraft {
    /// The numbers to be given to the questions that have none yet, in the order they are asked.
    pub fn numbering(&self) -> Vec<(QuestionId, QuestionKey)> {
        let questions = self.script.questions.iter().map(|question| question.key);
        let free = (self.last_number..=u16::MAX).skip(1).map(QuestionKey);
        questions.filter(|question| !self.numbers.contains_key(question)).zip(free).collect()
    }

    /// The version that is published of it, numbered as [`Self::numbering`] says.
    ///
    /// # Errors
    /// Everything that is wrong with its questions, else what is wrong with the whole.
    pub fn published(&self) -> Result<Script, Vec<Flaw>> {
        let flaws = self.flaws_of_questions();
        if !flaws.is_empty() {
            return Err(flaws);
        }
        let mut numbers = self.numbers.clone();
        numbers.extend(self.numbering());
        let number = |question| numbers.get(&question).copied();
        let questions: Option<Vec<Question>> =
            self.script.questions.iter().map(|question| question.called(&number)).collect();
        let questions = questions.ok_or_else(|| vec![Flaw::NumbersUsedUp])?;
        let script = Script { id: self.script.id, title: self.script.title.clone(), questions };
        script.check().map_err(|wrong| vec![wrong.into()])?;
        Ok(script)
    }

    fn flaws_of_questions(&self) -> Vec<Flaw> {
        let mut earlier: Vec<QuestionId> = Vec::with_capacity(self.script.questions.len());
        let mut flaws = Vec::new();
        for (place, question) in (1..).zip(&self.script.questions) {
            if let Err(wrong) = question.check(&earlier) {
                flaws.push(Flaw::Question { question: question.key, place, wrong });
            }
            earlier.push(question.key);
        }
        flaws
    }
}
