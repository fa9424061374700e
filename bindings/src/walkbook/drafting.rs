//! Writing scripts: drafts that several people work on without a network, and what is published of them.

use super::{Walkbook, now};
use crate::error::WalkbookError;
use crate::words::{Draft, DraftChange, QuestionKind, all};
use walkbook_model::{ContentHash, EntryId, QuestionId, ScriptId};

#[uniffi::export]
impl Walkbook {
    /// The drafts on this phone, by title. They come to the phones of those who may write them.
    pub fn drafts(&self) -> Result<Vec<Draft>, WalkbookError> {
        self.ask(|walkbook| Ok(all(walkbook.drafts()?)))
    }

    /// A draft with its questions, what was written twice at once, and what keeps it from being published.
    pub fn draft(&self, script: ScriptId) -> Result<Draft, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.draft(script)?.into()))
    }

    /// Starts the draft of a new script. The server refuses it from those who may not write any.
    pub fn start_draft(&self, title: String) -> Result<ScriptId, WalkbookError> {
        self.ask(|walkbook| walkbook.start_draft(&title, now()))
    }

    /// Changes a draft on top of what the phone shows. An edit of a question that was dropped puts it back.
    pub fn edit_draft(&self, script: ScriptId, change: DraftChange) -> Result<EntryId, WalkbookError> {
        self.ask(|walkbook| walkbook.edit_draft(script, change.into(), now()))
    }

    /// Asks one question more: behind another one, or at the front. `edit_draft` sets when it is asked.
    #[uniffi::method(default(behind = None))]
    pub fn add_question(
        &self,
        script: ScriptId,
        name: String,
        text: String,
        kind: QuestionKind,
        behind: Option<QuestionId>,
    ) -> Result<QuestionId, WalkbookError> {
        self.ask(|walkbook| walkbook.add_question(script, &name, &text, kind.into(), behind, now()))
    }

    /// Decides a clash of a draft for one of its choices.
    pub fn resolve_draft(&self, script: ScriptId, choice: EntryId) -> Result<EntryId, WalkbookError> {
        self.ask(|walkbook| walkbook.resolve_draft(script, choice, now()))
    }

    /// Publishes a draft as the phone shows it, and gives the version's name. The server takes it from those who may, where the
    /// draft reads there as it does here; else it is among `refused`: look at the draft, and publish it again.
    pub fn publish_draft(&self, script: ScriptId) -> Result<ContentHash, WalkbookError> {
        self.ask(|walkbook| walkbook.publish_draft(script, now()))
    }
}
