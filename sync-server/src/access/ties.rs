//! Whose a door, a list or a user is, as seen by somebody. As long as a tenant has no teams it is one team by itself.

use super::Judge;
use crate::store::{self, Reach, Store, User};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::{Action, ContactField, DoorId, Role, TenantId, UserId, WalkListId, Whose};

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

/// What one user may reach, looked up once.
pub(super) struct Ties<'a> {
    store: &'a dyn Store,
    tenant: TenantId,
    user: User,
    doors: BTreeMap<DoorId, Reach>,
    doors_of_teams: BTreeMap<DoorId, Reach>,
    lists_of_teams: BTreeMap<WalkListId, Reach>,
    /// Lists that ever were the user's, and whether they still are.
    lists: Option<BTreeMap<WalkListId, bool>>,
    is_one_team: Option<bool>,
}

/// The doors that a right reaches.
enum Doors {
    /// Each that the tenant has.
    All,
    /// This one, so long.
    This(Reach),
}

impl<'a> Ties<'a> {
    pub(super) const fn new(store: &'a dyn Store, tenant: TenantId, user: User) -> Self {
        Self {
            store,
            tenant,
            user,
            doors: BTreeMap::new(),
            doors_of_teams: BTreeMap::new(),
            lists_of_teams: BTreeMap::new(),
            lists: None,
            is_one_team: None,
        }
    }

    const fn may(&self, action: Action, whose: Whose) -> bool {
        self.user.role.may(action, whose)
    }

    /// Looks up at once what will be asked for door by door.
    pub(super) fn look_up(&mut self, doors: BTreeSet<DoorId>) -> Result<(), store::Error> {
        let doors: Vec<DoorId> = doors.into_iter().collect();
        let reach = self.store.reach(self.tenant, self.user.id, &doors)?;
        self.doors.extend(doors.into_iter().zip(reach));
        Ok(())
    }

    /// The user added this door just now.
    pub(super) fn added(&mut self, door: DoorId) {
        self.doors.insert(door, Reach::Now);
    }

    /// By the longest tie that the right reaches. What is further away is not asked for where it changes nothing.
    fn reach_for(&mut self, action: Action, door: DoorId) -> Result<Doors, store::Error> {
        let mut reach = Reach::Never;
        if self.may(action, Whose::Own) {
            reach = self.own_door(door)?;
        }
        if reach != Reach::Now && self.may(action, Whose::OwnTeam) {
            if self.is_one_team()? {
                return Ok(Doors::All);
            }
            reach = reach.or(self.door_of_teams(door)?);
        }
        Ok(if reach != Reach::Now && self.may(action, Whose::Tenant) { Doors::All } else { Doors::This(reach) })
    }

    /// Whether the list is one to which the user may do this, as it is now.
    fn may_to_list(&mut self, action: Action, list: WalkListId) -> Result<bool, store::Error> {
        Ok(self.may(action, Whose::Tenant)
            || self.may(action, Whose::OwnTeam) && self.list_of_teams(list)? == Reach::Now
            || self.may(action, Whose::Own) && self.own_list(list)? == Some(true))
    }

    /// Whether the list is, or was, one for which the user may do this.
    fn may_for_list(&mut self, action: Action, list: WalkListId) -> Result<bool, store::Error> {
        Ok(self.may(action, Whose::Tenant)
            || self.may(action, Whose::OwnTeam) && self.list_of_teams(list)? != Reach::Never
            || self.may(action, Whose::Own) && self.own_list(list)?.is_some())
    }

    fn may_to_user(&self, action: Action, user: UserId) -> Result<bool, store::Error> {
        // Most are not asked about: they may do it to everybody, or to nobody.
        if self.may(action, Whose::Tenant) || !self.may(action, Whose::Own) {
            return Ok(self.may(action, Whose::Tenant));
        }
        Ok(self.may(action, whose_user(self.store, self.tenant, self.user.id, user)?))
    }

    fn own_door(&mut self, door: DoorId) -> Result<Reach, store::Error> {
        if !self.doors.contains_key(&door) {
            self.look_up(BTreeSet::from([door]))?;
        }
        Ok(self.doors.get(&door).copied().unwrap_or(Reach::Never))
    }

    /// Whether the tenant has no teams.
    fn is_one_team(&mut self) -> Result<bool, store::Error> {
        if let Some(known) = self.is_one_team {
            return Ok(known);
        }
        let is_one_team = !self.store.has_teams(self.tenant)?;
        self.is_one_team = Some(is_one_team);
        Ok(is_one_team)
    }

    /// Whether the door is, or was, of one of the user's teams.
    fn door_of_teams(&mut self, door: DoorId) -> Result<Reach, store::Error> {
        if let Some(reach) = self.doors_of_teams.get(&door) {
            return Ok(*reach);
        }
        let reach = self.store.team_reach(self.tenant, self.user.id, door)?;
        self.doors_of_teams.insert(door, reach);
        Ok(reach)
    }

    /// Whether the list is, or was, of one of the user's teams.
    fn list_of_teams(&mut self, list: WalkListId) -> Result<Reach, store::Error> {
        if self.is_one_team()? {
            return Ok(Reach::Now);
        }
        if let Some(reach) = self.lists_of_teams.get(&list) {
            return Ok(*reach);
        }
        let reach = self.store.team_reach_of_list(self.tenant, self.user.id, list)?;
        self.lists_of_teams.insert(list, reach);
        Ok(reach)
    }

    /// Whether the list was ever the user's, and still is.
    fn own_list(&mut self, list: WalkListId) -> Result<Option<bool>, store::Error> {
        if self.lists.is_none() {
            let mut lists = BTreeMap::new();
            for assignment in self.store.assignments_of(self.tenant, self.user.id)? {
                *lists.entry(assignment.list).or_default() |= assignment.until.is_none();
            }
            self.lists = Some(lists);
        }
        Ok(self.lists.as_ref().and_then(|lists| lists.get(&list).copied()))
    }
}

/// What one of those may by whose rights the entry is judged.
impl Judge<'_> {
    pub(super) fn may(&self, action: Action, whose: Whose) -> bool {
        self.ties.iter().any(|ties| ties.may(action, whose))
    }

    /// Whether a field of contacts is withheld from each of them.
    pub(super) fn is_withheld(&mut self, field: &ContactField) -> Result<bool, store::Error> {
        let roles: Vec<Role> = self.ties.iter().map(|ties| ties.user.role).collect();
        Ok(match self.settings()? {
            Some(settings) => roles.iter().all(|role| settings.withheld_from(*role).fields.contains(field)),
            // Nobody can tell: what is cleared in error is lost, what is refused can be written again.
            None => !self.may(Action::ChangeSettings, Whose::Tenant),
        })
    }

    /// Whether and until when a door is one to which this may be done.
    pub(super) fn reach_for(&mut self, action: Action, door: DoorId) -> Result<Reach, store::Error> {
        let (mut reach, mut all) = (Reach::Never, false);
        for ties in &mut self.ties {
            match ties.reach_for(action, door)? {
                Doors::All => all = true,
                Doors::This(so_long) => reach = reach.or(so_long),
            }
        }
        if all && reach != Reach::Now && self.exists(door)? {
            reach = Reach::Now;
        }
        Ok(reach)
    }

    pub(super) fn may_to_list(&mut self, action: Action, list: WalkListId) -> Result<bool, store::Error> {
        self.any(|ties| ties.may_to_list(action, list))
    }

    pub(super) fn may_for_list(&mut self, action: Action, list: WalkListId) -> Result<bool, store::Error> {
        self.any(|ties| ties.may_for_list(action, list))
    }

    /// Whether this may be done for, or to, another user.
    pub(super) fn may_to_user(&mut self, action: Action, user: UserId) -> Result<bool, store::Error> {
        self.any(|ties| ties.may_to_user(action, user))
    }

    fn any(&mut self, may: impl Fn(&mut Ties<'_>) -> Result<bool, store::Error>) -> Result<bool, store::Error> {
        for ties in &mut self.ties {
            if may(ties)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
