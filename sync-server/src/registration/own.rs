//! Who is in this server's own region: read out of the store, where the audit log says that something was done.

use super::tags::Tags;
use crate::store::{self, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use walkbook_model::TenantId;
use walkbook_vault::RegistrationTag;

pub(super) struct Own {
    store: Arc<dyn Store>,
    /// The tags of each tenant, and the last record of its audit log before they were read.
    seen: Mutex<BTreeMap<TenantId, (u64, Vec<RegistrationTag>)>>,
}

impl Own {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, seen: Mutex::default() }
    }

    /// Looks again at the tenants where something was done. Blocks.
    pub(super) fn look(&self, region: &str) -> Result<Tags, store::Error> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let tenants: BTreeSet<_> = self
            .store
            .tenants()?
            .into_iter()
            .filter(|tenant| tenant.region == region)
            .map(|tenant| tenant.id)
            .collect();
        seen.retain(|tenant, _| tenants.contains(tenant));
        for tenant in tenants {
            let record = self.store.heard(tenant)?.record;
            if seen.get(&tenant).is_none_or(|(known, _)| *known != record) {
                seen.insert(tenant, (record, self.store.registered(tenant)?));
            }
        }
        Ok(Tags::of(seen.values().flat_map(|(_, tags)| tags).copied().collect()))
    }
}
