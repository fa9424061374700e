//! How a store seals: keys under keys, and keys for as long as one piece of work takes.
//!
//! Of each document the key is looked up once, however much of it is sealed or opened. An [`Opener`] and a [`Sealer`] live
//! within one transaction, and no longer: a key that is destroyed is not used afterwards.

pub(super) mod audit;
pub(super) mod content;
mod keyring;
pub(super) mod places;

pub(super) use keyring::{DataKey, Keyring, Shelf, ShelvedKey, WrappedTenant};

use super::{Error, Held};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use walkbook_ledger::Subject;
use walkbook_model::TenantId;
use walkbook_vault::SealKey;

/// Opens what one snapshot holds of a tenant.
pub(super) struct Opener<'a> {
    shelf: &'a dyn Shelf,
    keyring: &'a Keyring,
    tenant: TenantId,
    keys: HashMap<(Subject, u64), Held<Arc<SealKey>>>,
}

impl<'a> Opener<'a> {
    pub(super) fn new(shelf: &'a dyn Shelf, keyring: &'a Keyring, tenant: TenantId) -> Self {
        Self { shelf, keyring, tenant, keys: HashMap::new() }
    }

    /// What was sealed at this place with the document's key of this number.
    pub(super) fn open(
        &mut self,
        (subject, number): (Subject, u64),
        place: &[u8],
        sealed: &[u8],
    ) -> Result<Held<Vec<u8>>, Error> {
        let key = match self.keys.entry((subject, number)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                unknown.insert(self.keyring.numbered_key(self.shelf, (self.tenant, subject, number))?)
            }
        };
        Ok(match key {
            Held::Readable(key) => key.open(place, sealed).map_or(Held::Damaged, Held::Readable),
            Held::Erased => Held::Erased,
            Held::Damaged => Held::Damaged,
        })
    }
}

/// Seals what one transaction writes of a tenant.
pub(super) struct Sealer<'a> {
    shelf: &'a dyn Shelf,
    keyring: &'a Keyring,
    tenant: TenantId,
    keys: HashMap<Subject, DataKey>,
}

impl<'a> Sealer<'a> {
    pub(super) fn new(shelf: &'a dyn Shelf, keyring: &'a Keyring, tenant: TenantId) -> Self {
        Self { shelf, keyring, tenant, keys: HashMap::new() }
    }

    /// Seals at this place with the document's live key; gives the key's number too.
    pub(super) fn seal(&mut self, subject: Subject, place: &[u8], plain: &[u8]) -> Result<(u64, Vec<u8>), Error> {
        let live = match self.keys.entry(subject) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(self.keyring.live_key(self.shelf, self.tenant, subject)?),
        };
        Ok((live.number, self.keyring.seal(&live.key, place, plain)?))
    }
}
