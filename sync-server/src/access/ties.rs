//! Whose a door, a list or a user is, as seen by somebody. As long as a tenant has no teams it is one team by itself.

use super::Judge;
use crate::store::{self, Reach, Store};
use walkbook_model::{Action, DoorId, TenantId, UserId, WalkListId, Whose};

/// Whose a list is to this user now.
pub(crate) fn whose_list(
    store: &dyn Store,
    tenant: TenantId,
    me: UserId,
    list: WalkListId,
) -> Result<Whose, store::Error> {
    let own = store.assignments_of(tenant, me)?;
    if own.iter().any(|held| held.list == list && held.until.is_none()) {
        return Ok(Whose::Own);
    }
    let of_team = !store.has_teams(tenant)? || store.team_reach_of_list(tenant, me, list)? == Reach::Now;
    Ok(if of_team { Whose::OwnTeam } else { Whose::Tenant })
}

/// Whose a door is to this user now.
pub(crate) fn whose_door(store: &dyn Store, tenant: TenantId, me: UserId, door: DoorId) -> Result<Whose, store::Error> {
    if store.reach(tenant, me, &[door])? == [Reach::Now] {
        return Ok(Whose::Own);
    }
    let of_team = !store.has_teams(tenant)? || store.team_reach(tenant, me, door)? == Reach::Now;
    Ok(if of_team { Whose::OwnTeam } else { Whose::Tenant })
}

/// Whose a user is to this user now.
pub(crate) fn whose_user(store: &dyn Store, tenant: TenantId, me: UserId, user: UserId) -> Result<Whose, store::Error> {
    if user == me {
        return Ok(Whose::Own);
    }
    let teams = store.teams_of(tenant, user)?;
    let shared = store.teams_of(tenant, me)?.iter().any(|team| teams.contains(team));
    Ok(if shared || !store.has_teams(tenant)? { Whose::OwnTeam } else { Whose::Tenant })
}

impl Judge<'_> {
    /// Whether the sender may do this to what is so far away.
    pub(super) const fn may(&self, action: Action, whose: Whose) -> bool {
        self.sender.user.role.may(action, whose)
    }

    /// Whether and until when a door is one to which the sender may do this: by the longest tie that the right reaches.
    pub(super) fn reach_for(&mut self, action: Action, door: DoorId) -> Result<Reach, store::Error> {
        let mut reach = Reach::Never;
        for whose in [Whose::Own, Whose::OwnTeam, Whose::Tenant] {
            // What is further away is not asked for where it changes nothing.
            if reach == Reach::Now || !self.may(action, whose) {
                break;
            }
            reach = reach.or(match whose {
                Whose::Own => self.reach(door)?,
                Whose::OwnTeam if !self.is_one_team()? => self.team_reach(door)?,
                _ if self.exists(door)? => Reach::Now,
                _ => Reach::Never,
            });
        }
        Ok(reach)
    }

    /// Whether the sender may do this to the list as it is now.
    pub(super) fn may_to_list(&mut self, action: Action, list: WalkListId) -> Result<bool, store::Error> {
        Ok(self.may(action, Whose::Tenant)
            || self.may(action, Whose::OwnTeam) && self.team_reach_of_list(list)? == Reach::Now
            || self.may(action, Whose::Own) && self.own_list(list)? == Some(true))
    }

    /// Whether the list is, or was, one for which the sender may do this.
    pub(super) fn may_for_list(&mut self, action: Action, list: WalkListId) -> Result<bool, store::Error> {
        Ok(self.may(action, Whose::Tenant)
            || self.may(action, Whose::OwnTeam) && self.team_reach_of_list(list)? != Reach::Never
            || self.may(action, Whose::Own) && self.own_list(list)?.is_some())
    }

    /// Whether the sender may do this for, or to, another user.
    pub(super) fn may_to_user(&self, action: Action, user: UserId) -> Result<bool, store::Error> {
        // Most are not asked about: they may do it to everybody, or to nobody.
        if self.may(action, Whose::Tenant) || !self.may(action, Whose::Own) {
            return Ok(self.may(action, Whose::Tenant));
        }
        Ok(self.may(action, whose_user(self.store, self.sender.tenant, self.sender.user.id, user)?))
    }
}
