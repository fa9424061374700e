//! Drafts of scripts: who may write one, and who may publish what.

use super::known;
use super::{Judge, Stop, require};
use crate::reading;
use crate::store::{self, Verdict};
use walkbook_ledger::{Entry, Payload, ScriptChange};
use walkbook_model::{Action, ScriptId, Whose, cbor};
use walkbook_sync::{MAX_RECORD_BYTES, Reason};

impl Judge<'_> {
    /// The versions of scripts that the entries judged so far publish.
    pub(crate) fn published(self) -> Vec<Vec<u8>> {
        self.known.published
    }

    pub(super) fn weigh_on_draft(&mut self, entry: &Entry, script: ScriptId) -> Result<Verdict, Stop> {
        let Payload::Script(edit) = &entry.payload else { return Err(Reason::Malformed.into()) };
        require(self.may(Action::WriteDraft, Whose::Tenant), Reason::NotAllowed)?;
        if known::starts(entry, script) {
            self.known.started(script);
            return Ok(Verdict::Accepted);
        }
        require(self.has_draft(script)?, Reason::NotYours)?;
        match &edit.change {
            publishing @ ScriptChange::Publish { .. } => self.weigh_publishing(entry, script, publishing),
            _ => self.weigh_made_on(entry, &edit.on),
        }
    }

    /// What is published is what its writer saw. Where the draft reads otherwise here, it is looked at and published again:
    /// by the person, and not by the phone. So nothing of it is ever set aside.
    fn weigh_publishing(
        &mut self,
        entry: &Entry,
        script: ScriptId,
        publishing: &ScriptChange,
    ) -> Result<Verdict, Stop> {
        require(self.may(Action::PublishScript, Whose::Tenant), Reason::NotAllowed)?;
        require(self.weigh_made_on(entry, entry.payload.made_on())? == Verdict::Accepted, Reason::Rebase)?;
        let written = self.known.draft_edits(script);
        let state = match reading::draft_state_with(self.store, self.sender.tenant, script, written) {
            Err(store::Error::Damaged { .. }) => None,
            state => state?,
        };
        let state = state.ok_or(Reason::Rebase)?;
        let version = state.published().map_err(|_| Reason::Rebase)?;
        require(state.publishing().as_ref() == Ok(publishing), Reason::Rebase)?;
        let bytes = cbor::encode(&version);
        require(bytes.len() <= MAX_RECORD_BYTES, Reason::Malformed)?;
        self.known.published.push(bytes);
        Ok(Verdict::Accepted)
    }
}

/// Whether this entry publishes a draft.
pub(crate) fn publishes(entry: &Entry) -> bool {
    matches!(&entry.payload, Payload::Script(edit) if matches!(edit.change, ScriptChange::Publish { .. }))
}
