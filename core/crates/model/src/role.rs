//! Roles: who does what for a tenant.

use serde::{Deserialize, Serialize};

/// A user's role in a tenant. The first five go from most to least; analyst and support stand beside them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Role {
    /// Answers for the tenant.
    #[n(0)]
    Owner,
    /// Runs the tenant's efforts.
    #[n(1)]
    Manager,
    /// Runs all efforts of some teams.
    #[n(2)]
    Organiser,
    /// Runs one team: its lists, map and history.
    #[n(3)]
    TeamLead,
    /// Knocks: the own lists, the last outcome.
    #[n(4)]
    Canvasser,
    /// Sees statistics with no person in them.
    #[n(5)]
    Analyst,
    /// The operator's staff: nothing, until the tenant grants it.
    #[n(6)]
    Support,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] =
        [Self::Owner, Self::Manager, Self::Organiser, Self::TeamLead, Self::Canvasser, Self::Analyst, Self::Support];

    /// The role's name, as commands and files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Organiser => "organiser",
            Self::TeamLead => "team_lead",
            Self::Canvasser => "canvasser",
            Self::Analyst => "analyst",
            Self::Support => "support",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role; the roles are owner, manager, organiser, team_lead, canvasser, analyst and support")]
pub struct UnknownRole;
