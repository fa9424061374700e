//! Keys under keys: the region's master key wraps the tenants', each of these wraps its documents'.

use super::row::{int, subject_bytes};
use crate::store::{Error, Held};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use walkbook_ledger::Subject;
use walkbook_model::{TenantId, Timestamp};
use walkbook_vault::{Nonce, Purpose, SealKey, SecureRandom, WrappedKey};
use zeroize::Zeroizing;

const CHECK: &[u8] = b"walkbook-store-check-1";

/// The owner and the wrapped bytes. A key is only ever looked up by what the database holds at that moment: one that was
/// destroyed, or whose making was rolled back, cannot be found.
type Name = (Vec<u8>, [u8; 61]);

#[derive(Default)]
struct Cache {
    keys: HashMap<Name, Arc<SealKey>>,
    oldest: VecDeque<Name>,
}

/// A document's live key and its number.
pub(super) struct DataKey {
    pub(super) number: u64,
    pub(super) key: Arc<SealKey>,
}

pub(super) struct Keyring {
    master: SealKey,
    random: Arc<dyn SecureRandom + Send + Sync>,
    cache: Mutex<Cache>,
    capacity: usize,
}

impl Keyring {
    pub(super) fn new(master: SealKey, random: Arc<dyn SecureRandom + Send + Sync>, capacity: usize) -> Self {
        Self { master, random, cache: Mutex::default(), capacity }
    }

    pub(super) fn make_master_check(&self, region: &str) -> Result<Vec<u8>, Error> {
        self.seal(&self.master, &[CHECK, region.as_bytes()].concat(), CHECK)
    }

    pub(super) fn check_master(&self, region: &str, check: &[u8]) -> Result<(), Error> {
        let opened = self.master.open(&[CHECK, region.as_bytes()].concat(), check);
        opened.map(|_| ()).map_err(|_| Error::WrongMasterKey)
    }

    pub(super) fn seal(&self, key: &SealKey, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
        key.seal(self.make_nonce()?, place, plain).map_err(|_| Error::OutOfRange)
    }

    /// A new tenant's key, wrapped.
    pub(super) fn make_tenant_key(&self, tenant: TenantId) -> Result<WrappedKey, Error> {
        let key = self.make_key()?;
        WrappedKey::wrap(&self.master, self.make_nonce()?, Purpose::Tenant, &tenant.to_bytes(), &key)
            .map_err(|_| Error::OutOfRange)
    }

    /// The tenant's key.
    pub(super) fn tenant_key(&self, connection: &Connection, tenant: TenantId) -> Result<Arc<SealKey>, Error> {
        let wrapped: Option<Option<Vec<u8>>> = connection
            .prepare_cached("SELECT wrapped_key FROM tenants WHERE id = ?")?
            .query_row([tenant.to_bytes()], |row| row.get(0))
            .optional()?;
        let wrapped = wrapped.ok_or(Error::Unknown { what: "tenant" })?.ok_or(Error::KeyDestroyed)?;
        self.unwrap(&self.master, Purpose::Tenant, &tenant.to_bytes(), &wrapped)
    }

    /// The key that a document's content is sealed with from now on; made where there is none.
    pub(super) fn live_key(
        &self,
        connection: &Connection,
        tenant: TenantId,
        subject: Subject,
    ) -> Result<DataKey, Error> {
        let (tenant_bytes, subject_bytes) = (tenant.to_bytes(), subject_bytes(subject));
        let last: Option<(i64, Option<Vec<u8>>)> = connection
            .prepare_cached(
                "SELECT number, wrapped FROM data_keys WHERE tenant = ? AND subject = ? ORDER BY number DESC LIMIT 1",
            )?
            .query_row(params![tenant_bytes, subject_bytes], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let tenant_key = self.tenant_key(connection, tenant)?;
        let number = last.as_ref().map_or(0, |(number, _)| number.unsigned_abs());
        if let Some((_, Some(wrapped))) = last {
            let key = self.unwrap(&tenant_key, Purpose::Document, &owner(tenant, subject, number), &wrapped)?;
            return Ok(DataKey { number, key });
        }
        let number = number + 1;
        let key = self.make_key()?;
        let owner = owner(tenant, subject, number);
        let wrapped = WrappedKey::wrap(&tenant_key, self.make_nonce()?, Purpose::Document, &owner, &key)
            .map_err(|_| Error::OutOfRange)?;
        connection
            .prepare_cached("INSERT INTO data_keys (tenant, subject, number, wrapped) VALUES (?, ?, ?, ?)")?
            .execute(params![tenant_bytes, subject_bytes, int(number)?, wrapped.as_bytes()])?;
        Ok(DataKey { number, key: Arc::new(key) })
    }

    /// The document's key of this number.
    pub(super) fn numbered_key(
        &self,
        connection: &Connection,
        (tenant, subject, number): (TenantId, Subject, u64),
    ) -> Result<Held<Arc<SealKey>>, Error> {
        let wrapped: Option<Vec<u8>> = connection
            .prepare_cached("SELECT wrapped FROM data_keys WHERE tenant = ? AND subject = ? AND number = ?")?
            .query_row(params![tenant.to_bytes(), subject_bytes(subject), int(number)?], |row| row.get(0))
            .optional()?
            .flatten();
        let Some(wrapped) = wrapped else { return Ok(Held::Erased) };
        let tenant_key = match self.tenant_key(connection, tenant) {
            Err(Error::KeyDestroyed) => return Ok(Held::Erased),
            Err(Error::Damaged { .. }) => return Ok(Held::Damaged),
            tenant_key => tenant_key?,
        };
        let key = self.unwrap(&tenant_key, Purpose::Document, &owner(tenant, subject, number), &wrapped);
        Ok(key.map_or(Held::Damaged, Held::Readable))
    }

    /// Destroys every key of a document; says whether one was live.
    pub(super) fn destroy(
        &self,
        connection: &Connection,
        tenant: TenantId,
        subject: Subject,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let sql = "UPDATE data_keys SET wrapped = NULL, destroyed_at = ?
            WHERE tenant = ? AND subject = ? AND wrapped IS NOT NULL";
        let live = connection.execute(sql, params![int(now.as_ms())?, tenant.to_bytes(), subject_bytes(subject)])?;
        Ok(live > 0)
    }

    /// Wipes what is kept unwrapped. Called once a destroyed key is gone from the database for good.
    pub(super) fn forget(&self) {
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
    pub(super) fn draw<const N: usize>(&self) -> Result<[u8; N], Error> {
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
