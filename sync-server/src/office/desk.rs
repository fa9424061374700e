//! Who asks the office: the operator, or a user, who is held to the table of rights like anybody else.

use super::Error;
use crate::access::ties::{whose_door, whose_list, whose_user};
use crate::store::{By, Deed, Stamp, Store, User};
use std::cell::RefCell;
use std::collections::BTreeSet;
use walkbook_ledger::Subject;
use walkbook_model::{Action, DoorId, Role, TeamId, TenantId, Timestamp, UserId, WalkListId, Whose};

/// A place at the office of one tenant, with whoever sits at it.
pub struct Desk<'a> {
    store: &'a dyn Store,
    tenant: TenantId,
    by: Option<User>,
    /// What one of the operator's staff, whom the tenant lets look, has looked at; nothing for anybody else.
    looks: Option<Looks>,
}

/// Looks by a grant. Each is written down before anything is shown.
struct Looks {
    now: Timestamp,
    noted: RefCell<BTreeSet<Action>>,
}

impl<'a> Desk<'a> {
    /// A desk with this user at it; with nobody, it is the operator's, who may do everything there.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the user.
    pub fn new(store: &'a dyn Store, tenant: TenantId, by: Option<UserId>) -> Result<Self, Error> {
        let find = |user| store.user(tenant, user)?.ok_or(Error::Unknown { what: "user" });
        Ok(Self { store, tenant, by: by.map(find).transpose()?, looks: None })
    }

    /// The same at this moment: one of the operator's staff may look where the tenant lets them now.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn at(mut self, now: Timestamp) -> Result<Self, Error> {
        if let Some(me) = self.by.as_ref().filter(|me| me.role == Role::Support) {
            let grants = self.store.support_grants(self.tenant)?;
            let is_granted = grants.iter().any(|grant| grant.user == me.id && grant.is_good(now));
            self.looks = is_granted.then(|| Looks { now, noted: RefCell::default() });
        }
        Ok(self)
    }

    pub(super) const fn store(&self) -> &'a dyn Store {
        self.store
    }

    pub(super) const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who is at the desk, for the audit log.
    pub(super) fn stamp(&self, now: Timestamp) -> Stamp {
        Stamp::new(self.by.as_ref().map_or(By::Operator, |me| By::User(me.id)), now)
    }

    /// By whose rights something of this writer's is let count here: by those of the user at the desk. The operator lets
    /// whatever a manager may do.
    pub(super) fn rights(&self, writer: &User) -> User {
        self.by.clone().unwrap_or_else(|| User { role: Role::Manager, ..writer.clone() })
    }

    /// The tenant, for whoever may do this to everything of it.
    ///
    /// # Errors
    /// [`Error::NotAllowed`].
    pub fn may(&self, action: Action) -> Result<TenantId, Error> {
        self.check(action, |_| Ok(Whose::Tenant))
    }

    /// The tenant, for whoever may do this to the list.
    ///
    /// # Errors
    /// [`Error::NotAllowed`], [`Error::Store`].
    pub fn may_to_list(&self, action: Action, list: WalkListId) -> Result<TenantId, Error> {
        self.check(action, |me| Ok(whose_list(self.store, self.tenant, me.id, list)?))
    }

    /// The tenant, for whoever may do this to the document.
    ///
    /// # Errors
    /// [`Error::NotAllowed`], [`Error::Store`].
    pub fn may_to(&self, action: Action, subject: Subject) -> Result<TenantId, Error> {
        match subject {
            Subject::Door(door) => self.may_to_door(action, door),
            Subject::List(list) => self.may_to_list(action, list),
            Subject::Script(_) => self.may(action),
        }
    }

    fn may_to_door(&self, action: Action, door: DoorId) -> Result<TenantId, Error> {
        self.check(action, |me| Ok(whose_door(self.store, self.tenant, me.id, door)?))
    }

    /// The tenant, for whoever may do this to the user.
    ///
    /// # Errors
    /// [`Error::NotAllowed`], [`Error::Store`].
    pub fn may_to_user(&self, action: Action, user: UserId) -> Result<TenantId, Error> {
        self.check(action, |me| Ok(whose_user(self.store, self.tenant, me.id, user)?))
    }

    /// The tenant, for whoever may do this to the team.
    ///
    /// # Errors
    /// [`Error::NotAllowed`], [`Error::Store`].
    pub fn may_to_team(&self, action: Action, team: TeamId) -> Result<TenantId, Error> {
        self.check(action, |me| {
            let own = self.store.teams_of(self.tenant, me.id)?.contains(&team);
            Ok(if own { Whose::OwnTeam } else { Whose::Tenant })
        })
    }

    /// The tenant, for whoever may add users of this role, to this team or to none.
    ///
    /// # Errors
    /// [`Error::NotAllowed`], [`Error::Store`].
    pub fn may_add(&self, role: Role, team: Option<TeamId>) -> Result<TenantId, Error> {
        self.check_giving(Action::AddUser, role)?;
        match team {
            Some(team) => self.may_to_team(Action::AddUser, team),
            None => self.check(Action::AddUser, |_| {
                Ok(if self.store.has_teams(self.tenant)? { Whose::Tenant } else { Whose::OwnTeam })
            }),
        }
    }

    /// The user, for whoever may let phones of theirs in or shut them out. Nobody gets hold of what is above the own role
    /// by inviting a phone for somebody who has it.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the user, [`Error::NotAllowed`], [`Error::Store`].
    pub fn may_to_phones_of(&self, action: Action, user: UserId) -> Result<User, Error> {
        let found = self.store.user(self.tenant, user)?;
        self.may_to_user(action, user)?;
        let found = found.ok_or(Error::Unknown { what: "user" })?;
        if self.by.as_ref().is_none_or(|me| me.id != user) {
            self.check_giving(action, found.role)?;
        }
        Ok(found)
    }

    /// The user as they are, for whoever may give them another role.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the user, [`Error::NotAllowed`], [`Error::Store`].
    pub fn may_change_role(&self, user: UserId, role: Role) -> Result<User, Error> {
        self.may_to_user(Action::ChangeRole, user)?;
        let found = self.store.user(self.tenant, user)?.ok_or(Error::Unknown { what: "user" })?;
        self.check_giving(Action::ChangeRole, found.role)?;
        self.check_giving(Action::ChangeRole, role)?;
        Ok(found)
    }

    /// Whether that is allowed; for whoever leaves out what is not.
    ///
    /// # Errors
    /// Those other than [`Error::NotAllowed`].
    pub fn is_allowed(checked: Result<TenantId, Error>) -> Result<bool, Error> {
        match checked {
            Ok(_) => Ok(true),
            Err(Error::NotAllowed { .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn check(&self, action: Action, whose: impl FnOnce(&User) -> Result<Whose, Error>) -> Result<TenantId, Error> {
        let Some(me) = &self.by else { return Ok(self.tenant) };
        if me.role.may(action, whose(me)?) {
            return Ok(self.tenant);
        }
        match &self.looks {
            Some(looks) if action.is_for_granted_support() => self.look(looks, me, action),
            _ => Err(self.refusal(me, action)),
        }
    }

    /// Writes the look down, once for each thing that is looked at here.
    fn look(&self, looks: &Looks, me: &User, action: Action) -> Result<TenantId, Error> {
        if looks.noted.borrow_mut().insert(action) {
            self.store.note(self.tenant, Deed::SupportLooked { action }, Stamp::new(By::User(me.id), looks.now))?;
        }
        Ok(self.tenant)
    }

    fn check_giving(&self, action: Action, role: Role) -> Result<(), Error> {
        match &self.by {
            Some(me) if !me.role.may_give(role) => Err(self.refusal(me, action)),
            _ => Ok(()),
        }
    }

    const fn refusal(&self, me: &User, action: Action) -> Error {
        Error::NotAllowed { tenant: self.tenant, role: me.role, action }
    }
}
