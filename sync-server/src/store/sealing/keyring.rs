//! Keys under keys: the region's master key wraps the tenants', each of these wraps its documents'.

use crate::store::columns::subject_bytes;
use crate::store::{Error, Held};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use walkbook_ledger::Subject;
use walkbook_model::TenantId;
use walkbook_vault::{Nonce, Purpose, SealKey, SecureRandom, WrappedKey};
use zeroize::Zeroizing;

const CHECK: &[u8] = b"walkbook-store-check-1";

/// A document's key as it lies there.
#[derive(Clone)]
pub(in crate::store) struct ShelvedKey {
    pub(in crate::store) number: u64,
    /// Nothing once it was destroyed.
    pub(in crate::store) wrapped: Option<Vec<u8>>,
}

/// Where the wrapped keys lie: a database, as one transaction sees it.
pub(in crate::store) trait Shelf {
    /// The tenant's wrapped key, if there is such a tenant; nothing in it where the key was destroyed.
    fn tenant_key(&self, tenant: TenantId) -> Result<Option<Option<Vec<u8>>>, Error>;

    /// The last key that a document got.
    fn last_key(&self, tenant: TenantId, subject: Subject) -> Result<Option<ShelvedKey>, Error>;

    /// A document's wrapped key of this number; nothing where it was destroyed.
    fn numbered_key(&self, name: (TenantId, Subject, u64)) -> Result<Option<Vec<u8>>, Error>;

    /// Keeps a new key of a document.
    fn put_key(&self, name: (TenantId, Subject, u64), wrapped: &[u8]) -> Result<(), Error>;
}

/// The owner and the wrapped bytes. A key is only ever looked up by what the database holds at that moment: one that was
/// destroyed, or whose making was rolled back, cannot be found.
type Name = (Vec<u8>, [u8; 61]);

#[derive(Default)]
struct Cache {
    keys: HashMap<Name, Arc<SealKey>>,
    oldest: VecDeque<Name>,
}

/// A document's live key and its number.
pub(in crate::store) struct DataKey {
    pub(in crate::store) number: u64,
    pub(in crate::store) key: Arc<SealKey>,
}

pub(in crate::store) struct Keyring {
    master: SealKey,
    random: Arc<dyn SecureRandom + Send + Sync>,
    cache: Mutex<Cache>,
    capacity: usize,
}

impl Keyring {
    pub(in crate::store) fn new(master: SealKey, random: Arc<dyn SecureRandom + Send + Sync>, capacity: usize) -> Self {
        Self { master, random, cache: Mutex::default(), capacity }
    }

    pub(in crate::store) fn make_master_check(&self, region: &str) -> Result<Vec<u8>, Error> {
        self.seal(&self.master, &[CHECK, region.as_bytes()].concat(), CHECK)
    }

    pub(in crate::store) fn check_master(&self, region: &str, check: &[u8]) -> Result<(), Error> {
        let opened = self.master.open(&[CHECK, region.as_bytes()].concat(), check);
        opened.map(|_| ()).map_err(|_| Error::WrongMasterKey)
    }

    pub(in crate::store) fn seal(&self, key: &SealKey, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
        key.seal(self.make_nonce()?, place, plain).map_err(|_| Error::OutOfRange)
    }

    /// A new tenant's key, wrapped.
    pub(in crate::store) fn make_tenant_key(&self, tenant: TenantId) -> Result<WrappedKey, Error> {
        let key = self.make_key()?;
        WrappedKey::wrap(&self.master, self.make_nonce()?, Purpose::Tenant, &tenant.to_bytes(), &key)
            .map_err(|_| Error::OutOfRange)
    }

    /// The tenant's key.
    pub(in crate::store) fn tenant_key(&self, shelf: &dyn Shelf, tenant: TenantId) -> Result<Arc<SealKey>, Error> {
        let wrapped = shelf.tenant_key(tenant)?.ok_or(Error::Unknown { what: "tenant" })?.ok_or(Error::KeyDestroyed)?;
        self.unwrap(&self.master, Purpose::Tenant, &tenant.to_bytes(), &wrapped)
    }

    /// The tenant's key; nothing where it was destroyed.
    pub(in crate::store) fn maybe_tenant_key(
        &self,
        shelf: &dyn Shelf,
        tenant: TenantId,
    ) -> Result<Option<Arc<SealKey>>, Error> {
        match self.tenant_key(shelf, tenant) {
            Err(Error::KeyDestroyed) => Ok(None),
            key => key.map(Some),
        }
    }

    /// The key that a document's content is sealed with from now on; made where there is none.
    pub(in crate::store) fn live_key(
        &self,
        shelf: &dyn Shelf,
        tenant: TenantId,
        subject: Subject,
    ) -> Result<DataKey, Error> {
        let last = shelf.last_key(tenant, subject)?;
        let tenant_key = self.tenant_key(shelf, tenant)?;
        let number = last.as_ref().map_or(0, |last| last.number);
        if let Some(wrapped) = last.and_then(|last| last.wrapped) {
            let key = self.unwrap(&tenant_key, Purpose::Document, &owner(tenant, subject, number), &wrapped)?;
            return Ok(DataKey { number, key });
        }
        let number = number + 1;
        let key = self.make_key()?;
        let owner = owner(tenant, subject, number);
        let wrapped = WrappedKey::wrap(&tenant_key, self.make_nonce()?, Purpose::Document, &owner, &key)
            .map_err(|_| Error::OutOfRange)?;
        shelf.put_key((tenant, subject, number), wrapped.as_bytes())?;
        Ok(DataKey { number, key: Arc::new(key) })
    }

    /// The document's key of this number.
    pub(in crate::store) fn numbered_key(
        &self,
        shelf: &dyn Shelf,
        (tenant, subject, number): (TenantId, Subject, u64),
    ) -> Result<Held<Arc<SealKey>>, Error> {
        let Some(wrapped) = shelf.numbered_key((tenant, subject, number))? else { return Ok(Held::Erased) };
        let tenant_key = match self.tenant_key(shelf, tenant) {
            Err(Error::KeyDestroyed) => return Ok(Held::Erased),
            Err(Error::Damaged { .. }) => return Ok(Held::Damaged),
            tenant_key => tenant_key?,
        };
        let key = self.unwrap(&tenant_key, Purpose::Document, &owner(tenant, subject, number), &wrapped);
        Ok(key.map_or(Held::Damaged, Held::Readable))
    }

    /// Wipes what is kept unwrapped. Called once a destroyed key is gone from the database for good.
    pub(in crate::store) fn forget(&self) {
        *self.cache() = Cache::default();
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unwrap(&self, parent: &SealKey, purpose: Purpose, owner: &[u8], wrapped: &[u8]) -> Result<Arc<SealKey>, Error> {
        let damaged = |_| Error::Damaged { what: "key" };
        let wrapped = WrappedKey::from_bytes(wrapped).map_err(damaged)?;
        let name = (owner.to_vec(), *wrapped_bytes(&wrapped)?);
        if let Some(key) = self.cache().keys.get(&name) {
            return Ok(Arc::clone(key));
        }
        // Not under the lock: others need their keys too. Two who unwrap one at once keep it once.
        let key = Arc::new(wrapped.unwrap(parent, purpose, owner).map_err(damaged)?);
        let mut cache = self.cache();
        if cache.keys.insert(name.clone(), Arc::clone(&key)).is_none() {
            cache.oldest.push_back(name);
        }
        if cache.oldest.len() > self.capacity
            && let Some(oldest) = cache.oldest.pop_front()
        {
            cache.keys.remove(&oldest);
        }
        Ok(key)
    }

    /// Random bytes.
    pub(in crate::store) fn draw<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
        Ok(bytes)
    }

    fn make_key(&self) -> Result<SealKey, Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        self.random.fill(bytes.as_mut()).map_err(|_| Error::NoRandomness)?;
        Ok(SealKey::from_bytes(*bytes))
    }

    fn make_nonce(&self) -> Result<Nonce, Error> {
        let mut bytes = [0; 12];
        self.random.fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
        Ok(Nonce::from_bytes(bytes))
    }
}

fn wrapped_bytes(wrapped: &WrappedKey) -> Result<&[u8; 61], Error> {
    wrapped.as_bytes().try_into().map_err(|_| Error::Damaged { what: "key" })
}

/// Whose a data key is: the tenant, the document, and which of its keys.
fn owner(tenant: TenantId, subject: Subject, number: u64) -> Vec<u8> {
    [&tenant.to_bytes()[..], &subject_bytes(subject), &number.to_be_bytes()].concat()
}
