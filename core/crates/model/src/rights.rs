//! Who may do what: the one table. Phones show by it what they offer, the server decides by it what it takes.
//!
//! A right reaches as far as a [`Circle`]; what somebody wants to do something to lies [`Whose`] it is. As long as a
//! tenant has no teams it is one team by itself.

mod page;

pub use page::page;

use crate::Role;

/// How far a right reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Circle {
    /// Nowhere.
    Nothing,
    /// To one's own: lists that were handed out to oneself with their doors, doors one has added, one's own phones.
    Own,
    /// To the teams one belongs to: their lists with the doors on them, their members.
    Team,
    /// To everything of the tenant.
    Tenant,
}

/// Whose something is, as seen by the one who wants to do something to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// The person's own.
    Own,
    /// A team's to which the person belongs.
    OwnTeam,
    /// The tenant's: another team's, or of no team.
    Tenant,
    /// Another tenant's. For this person it does not exist.
    OtherTenant,
}

impl Whose {
    /// All of them, from near to far.
    pub const ALL: [Self; 4] = [Self::Own, Self::OwnTeam, Self::Tenant, Self::OtherTenant];
}

impl Circle {
    const fn holds(self, whose: Whose) -> bool {
        match whose {
            Whose::Own => !matches!(self, Self::Nothing),
            Whose::OwnTeam => matches!(self, Self::Team | Self::Tenant),
            Whose::Tenant => matches!(self, Self::Tenant),
            Whose::OtherTenant => false,
        }
    }
}

macro_rules! rights {
    ($($(#[doc = $doc:literal])+ $action:ident: $owner:ident $manager:ident $organiser:ident $team_lead:ident $canvasser:ident $analyst:ident $support:ident,)+) => {
        /// What somebody may do, or may not.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum Action {
            $($(#[doc = $doc])+ $action,)+
        }

        impl Action {
            /// Every action, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$action),+];

            /// What it is, in words.
            pub const fn words(self) -> &'static str {
                match self {
                    $(Self::$action => concat!($($doc),+).trim_ascii(),)+
                }
            }
        }

        impl Role {
            /// How far this role's right to do that reaches.
            pub const fn reach(self, action: Action) -> Circle {
                match action {
                    $(Action::$action => match self {
                        Self::Owner => Circle::$owner,
                        Self::Manager => Circle::$manager,
                        Self::Organiser => Circle::$organiser,
                        Self::TeamLead => Circle::$team_lead,
                        Self::Canvasser => Circle::$canvasser,
                        Self::Analyst => Circle::$analyst,
                        Self::Support => Circle::$support,
                    },)+
                }
            }
        }
    };
}

rights! {
    //                   owner  manager organiser team_lead canvasser analyst support
    /// Record at a door: knocks, "no", permissions, what was wrong about it
    Knock:               Tenant Tenant  Team      Team      Own       Nothing Nothing,
    /// Record for somebody else who knocked, or was the witness
    RecordForOthers:     Tenant Tenant  Team      Team      Nothing   Nothing Nothing,
    /// Correct what somebody else recorded
    CorrectOthers:       Tenant Tenant  Team      Team      Nothing   Nothing Nothing,
    /// Lift a "no"
    LiftNo:              Tenant Tenant  Team      Team      Nothing   Nothing Nothing,
    /// Put a door that one has found onto a list
    PlaceFoundDoor:      Tenant Tenant  Team      Team      Own       Nothing Nothing,
    /// Change a list: its name, its doors and their order, its script
    ChangeList:          Tenant Tenant  Team      Team      Nothing   Nothing Nothing,
    /// Hand a list out
    HandOutList:         Tenant Tenant  Team      Team      Nothing   Nothing Nothing,
    /// Cut lists out of the doors that are on none
    CutLists:            Tenant Tenant  Tenant    Nothing   Nothing   Nothing Nothing,
    /// Give a list to a team
    GiveListToTeam:      Tenant Tenant  Team      Nothing   Nothing   Nothing Nothing,
    /// Start and change drafts of scripts
    WriteDraft:          Tenant Tenant  Tenant    Tenant    Nothing   Nothing Nothing,
    /// Publish a script
    PublishScript:       Tenant Tenant  Tenant    Nothing   Nothing   Nothing Nothing,
    /// Take a register in
    Import:              Tenant Tenant  Nothing   Nothing   Nothing   Nothing Nothing,
    /// See doors, who lives there and what happened
    SeeDoors:            Tenant Tenant  Team      Team      Own       Nothing Nothing,
    /// See what happened at a door before the last attempt, and all that was said then
    SeeHistory:          Tenant Tenant  Team      Team      Nothing   Nothing Nothing,
    /// Decide about what is set aside
    DecideSetAside:      Tenant Tenant  Team      Team      Nothing   Nothing Nothing,
    /// Take a phone's rescue file
    TakeRescue:          Tenant Tenant  Nothing   Nothing   Nothing   Nothing Nothing,
    /// Erase a person for good
    ErasePerson:         Tenant Tenant  Nothing   Nothing   Nothing   Nothing Nothing,
    /// See how far lists have come: figures with no person in them
    SeeBoard:            Tenant Tenant  Team      Team      Own       Tenant  Nothing,
    /// See where knocks were recorded: evidence for and against those who knocked
    SeeEvidence:         Tenant Tenant  Team      Team      Nothing   Nothing Nothing,
    /// See who the users are
    SeeUsers:            Tenant Tenant  Team      Team      Own       Nothing Nothing,
    /// Make a user with a role that one may give
    AddUser:             Tenant Tenant  Team      Team      Nothing   Nothing Nothing,
    /// Invite a phone of a user whose role one may give
    InvitePhone:         Tenant Tenant  Team      Team      Nothing   Nothing Nothing,
    /// Shut out a phone of the own, or of a user whose role one may give, or have it destroy what it has
    ShutOutPhone:        Tenant Tenant  Team      Team      Own       Nothing Nothing,
    /// Let a user whose role one may give choose a password, or take it away
    ManagePassword:      Tenant Tenant  Nothing   Nothing   Nothing   Nothing Nothing,
    /// Give a user another role, from and to one that one may give
    ChangeRole:          Tenant Tenant  Nothing   Nothing   Nothing   Nothing Nothing,
    /// Decide what holds on all phones: the settings
    ChangeSettings:      Tenant Tenant  Nothing   Nothing   Nothing   Nothing Nothing,
    /// Read and verify the audit log
    ReadAudit:           Tenant Tenant  Nothing   Nothing   Nothing   Nothing Nothing,
    /// Take the audit log out
    ExportAudit:         Tenant Tenant  Nothing   Nothing   Nothing   Nothing Nothing,
    /// Let the operator's staff look for a while, for a reason, or end that
    GrantSupport:        Tenant Tenant  Nothing   Nothing   Nothing   Nothing Nothing,
    /// Make teams, and say who is in them
    ManageTeams:         Tenant Tenant  Nothing   Nothing   Nothing   Nothing Nothing,
}

impl Action {
    /// Whether the operator's staff may do that for a tenant that has granted them a look: see, and nothing else.
    ///
    /// ```
    /// use walkbook_model::Action;
    /// assert!(Action::SeeDoors.is_for_granted_support() && !Action::ChangeList.is_for_granted_support());
    /// ```
    pub const fn is_for_granted_support(self) -> bool {
        matches!(self, Self::SeeDoors | Self::SeeBoard | Self::SeeEvidence | Self::SeeUsers | Self::ReadAudit)
    }
}

impl Role {
    /// Whether this role may do that to something that is so far away.
    ///
    /// ```
    /// use walkbook_model::{Action, Role, Whose};
    /// assert!(Role::TeamLead.may(Action::LiftNo, Whose::OwnTeam));
    /// assert!(!Role::TeamLead.may(Action::LiftNo, Whose::Tenant));
    /// assert!(!Role::Canvasser.may(Action::LiftNo, Whose::Own));
    /// ```
    pub const fn may(self, action: Action, whose: Whose) -> bool {
        self.reach(action).holds(whose)
    }

    /// Whether someone of this role may make others what `role` is, or un-make them: an owner everything but support, a
    /// manager everything but owners and support, others who lead what is below them. Support are the operator's staff,
    /// and only the operator makes them.
    ///
    /// ```
    /// use walkbook_model::Role;
    /// assert!(Role::Owner.may_give(Role::Owner) && !Role::Manager.may_give(Role::Owner));
    /// assert!(Role::TeamLead.may_give(Role::Canvasser) && !Role::TeamLead.may_give(Role::TeamLead));
    /// ```
    pub const fn may_give(self, role: Self) -> bool {
        match role {
            Self::Support => false,
            Self::Owner => matches!(self, Self::Owner),
            Self::Manager | Self::Analyst => matches!(self, Self::Owner | Self::Manager),
            Self::Organiser => matches!(self, Self::Owner | Self::Manager),
            Self::TeamLead => matches!(self, Self::Owner | Self::Manager | Self::Organiser),
            Self::Canvasser => matches!(self, Self::Owner | Self::Manager | Self::Organiser | Self::TeamLead),
        }
    }
}

#[cfg(test)]
mod tests;
