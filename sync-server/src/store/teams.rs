//! Teams: who is in them, and which lists are theirs.

use super::{Error, Reach, Stamp};
use walkbook_model::{DoorId, TeamId, TenantId, UserId, WalkListId};

/// People who work the same lists, and who lead them.
#[derive(Clone, PartialEq, Eq)]
pub struct Team {
    /// Which one.
    pub id: TeamId,
    /// What it is called.
    pub label: String,
}

/// A team may be called after a person: prints the id only.
impl std::fmt::Debug for Team {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Team").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The part of the store that knows teams. What changes is written into the audit log in the same transaction. What ended stays known, with its end: what was recorded before counts.
pub trait Teams {
    /// Makes a team, or sets the label of the one with this id.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant, [`Error::KeyDestroyed`].
    fn put_team(&self, tenant: TenantId, team: &Team, stamp: Stamp) -> Result<(), Error>;

    /// The tenant's teams, by id.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::KeyDestroyed`].
    fn teams(&self, tenant: TenantId) -> Result<Vec<Team>, Error>;

    /// Whether the tenant has teams. One that has none is one team by itself.
    ///
    /// # Errors
    /// Those of the database.
    fn has_teams(&self, tenant: TenantId) -> Result<bool, Error>;

    /// Lets a user into a team; says whether that is new.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the team or the user; [`Error::Exists`] if the user is in another team and no organiser.
    fn join_team(&self, tenant: TenantId, team: TeamId, user: UserId, stamp: Stamp) -> Result<bool, Error>;

    /// Lets a user out of a team; says whether the user was in it.
    ///
    /// # Errors
    /// Those of the database.
    fn leave_team(&self, tenant: TenantId, team: TeamId, user: UserId, stamp: Stamp) -> Result<bool, Error>;

    /// The teams that a user is in.
    ///
    /// # Errors
    /// Those of the database.
    fn teams_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<TeamId>, Error>;

    /// The users who are in a team.
    ///
    /// # Errors
    /// Those of the database.
    fn members_of(&self, tenant: TenantId, team: TeamId) -> Result<Vec<UserId>, Error>;

    /// Gives a list to a team, or to none; says whether that is new.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the team.
    fn give_list(&self, tenant: TenantId, list: WalkListId, team: Option<TeamId>, stamp: Stamp) -> Result<bool, Error>;

    /// The team that a list is given to.
    ///
    /// # Errors
    /// Those of the database.
    fn team_of_list(&self, tenant: TenantId, list: WalkListId) -> Result<Option<TeamId>, Error>;

    /// Whether a list is, or was, of a team while the user was in it.
    ///
    /// # Errors
    /// Those of the database.
    fn team_reach_of_list(&self, tenant: TenantId, user: UserId, list: WalkListId) -> Result<Reach, Error>;

    /// Whether a door is, or was, on a list of a team while the user was in it. A door on no list that the register does
    /// not know is of the teams of whoever added it.
    ///
    /// # Errors
    /// Those of the database.
    fn team_reach(&self, tenant: TenantId, user: UserId, door: DoorId) -> Result<Reach, Error>;
}
