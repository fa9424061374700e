//! Keys under keys: the region's master key wraps the tenants', each of these wraps its documents'.

use crate::store::columns::subject_bytes;
use crate::store::{Error, Held, MasterName, Masters};
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

/// A tenant's key as it lies there.
#[derive(Clone)]
pub(in crate::store) struct WrappedTenant {
    pub(in crate::store) wrapped: Vec<u8>,
    /// The master key that wraps it; nothing where that was not noted.
    pub(in crate::store) by: Option<MasterName>,
}

impl WrappedTenant {
    /// What two columns hold; nothing where the key was destroyed.
    pub(in crate::store) fn of_columns(wrapped: Option<Vec<u8>>, by: Option<&[u8]>) -> Option<Self> {
        wrapped.map(|wrapped| Self { wrapped, by: by.and_then(MasterName::from_bytes) })
    }
}

/// Where the wrapped keys lie: a database, as one transaction sees it.
pub(in crate::store) trait Shelf {
    /// The tenant's wrapped key, if there is such a tenant; nothing in it where the key was destroyed.
    fn tenant_key(&self, tenant: TenantId) -> Result<Option<Option<WrappedTenant>>, Error>;

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
    masters: Masters,
    random: Arc<dyn SecureRandom + Send + Sync>,
    cache: Mutex<Cache>,
    capacity: usize,
}

impl Keyring {
    pub(in crate::store) fn new(
        masters: Masters,
        random: Arc<dyn SecureRandom + Send + Sync>,
        capacity: usize,
    ) -> Self {
        Self { masters, random, cache: Mutex::default(), capacity }
    }

    /// A check that the master key opens which wraps from now on.
    pub(in crate::store) fn make_master_check(&self, region: &str) -> Result<Vec<u8>, Error> {
        self.seal(&self.masters.current().key, &place_of_check(region), CHECK)
    }

    /// Makes sure that one of the master keys opens it.
    pub(in crate::store) fn check_master(&self, region: &str, check: &[u8]) -> Result<(), Error> {
        let place = place_of_check(region);
        let is_ours = || self.masters.all().iter().any(|master| master.key.open(&place, check).is_ok());
        if is_ours() || (self.masters.refresh() && is_ours()) { Ok(()) } else { Err(Error::WrongMasterKey) }
    }

    /// Whether the master key opens it which wraps from now on.
    pub(in crate::store) fn is_current(&self, region: &str, check: &[u8]) -> bool {
        self.masters.current().key.open(&place_of_check(region), check).is_ok()
    }

    pub(in crate::store) fn seal(&self, key: &SealKey, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
        key.seal(self.make_nonce()?, place, plain).map_err(|_| Error::OutOfRange)
    }

    /// A new tenant's key, wrapped, and by which master key.
    pub(in crate::store) fn make_tenant_key(&self, tenant: TenantId) -> Result<(WrappedKey, MasterName), Error> {
        self.wrap_tenant_key(tenant, &self.make_key()?)
    }

    /// The tenant's key wrapped by the master key that wraps from now on; nothing where that wraps it already, or the key was
    /// destroyed.
    pub(in crate::store) fn rewrap_tenant_key(
        &self,
        shelf: &dyn Shelf,
        tenant: TenantId,
    ) -> Result<Option<(WrappedKey, MasterName)>, Error> {
        let there = shelf.tenant_key(tenant)?.ok_or(Error::Unknown { what: "tenant" })?;
        let Some(there) = there.filter(|there| there.by != Some(self.masters.current().name)) else { return Ok(None) };
        self.wrap_tenant_key(tenant, &*self.unwrap_tenant(tenant, &there)?).map(Some)
    }

    fn wrap_tenant_key(&self, tenant: TenantId, key: &SealKey) -> Result<(WrappedKey, MasterName), Error> {
        let master = self.masters.current();
        let wrapped = WrappedKey::wrap(&master.key, self.make_nonce()?, Purpose::Tenant, &tenant.to_bytes(), key);
        Ok((wrapped.map_err(|_| Error::OutOfRange)?, master.name))
    }

    /// The tenant's key.
    pub(in crate::store) fn tenant_key(&self, shelf: &dyn Shelf, tenant: TenantId) -> Result<Arc<SealKey>, Error> {
        let there = shelf.tenant_key(tenant)?.ok_or(Error::Unknown { what: "tenant" })?.ok_or(Error::KeyDestroyed)?;
        self.unwrap_tenant(tenant, &there)
    }

    /// That a master key is not here is another thing than a key that is damaged.
    fn unwrap_tenant(&self, tenant: TenantId, there: &WrappedTenant) -> Result<Arc<SealKey>, Error> {
        let unwrap = |master: &SealKey| self.unwrap(master, Purpose::Tenant, &tenant.to_bytes(), &there.wrapped);
        if let Some(by) = there.by {
            return unwrap(&self.masters.named(by).ok_or(Error::WrongMasterKey)?.key);
        }
        let unwrapped = self.masters.all().iter().find_map(|master| unwrap(&master.key).ok());
        unwrapped.ok_or(Error::Damaged { what: "key" })
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

fn place_of_check(region: &str) -> Vec<u8> {
    [CHECK, region.as_bytes()].concat()
}

fn wrapped_bytes(wrapped: &WrappedKey) -> Result<&[u8; 61], Error> {
    wrapped.as_bytes().try_into().map_err(|_| Error::Damaged { what: "key" })
}

/// Whose a data key is: the tenant, the document, and which of its keys.
fn owner(tenant: TenantId, subject: Subject, number: u64) -> Vec<u8> {
    [&tenant.to_bytes()[..], &subject_bytes(subject), &number.to_be_bytes()].concat()
}
