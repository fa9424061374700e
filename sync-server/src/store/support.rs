//! The operator's staff: what they may look at, once the tenant grants it, for how long, and why.

use super::{Error, Stamp};
use walkbook_model::{TenantId, Timestamp, UserId};

/// A grant to one of the operator's staff.
#[derive(Clone, PartialEq, Eq)]
pub struct SupportGrant {
    /// To whom.
    pub user: UserId,
    /// Why, in the words of whoever granted it.
    pub reason: String,
    /// From when on.
    pub from: Timestamp,
    /// At this moment it ends by itself.
    pub until: Timestamp,
    /// When somebody ended it before.
    pub ended_at: Option<Timestamp>,
}

walkbook_model::redacted!(SupportGrant);

impl SupportGrant {
    /// Whether it is good at this moment.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.from <= now && now < self.until
    }
}

/// The part of the store that knows what was granted to the operator's staff. What is stamped is written into the audit log in
/// the same transaction.
pub trait Support {
    /// Grants; a grant that was good until then is ended by it.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the user, [`Error::KeyDestroyed`].
    fn grant_support(
        &self,
        tenant: TenantId,
        user: UserId,
        reason: &str,
        until: Timestamp,
        stamp: Stamp,
    ) -> Result<(), Error>;

    /// Ends whatever is granted to the user, at once. Says whether anything was.
    ///
    /// # Errors
    /// Those of the database.
    fn end_support(&self, tenant: TenantId, user: UserId, stamp: Stamp) -> Result<bool, Error>;

    /// Every grant there ever was, the first one first.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::KeyDestroyed`].
    fn support_grants(&self, tenant: TenantId) -> Result<Vec<SupportGrant>, Error>;
}
