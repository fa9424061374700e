//! The operator's staff: let in by the tenant to look, for a reason and a time, and shown out again.

use super::Error;
use super::people::check;
use crate::store::{Stamp, Store};
use std::time::Duration;
use walkbook_model::{Role, TenantId, UserId};

/// Lets one of the operator's staff look, for so long. What was granted before ends.
///
/// # Errors
/// [`Error::Invalid`] for a reason that is empty or too long, [`Error::Unknown`] where the user is not of the operator's staff;
/// [`Error::Store`].
pub fn grant_support(
    store: &dyn Store,
    tenant: TenantId,
    user: UserId,
    reason: &str,
    lasts: Duration,
    stamp: Stamp,
) -> Result<(), Error> {
    check("support.reason", reason)?;
    let found = store.user(tenant, user)?.filter(|user| user.role == Role::Support);
    found.ok_or(Error::Unknown { what: "user with the role support" })?;
    let until = stamp.at.shifted_ms(i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX));
    Ok(store.grant_support(tenant, user, reason, until, stamp)?)
}
