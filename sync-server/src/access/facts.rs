//! Facts: knocks and their corrections, permissions.

use super::known::{Kept, Named, Sort};
use super::{Judge, Stop, require};
use crate::store::Verdict;
use walkbook_ledger::{Correction, Entry};
use walkbook_model::{Consent, Interaction, Knock};
use walkbook_sync::Reason;

impl Judge<'_> {
    pub(super) fn weigh_interaction(&mut self, interaction: &Interaction) -> Result<Verdict, Stop> {
        let leads = self.sender.user.role.leads();
        require(leads || self.own_list(interaction.list)?.is_some(), Reason::NotYours)?;
        if let Some(knocked_by) = interaction.knocked_by {
            require(leads || knocked_by == self.sender.user.id, Reason::NotAllowed)?;
            require(self.is_user(knocked_by)?, Reason::Malformed)?;
        }
        let Knock::Answers(script, answers) = &interaction.knock else { return Ok(Verdict::Accepted) };
        match self.script(*script)? {
            Kept::Sound(script) => script.check_answers(answers).map_err(|_| Reason::UnfitAnswer)?,
            Kept::Missing => return Err(Reason::UnfitAnswer.into()),
            // It is the server that cannot tell: what was said is not thrown away for that.
            Kept::Damaged => return Ok(Verdict::Quarantined),
        }
        Ok(Verdict::Accepted)
    }

    pub(super) fn weigh_correction(&mut self, entry: &Entry, correction: &Correction) -> Result<Verdict, Stop> {
        match self.named(correction.replaces)? {
            Named::Here(here) => require(here.is(Sort::Visit, entry.header.subject), Reason::Malformed)?,
            // It waits, on every screen, until the other phone has come.
            Named::Coming => {}
            Named::Refused | Named::Nobody => return Err(Reason::NotYours.into()),
        }
        let own = self.user_of(correction.replaces)? == Some(self.sender.user.id);
        require(own || self.sender.user.role.leads(), Reason::NotAllowed)?;
        correction.with.as_ref().map_or(Ok(Verdict::Accepted), |interaction| self.weigh_interaction(interaction))
    }

    pub(super) fn weigh_consent(&mut self, consent: &Consent) -> Result<Verdict, Stop> {
        let own = consent.witness == self.sender.user.id;
        require(own || self.sender.user.role.leads(), Reason::NotAllowed)?;
        require(self.is_user(consent.witness)?, Reason::Malformed)?;
        Ok(Verdict::Accepted)
    }
}
