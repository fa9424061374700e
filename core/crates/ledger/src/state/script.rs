//! The state of a script's draft.

use super::{as_set, choices, edits_on};
use crate::document::{DocumentQuestion, ScriptDocument};
use crate::{Entry, Error, Flaw, Payload, ScriptBase, ScriptChange, ScriptDraft, Subject};
use serde::Serialize;
use walkbook_model::{ContentHash, EntryId, Question, QuestionId, Script, ScriptId, cbor};

/// Everything that is shown of a script's draft.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, Serialize)]
#[cbor(array)]
pub struct ScriptState {
    /// The draft with the values that win, its questions in the order they are asked.
    #[n(0)]
    pub draft: ScriptDraft,
    /// The questions that were dropped, in the order they were asked. An edit of one puts it back.
    #[n(1)]
    pub dropped: Vec<Question<QuestionId>>,
    /// The epoch of the base.
    #[n(2)]
    pub epoch: u32,
    /// What was written twice at once: the edit and what it wrote, the one that is shown first. Where somebody dropped a
    /// question on which others worked at the same time, it is shown, and the drop stands last.
    #[n(3)]
    pub clashes: Vec<Vec<(EntryId, ScriptChange)>>,
    /// The latest edits: what the next one is made on top of.
    #[n(4)]
    pub tips: Vec<EntryId>,
    /// Edits that name another which is not here yet.
    #[n(5)]
    pub waiting: Vec<EntryId>,
    /// What was published of it: the edit that did it, and the version's name. The latest stands last.
    #[n(6)]
    pub versions: Vec<(EntryId, ContentHash)>,
}

impl ScriptState {
    /// The state of a draft: the same for the same base and the same set of entries, in whatever order, however often.
    /// Without a base, the draft is one that somebody started. Entries about other subjects are passed over.
    ///
    /// # Errors
    /// [`Error::Document`] if the edits cannot be applied; the draft is then to be shown by its base alone.
    pub fn compute<'a>(
        id: ScriptId,
        base: Option<&ScriptBase>,
        entries: impl IntoIterator<Item = &'a Entry>,
    ) -> Result<Self, Error> {
        let subject = Subject::Script(id);
        let entries = as_set(entries.into_iter().filter(|entry| entry.header.subject == subject));
        let (edits, mut waiting) = edits_on(base, &entries, |entry| match &entry.payload {
            Payload::Script(edit) => Some(&edit.change),
            _ => None,
        });
        let document = ScriptDocument::new(base, edits)?;
        let (title, title_set_by) = document.title()?;
        let all = document.questions()?;
        waiting.extend(document.waiting());
        waiting.sort_unstable();
        let given = all.iter().filter_map(|question| Some((question.question.key, question.number?)));
        let numbers = base.iter().flat_map(|base| base.record.numbers.clone()).chain(given).collect();
        let (dropped, asked): (Vec<DocumentQuestion>, Vec<DocumentQuestion>) =
            all.into_iter().partition(|question| question.is_dropped);
        let of_questions = asked.iter().flat_map(|question| question.set_by.iter().chain([&question.disputed_by]));
        let marks = [&title_set_by].into_iter().chain(of_questions);
        let written = marks.filter_map(|marks| choices(marks, |id| document.change(id).cloned()));
        let numbered = asked.iter().filter_map(|DocumentQuestion { question, numbered_by, .. }| {
            choices(numbered_by, |id| document.numbering(question.key, id))
        });
        let clashes = written.chain(numbered).collect();
        let questions = asked.into_iter().map(|question| question.question).collect();
        Ok(Self {
            draft: ScriptDraft {
                script: Script { id, title, questions },
                numbers,
                last_number: document.last_number(),
            },
            dropped: dropped.into_iter().map(|question| question.question).collect(),
            epoch: base.map_or(0, |base| base.epoch),
            clashes,
            tips: document.tips(),
            waiting,
            versions: document.versions(),
        })
    }

    /// The change by which the draft is published as it stands.
    ///
    /// # Errors
    /// As [`ScriptState::published`].
    pub fn publishing(&self) -> Result<ScriptChange, Vec<Flaw>> {
        let numbers = self.draft.numbering().into_iter().collect();
        Ok(ScriptChange::Publish { numbers, version: self.published()?.content_hash() })
    }

    /// The version that is published of the draft as it stands, its questions numbered as [`ScriptDraft::numbering`] says.
    ///
    /// # Errors
    /// Everything that is wrong with it, for the person who wants to publish.
    pub fn published(&self) -> Result<Script, Vec<Flaw>> {
        let clashes = (!self.clashes.is_empty()).then_some(Flaw::Clashes(self.clashes.len()));
        match (clashes, self.draft.published()) {
            (None, published) => published,
            (Some(clashes), published) => {
                Err(std::iter::once(clashes).chain(published.err().into_iter().flatten()).collect())
            }
        }
    }

    /// The state's canonical bytes: equal states, equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }
}
