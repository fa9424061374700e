//! A tenant leaves: recorded first, then taken away with everything.

use super::erasing::work_in;
use super::{Ledger, NotErased, Record};
use crate::store::{Ground, Stamp, Store};
use std::collections::BTreeSet;
use walkbook_model::TenantId;

/// Takes a tenant away for good. Done twice, or again after it was cut off, it is done once; also after a restore of the store to
/// before it, for which the ledger has it. Says whether the store still had the tenant.
///
/// # Errors
/// [`NotErased::NoTenant`]; else those of the ledger and the store: then it is recorded, and done at the next start in any case.
pub fn erase_tenant(store: &dyn Store, ledger: &Ledger, tenant: TenantId, stamp: Stamp) -> Result<bool, NotErased> {
    let was_there = store.tenant(tenant)?.is_some();
    // Nothing is recorded behind what the store does not have; and what was cut off before is done with that.
    work_in(store, ledger, stamp.at)?;
    if store.tenant(tenant)?.is_none() {
        return if was_there || ledger.has_tenant(tenant)? { Ok(was_there) } else { Err(NotErased::NoTenant) };
    }
    let (at, by, ground) = (stamp.at, stamp.by, Ground::TenantLeft);
    ledger.record(|number| Record { number, at, by, ground, tenant, door: None, contacts: BTreeSet::new() })?;
    work_in(store, ledger, stamp.at)?;
    Ok(true)
}
