//! Whether what is written down fits what the phone has: its scripts, lists and contacts, and what the tenant keeps.

use super::Error;
use super::scripts::script;
use super::settings::settings;
use super::withheld::withheld;
use crate::store::{Document, View};
use walkbook_ledger::{Correction, DoorChange, DoorState, Payload, Standing};
use walkbook_model::{ContactId, Interaction, Invalid, Knock, Target, WalkListId};

/// What is withheld looks empty: nobody clears what they have not seen.
const UNSEEN: Invalid =
    Invalid::Malformed { what: "a contact's field", wanted: "a value, where it is withheld from you" };

/// Says what does not fit. The server would refuse it hours later, when nobody stands at the door any more.
pub(super) fn check_fits(view: View<'_>, state: &DoorState, payload: &Payload) -> Result<(), Error> {
    let contact = |contact: &ContactId| {
        let here = state.contacts.iter().any(|known| known.contact.id == *contact);
        if here { Ok(()) } else { Err(Error::NotHere { what: "contact" }) }
    };
    let interaction = |interaction: &Interaction| {
        interaction.contact.as_ref().map_or(Ok(()), contact)?;
        knock_fits(view, interaction)
    };
    match payload {
        Payload::Interaction(knock) => {
            list_is_here(view, knock.list)?;
            interaction(knock)
        }
        // The list may have been forgotten since; the correction keeps it.
        Payload::Correction(Correction { with, .. }) => with.as_ref().map_or(Ok(()), interaction),
        Payload::Suppression(suppression) => match &suppression.target {
            Target::Contact(id) => contact(id),
            Target::Door => Ok(()),
        },
        Payload::Consent(consent) => contact(&consent.contact),
        Payload::Door(edit) => match &edit.change {
            DoorChange::SetStanding(id, Standing::SameAs(other)) => contact(id).and_then(|()| contact(other)),
            DoorChange::SetContactField(id, field, value) => {
                contact(id)?;
                let is_cleared_unseen = value.is_empty() && withheld(view)?.fields.contains(field);
                if is_cleared_unseen { Err(UNSEEN.into()) } else { Ok(()) }
            }
            DoorChange::SetStanding(id, _) => contact(id),
            _ => Ok(()),
        },
        Payload::Lift(_) | Payload::List(_) | Payload::Script(_) => Ok(()),
    }
}

/// The same without the position where it was recorded, unless the tenant keeps positions.
pub(super) fn as_kept(view: View<'_>, mut payload: Payload) -> Result<Payload, Error> {
    let interaction = match &mut payload {
        Payload::Interaction(interaction) => Some(interaction),
        Payload::Correction(correction) => correction.with.as_mut(),
        _ => None,
    };
    if let Some(evidence) = interaction.and_then(|interaction| interaction.evidence.as_mut())
        && evidence.position.is_some()
        && !settings(view)?.keeps_positions
    {
        evidence.position = None;
    }
    Ok(payload)
}

fn knock_fits(view: View<'_>, interaction: &Interaction) -> Result<(), Error> {
    // What the fields are bound by is told first: a long answer is too long, whatever the script asks.
    interaction.check()?;
    match &interaction.knock {
        Knock::Answers(hash, answers) => Ok(script(view, *hash)?.check_answers(answers)?),
        Knock::Outcome(_, None) => Ok(()),
        Knock::Outcome(outcome, Some(code)) if settings(view)?.outcome_codes.resolve(code) == Ok(*outcome) => Ok(()),
        Knock::Outcome(..) => {
            let wanted = "one of the tenant's codes for this outcome";
            Err(Invalid::Malformed { what: "interaction.code", wanted }.into())
        }
    }
}

fn list_is_here(view: View<'_>, list: WalkListId) -> Result<(), Error> {
    if view.has_base(Document::List(list))? { Ok(()) } else { Err(Error::NotHere { what: "list" }) }
}
