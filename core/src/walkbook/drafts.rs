//! Drafts of scripts: written by several people at once, without a network, and published from what they agree on.

use super::states::draft_state;
use super::writing::{Draft, made_on};
use super::{Error, Inner, Walkbook};
use crate::store::Document;
use walkbook_ledger::{Payload, ScriptChange, ScriptEdit, ScriptState, Subject, question_added_by, script_started_by};
use walkbook_model::{ContentHash, EntryId, Invalid, Question, QuestionId, QuestionKind, ScriptId, Timestamp, cbor};
use walkbook_sync::MAX_RECORD_BYTES;

impl Walkbook {
    /// The drafts on this phone, by title. They come to the phones of those who may write them, with the exchange, and are
    /// forgotten where somebody may no more.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Document`].
    pub fn drafts(&self) -> Result<Vec<ScriptState>, Error> {
        let mut inner = self.lock();
        let view = inner.book()?;
        let mut drafts = Vec::new();
        for script in view.drafts()? {
            drafts.extend(draft_state(view, script)?);
        }
        drafts.sort_by(|one, other| one.draft.script.title.cmp(&other.draft.script.title));
        Ok(drafts)
    }

    /// A draft with its questions in the order they are asked, what was written twice at once, and what was published of it.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the phone does not have it; [`Error::Store`], [`Error::Document`].
    pub fn draft(&self, script: ScriptId) -> Result<ScriptState, Error> {
        draft_state(self.lock().book()?, script)?.ok_or(NO_DRAFT)
    }

    /// Starts the draft of a new script. The server refuses it from those who may not write any.
    ///
    /// ```
    /// use walkbook_core::{Error, Identity, ScriptChange, Walkbook};
    /// use walkbook_model::{DeviceId, QuestionKind, Role, TenantId, Timestamp, UserId};
    ///
    /// let (folder, now) = (tempfile::tempdir()?, Timestamp::from_ms(1_795_000_000_000));
    /// let walkbook = Walkbook::open_with_key(folder.path(), &[7; 32], [3; 16], now)?;
    /// # let (device, user, tenant) = (DeviceId::from_bytes([1; 16]), UserId::from_bytes([2; 16]), TenantId::from_bytes([3; 16]));
    /// # let (role, server, authority) = (Role::Organiser, None, None);
    /// # walkbook.enrolled_as(Identity { device, user, role, tenant, clock_offset_ms: 0, server, authority })?;
    /// let script = walkbook.start_draft("Spring", now)?;
    /// let sign = walkbook.add_question(script, "sign", "May we put up a sign?", QuestionKind::YesNo, None, now)?;
    /// walkbook.edit_draft(script, ScriptChange::SetText(sign, "A sign in your window?".into()), now)?;
    /// // All that keeps it from being published is told at once.
    /// assert_eq!(walkbook.draft(script)?.published().map(|version| version.questions.len()), Ok(1));
    /// let version = walkbook.publish_draft(script, now)?;
    /// assert_eq!(walkbook.draft(script)?.versions.last().map(|(_, latest)| *latest), Some(version));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], [`Error::Invalid`], [`Error::Store`]; nothing is started then.
    pub fn start_draft(&self, title: &str, now: Timestamp) -> Result<ScriptId, Error> {
        let mut inner = self.lock();
        let script = script_started_by(inner.next_id()?);
        let edit = ScriptEdit { on: Vec::new(), change: ScriptChange::SetTitle(title.into()) };
        let first = Draft { subject: Subject::Script(script), epoch: 0, payload: Payload::Script(edit) };
        inner.write_all(vec![first], None, now)?;
        Ok(script)
    }

    /// Changes a draft on top of what the phone shows. An edit of a question that was dropped puts it back.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the phone does not have the draft, or the draft a question that is named; [`Error::Invalid`],
    /// [`Error::Store`]; nothing is changed then.
    pub fn edit_draft(&self, script: ScriptId, change: ScriptChange, now: Timestamp) -> Result<EntryId, Error> {
        self.lock().write_on_draft(script, now, |_, _| Ok(change))
    }

    /// Asks one question more: behind another one, or at the front. [`Walkbook::edit_draft`] sets when it is asked.
    ///
    /// # Errors
    /// As [`Walkbook::edit_draft`].
    pub fn add_question(
        &self,
        script: ScriptId,
        name: &str,
        text: &str,
        kind: QuestionKind,
        behind: Option<QuestionId>,
        now: Timestamp,
    ) -> Result<QuestionId, Error> {
        let id = self.lock().write_on_draft(script, now, |_, id| {
            let (name, text) = (name.into(), text.into());
            let question = Question { key: question_added_by(id), name, text, kind, when: None };
            Ok(ScriptChange::AddQuestion { question, behind })
        })?;
        Ok(question_added_by(id))
    }

    /// Decides a clash of a draft for one of its choices: makes that edit again on top of everything the phone has of it.
    ///
    /// # Errors
    /// [`Error::NotHere`] if no clash of the draft has this choice, because somebody has decided it meanwhile; as
    /// [`Walkbook::edit_draft`].
    pub fn resolve_draft(&self, script: ScriptId, choice: EntryId, now: Timestamp) -> Result<EntryId, Error> {
        self.lock().write_on_draft(script, now, |state, _| {
            let mut choices = state.clashes.iter().flatten();
            let (_, change) = choices.find(|(edit, _)| *edit == choice).ok_or(Error::NotHere { what: "clash" })?;
            Ok(change.clone())
        })
    }

    /// Publishes a draft as the phone shows it; gives the version's name, by which lists are given it. The server decides: it
    /// takes it from those who may, where the draft reads there as it does here. Else it comes back with
    /// [`Reason::Rebase`](crate::Reason::Rebase) among [`Walkbook::refused`]: look at the draft, and publish it again. A
    /// version that the server has taken never changes.
    ///
    /// # Errors
    /// [`Error::NotReady`] if something is wrong with it, which [`ScriptState::published`] tells; as [`Walkbook::edit_draft`].
    pub fn publish_draft(&self, script: ScriptId, now: Timestamp) -> Result<ContentHash, Error> {
        let mut published = ContentHash::of(b"");
        self.lock().write_on_draft(script, now, |state, _| {
            let not_ready = |flaws: Vec<_>| Error::NotReady { flaws: flaws.len() };
            let version = state.published().map_err(not_ready)?;
            if cbor::encode(&version).len() > MAX_RECORD_BYTES {
                return Err(Invalid::TooLong { what: "script", limit: MAX_RECORD_BYTES }.into());
            }
            published = version.content_hash();
            state.publishing().map_err(not_ready)
        })?;
        Ok(published)
    }
}

const NO_DRAFT: Error = Error::NotHere { what: "draft" };

impl Inner {
    fn write_on_draft(
        &mut self,
        script: ScriptId,
        now: Timestamp,
        change: impl FnOnce(&ScriptState, EntryId) -> Result<ScriptChange, Error>,
    ) -> Result<EntryId, Error> {
        let id = self.next_id()?;
        let state = draft_state(self.book_to_write_on(Document::Draft(script), now)?, script)?.ok_or(NO_DRAFT)?;
        let draft = on_draft(&state, change(&state, id)?)?;
        self.write_all(vec![draft], None, now)
    }
}

/// An edit of a draft on top of what there is of it.
pub(super) fn on_draft(state: &ScriptState, change: ScriptChange) -> Result<Draft, Error> {
    let known = state.draft.script.questions.iter().chain(&state.dropped).map(|question| question.key);
    let known: Vec<QuestionId> = known.collect();
    if questions_in(&change).iter().any(|question| !known.contains(question)) {
        return Err(Error::NotHere { what: "question" });
    }
    let payload = Payload::Script(ScriptEdit { on: made_on(&state.tips), change });
    Ok(Draft { subject: Subject::Script(state.draft.script.id), epoch: state.epoch, payload })
}

/// The questions that have to be there for a change to make sense.
fn questions_in(change: &ScriptChange) -> Vec<QuestionId> {
    match change {
        ScriptChange::SetTitle(_) => Vec::new(),
        ScriptChange::AddQuestion { behind, .. } => behind.iter().copied().collect(),
        ScriptChange::Move { question, behind } => behind.iter().chain([question]).copied().collect(),
        ScriptChange::SetName(question, _)
        | ScriptChange::SetText(question, _)
        | ScriptChange::SetKind(question, _)
        | ScriptChange::SetCondition(question, _)
        | ScriptChange::Drop(question)
        | ScriptChange::Number(question, _) => vec![*question],
        ScriptChange::Publish { numbers, .. } => numbers.keys().copied().collect(),
    }
}
