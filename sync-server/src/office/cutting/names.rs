//! Each list has a name of its own.

use super::plan::Planned;
use crate::office::Error;
use crate::reading;
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::TenantId;

/// The names that a tenant's lists have.
pub(in crate::office) struct Names {
    taken: BTreeSet<String>,
    /// Up to which number those that begin so are taken.
    numbers: BTreeMap<String, u64>,
}

impl Names {
    pub(in crate::office) fn read(store: &dyn Store, tenant: TenantId) -> Result<Self, Error> {
        let mut taken = BTreeSet::new();
        for list in reading::lists(store, tenant)? {
            taken.extend(reading::list_state(store, tenant, list)?.map(|state| state.list.name));
        }
        Ok(Self { taken, numbers: BTreeMap::new() })
    }

    /// What the turf's next list may be called: as it was drawn where it is all of it, else with a number.
    pub(super) fn free(&mut self, turf: &Planned) -> String {
        if turf.is_whole && !self.taken.contains(&turf.name) {
            return turf.name.clone();
        }
        self.numbered(&turf.name)
    }

    /// A name that nobody has: this with the first number that is free.
    pub(in crate::office) fn numbered(&mut self, begin: &str) -> String {
        let number = self.numbers.entry(begin.to_owned()).or_insert(1);
        loop {
            let name = format!("{begin} {number}");
            if !self.taken.contains(&name) {
                return name;
            }
            *number += 1;
        }
    }

    pub(in crate::office) fn take(&mut self, name: String) {
        self.taken.insert(name);
    }
}
