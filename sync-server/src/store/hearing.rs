//! What is new for those who wait to hear of it.
//!
//! News is what has a position, or a record in the audit log: both are read from where somebody has heard up to, so that
//! nothing is missed, however often it is asked. A bell says when it is worth asking, and may be missed.

use super::{Error, LogPosition};
use std::collections::BTreeSet;
use std::time::Duration;
use walkbook_model::{ContentHash, DeviceId, TenantId, UserId, WalkListId};

/// Up to where somebody has heard of a tenant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heard {
    /// The last change.
    pub position: LogPosition,
    /// The last record of the audit log.
    pub record: u64,
}

/// Of which lists and people somebody wants to hear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    /// Lists.
    pub lists: BTreeSet<WalkListId>,
    /// Users, who may be handed a list or lose one.
    pub users: BTreeSet<UserId>,
}

/// What is new. The records of the audit log are to be read there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Up to where this goes.
    pub heard: Heard,
    /// Watched lists with something new on them, and whose entry it is, where it is one.
    pub lists: BTreeSet<(WalkListId, Option<DeviceId>)>,
    /// Watched users who were handed a list, or lost one.
    pub users: BTreeSet<UserId>,
    /// Devices whose edits of drafts of scripts count now, or do not any more.
    pub drafts: BTreeSet<DeviceId>,
}

/// A tenant, as a bell names it to whoever listens: it tells nothing to those who do not know the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag([u8; 8]);

impl Tag {
    /// A tenant's.
    pub fn of(tenant: TenantId) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = ContentHash::of_parts("bell", &[&tenant.to_bytes()]).to_bytes();
        Self([a, b, c, d, e, f, g, h])
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl std::str::FromStr for Tag {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(|number| Self(number.to_be_bytes()))
    }
}

/// For whom a bell rang.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Rung {
    /// It did not.
    #[default]
    Quiet,
    /// For these tenants.
    For(BTreeSet<Tag>),
    /// For whoever it may be: somebody has written, or it could not be heard for a while.
    Everybody,
}

impl Rung {
    /// Whether it rang for this tenant.
    pub fn is_for(&self, tenant: TenantId) -> bool {
        match self {
            Self::Quiet => false,
            Self::For(tags) => tags.contains(&Tag::of(tenant)),
            Self::Everybody => true,
        }
    }
}

/// Rings when somebody has written, in whatever process.
pub trait Bell: Send {
    /// Waits until it rings, for so long at most; what rang meanwhile is told together.
    fn wait(&mut self, at_most: Duration) -> Rung;

    /// Whether it would be heard now. Where it is not, somebody has to look by the clock.
    fn is_heard(&self) -> bool;
}

/// The part of the store that tells what is new.
pub trait Hearing {
    /// Up to where there is something to be heard.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant.
    fn heard(&self, tenant: TenantId) -> Result<Heard, Error>;

    /// What is new behind `since`, by one snapshot.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant.
    fn news(&self, tenant: TenantId, watched: &Watched, since: Heard) -> Result<News, Error>;

    /// A bell to listen to, for as long as the store is open.
    ///
    /// # Errors
    /// Those of the database.
    fn listen(&self) -> Result<Box<dyn Bell>, Error>;
}
