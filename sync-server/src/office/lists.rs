//! Lists are handed out, get a script, and a name.

use super::{Error, Pen};
use crate::store::Store;
use walkbook_ledger::ListChange;
use walkbook_model::{ContentHash, TenantId, Timestamp, UserId, WalkListId};

/// Hands a list out to these people, and to nobody else.
///
/// # Errors
/// [`Error::Unknown`] without the list or a user.
pub fn assign(
    store: &dyn Store,
    pen: &Pen,
    tenant: TenantId,
    list: WalkListId,
    users: &[UserId],
    now: Timestamp,
) -> Result<(), Error> {
    for user in users {
        store.user(tenant, *user)?.ok_or(Error::Unknown { what: "user" })?;
    }
    let mut users = users.to_vec();
    users.sort_unstable();
    users.dedup();
    pen.edit_list(store, tenant, list, vec![ListChange::Assign(users)], now)
}

/// Sets the version of the script that is worked on a list.
///
/// # Errors
/// [`Error::Unknown`] without the list or the script.
pub fn give_script(
    store: &dyn Store,
    pen: &Pen,
    tenant: TenantId,
    list: WalkListId,
    script: Option<ContentHash>,
    now: Timestamp,
) -> Result<(), Error> {
    if let Some(script) = script {
        store.script(tenant, script)?.ok_or(Error::Unknown { what: "script" })?;
    }
    pen.edit_list(store, tenant, list, vec![ListChange::SetScript(script)], now)
}

/// Gives a list another name.
///
/// # Errors
/// [`Error::Unknown`] without the list, [`Error::Invalid`] for a name that is too long.
pub fn rename(
    store: &dyn Store,
    pen: &Pen,
    tenant: TenantId,
    list: WalkListId,
    name: &str,
    now: Timestamp,
) -> Result<(), Error> {
    pen.edit_list(store, tenant, list, vec![ListChange::Rename(name.to_owned())], now)
}
