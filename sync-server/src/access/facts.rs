//! Facts: knocks and their corrections, permissions.

use super::known::{Kept, Named, Sort};
use super::{Judge, Stop, require};
use crate::store::{Reach, Verdict};
use walkbook_ledger::{Correction, Entry};
use walkbook_model::{Action, Consent, DoorId, Interaction, Knock, UserId};
use walkbook_sync::Reason;

impl Judge<'_> {
    pub(super) fn weigh_interaction(&mut self, interaction: &Interaction) -> Result<Verdict, Stop> {
        require(self.may_for_list(Action::Knock, interaction.list)?, Reason::NotYours)?;
        if let Some(knocked_by) = interaction.knocked_by {
            self.weigh_other(knocked_by)?;
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

    pub(super) fn weigh_correction(
        &mut self,
        entry: &Entry,
        door: DoorId,
        correction: &Correction,
    ) -> Result<Verdict, Stop> {
        match self.named(correction.replaces)? {
            Named::Here(here) => require(here.is(Sort::Visit, entry.header.subject), Reason::Malformed)?,
            // It waits, on every screen, until the other phone has come.
            Named::Coming => {}
            Named::Refused | Named::Nobody => return Err(Reason::NotYours.into()),
        }
        let own = self.user_of(correction.replaces)? == Some(self.sender.user.id);
        require(own || self.reach_for(Action::CorrectOthers, door)? != Reach::Never, Reason::NotAllowed)?;
        correction.with.as_ref().map_or(Ok(Verdict::Accepted), |interaction| self.weigh_interaction(interaction))
    }

    pub(super) fn weigh_consent(&mut self, consent: &Consent) -> Result<Verdict, Stop> {
        self.weigh_other(consent.witness)?;
        Ok(Verdict::Accepted)
    }

    /// Whether the sender may record for this user.
    fn weigh_other(&mut self, user: UserId) -> Result<(), Stop> {
        let own = user == self.sender.user.id;
        require(own || self.may_to_user(Action::RecordForOthers, user)?, Reason::NotAllowed)?;
        Ok(require(self.is_user(user)?, Reason::Malformed)?)
    }
}
