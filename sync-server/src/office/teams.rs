//! Teams: who is in them, and which lists are theirs.

use super::people::check;
use super::{Error, draw};
use crate::store::{self, Stamp, Store, Team};
use walkbook_ledger::Subject;
use walkbook_model::{TeamId, TenantId, UserId, WalkListId};
use walkbook_vault::SecureRandom;

/// Makes a team. With a tenant's first one, lists of no team become its managers'.
///
/// # Errors
/// [`Error::Invalid`] for a label that is empty or too long; [`Error::Store`].
pub fn add_team(
    store: &dyn Store,
    random: &dyn SecureRandom,
    tenant: TenantId,
    label: &str,
    stamp: Stamp,
) -> Result<TeamId, Error> {
    check("team.label", label)?;
    let team = Team { id: TeamId::from_bytes(draw(random)?), label: label.to_owned() };
    store.put_team(tenant, &team, stamp)?;
    Ok(team.id)
}

/// Lets users into a team; says how many of them were not in it.
///
/// # Errors
/// [`Error::InAnotherTeam`] names who has to leave another team first, [`Error::Unknown`] without the team or a user. Those
/// who came before are in.
pub fn join_team(
    store: &dyn Store,
    tenant: TenantId,
    team: TeamId,
    users: &[UserId],
    stamp: Stamp,
) -> Result<usize, Error> {
    let mut new = 0;
    for user in users {
        new += usize::from(store.join_team(tenant, team, *user, stamp).map_err(|error| match error {
            store::Error::Unknown { what } => Error::Unknown { what },
            store::Error::Exists { .. } => Error::InAnotherTeam { user: *user },
            other => other.into(),
        })?);
    }
    Ok(new)
}

/// Gives lists to a team, or to none; says how many of them it did not have. Whom they are handed out to stays.
///
/// # Errors
/// [`Error::Unknown`] without the team or a list; then nothing was changed.
pub fn give_lists(
    store: &dyn Store,
    tenant: TenantId,
    lists: &[WalkListId],
    team: Option<TeamId>,
    stamp: Stamp,
) -> Result<usize, Error> {
    for list in lists {
        store.base_of(tenant, Subject::List(*list))?.ok_or(Error::Unknown { what: "list" })?;
    }
    let mut new = 0;
    for list in lists {
        new += usize::from(store.give_list(tenant, *list, team, stamp).map_err(|error| match error {
            store::Error::Unknown { what } => Error::Unknown { what },
            other => other.into(),
        })?);
    }
    Ok(new)
}
