//! Wrapped keys as rows, each read once in a transaction.

use super::PostgresStore;
use super::audit::append;
use super::row::{bytes, get, int, number, subject_bytes, subject_of};
use super::schema::CHECK;
use super::transaction::{About, Mode, Tx, Valued, params};
use crate::store::sealing::{Shelf, ShelvedKey, WrappedTenant};
use crate::store::{Deed, Error, Keys, MasterName, Stamp};
use std::collections::{BTreeSet, HashMap};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use walkbook_ledger::Subject;
use walkbook_model::{TenantId, Timestamp};

/// Locks a tenant, and finds its key and the position of its last change.
const LOCK: &str = "SELECT wrapped_key, wrapped_by, position FROM tenants WHERE id = $1 FOR NO KEY UPDATE";
const READ: &str = "SELECT subject, number, wrapped FROM data_keys WHERE tenant = $1 AND subject = ANY ($2)
    ORDER BY subject, number";
/// Writes new keys.
pub(super) const WRITE: &str = "INSERT INTO data_keys (tenant, subject, number, wrapped)
    SELECT $1::bytea, * FROM unnest($2::bytea[], $3::bigint[], $4::bytea[])";

/// Columns of keys that were made in a transaction.
pub(super) struct FreshKeys {
    tenant: [u8; 16],
    subjects: Vec<Vec<u8>>,
    numbers: Vec<i64>,
    wrapped: Vec<Vec<u8>>,
}

impl FreshKeys {
    /// The values of [`WRITE`].
    pub(super) fn values(&self) -> [&(dyn ToSql + Sync); 4] {
        [&self.tenant, &self.subjects, &self.numbers, &self.wrapped]
    }
}

/// What a transaction has read of keys, or written.
#[derive(Default)]
pub(super) struct Known {
    tenant: Option<Option<Option<WrappedTenant>>>,
    /// All keys that a document ever had, by number.
    documents: HashMap<Subject, Vec<ShelvedKey>>,
    /// New ones, written all together at the end.
    fresh: Vec<(TenantId, Subject, u64, Vec<u8>)>,
}

impl Tx<'_> {
    /// Locks the tenant until the transaction ends: whoever writes for it is alone with it, on whatever node.
    pub(super) fn lock(&self, tenant: TenantId) -> Result<(), Error> {
        let row = self.row(LOCK, params![tenant.to_bytes()])?;
        self.known.borrow_mut().tenant = Some(row.map(|row| wrapped_tenant(&row)).transpose()?);
        Ok(())
    }

    /// Locks the tenant as [`lock`](Self::lock) does, and looks up in the same round trip, as they are from then on, the keys of
    /// documents and what `query` asks for. Returns the position of the tenant's last change with what that finds.
    pub(super) fn lock_and_look_up(
        &self,
        tenant: TenantId,
        subjects: &BTreeSet<Subject>,
        query: Valued<'_>,
    ) -> Result<(u64, Vec<Row>), Error> {
        let names: Vec<Vec<u8>> = subjects.iter().map(|subject| subject_bytes(*subject).to_vec()).collect();
        let id = tenant.to_bytes();
        let found = self.all_rows(&[(LOCK, params![id]), (READ, params![id, names]), query])?;
        let [locked, keys, asked] = <[Vec<Row>; 3]>::try_from(found).map_err(|_| Error::Damaged { what: "answer" })?;
        let locked = locked.first().ok_or(Error::Unknown { what: "tenant" })?;
        self.known.borrow_mut().tenant = Some(Some(wrapped_tenant(locked)?));
        self.know(subjects.iter().copied(), &keys)?;
        Ok((number(locked, 2)?, asked))
    }

    /// Reads the keys of many documents at once.
    pub(super) fn read_keys(&self, tenant: TenantId, subjects: impl IntoIterator<Item = Subject>) -> Result<(), Error> {
        let unknown: Vec<Subject> = {
            let known = self.known.borrow();
            subjects.into_iter().filter(|subject| !known.documents.contains_key(subject)).collect()
        };
        if unknown.is_empty() {
            return Ok(());
        }
        let names: Vec<Vec<u8>> = unknown.iter().map(|subject| subject_bytes(*subject).to_vec()).collect();
        let rows = self.rows(READ, params![tenant.to_bytes(), names])?;
        self.know(unknown, &rows)
    }

    /// Remembers all the keys of these documents.
    fn know(&self, subjects: impl IntoIterator<Item = Subject>, rows: &[Row]) -> Result<(), Error> {
        let documents = &mut self.known.borrow_mut().documents;
        subjects.into_iter().for_each(|subject| documents.entry(subject).or_default().clear());
        for row in rows {
            let key = ShelvedKey { number: number(row, 1)?, wrapped: get(row, 2)? };
            documents.entry(subject_of(bytes(row, 0)?)?).or_default().push(key);
        }
        Ok(())
    }

    /// Writes the keys that were made in this transaction.
    pub(super) fn write_keys(&self) -> Result<(), Error> {
        let Some(fresh) = self.take_fresh_keys()? else { return Ok(()) };
        self.execute(WRITE, &fresh.values())?;
        Ok(())
    }

    /// The keys that were made in this transaction and are yet to be written, if there are any.
    pub(super) fn take_fresh_keys(&self) -> Result<Option<FreshKeys>, Error> {
        let made = std::mem::take(&mut self.known.borrow_mut().fresh);
        let Some((tenant, ..)) = made.first() else { return Ok(None) };
        let tenant = tenant.to_bytes();
        let mut fresh = FreshKeys { tenant, subjects: Vec::new(), numbers: Vec::new(), wrapped: Vec::new() };
        for (_, subject, number, wrapped) in made {
            fresh.subjects.push(subject_bytes(subject).to_vec());
            fresh.numbers.push(int(number)?);
            fresh.wrapped.push(wrapped);
        }
        Ok(Some(fresh))
    }

    /// Destroys every key of a document; says whether one was live.
    pub(super) fn destroy_keys(&self, tenant: TenantId, subject: Subject, now: Timestamp) -> Result<bool, Error> {
        let sql = "UPDATE data_keys SET wrapped = NULL, destroyed_at = $3
            WHERE tenant = $1 AND subject = $2 AND wrapped IS NOT NULL";
        let live = self.execute(sql, params![tenant.to_bytes(), subject_bytes(subject), int(now.as_ms())?])?;
        Ok(live > 0)
    }
}

fn wrapped_tenant(row: &Row) -> Result<Option<WrappedTenant>, Error> {
    Ok(WrappedTenant::of_columns(get(row, 0)?, get(row, 1)?))
}

impl Keys for PostgresStore {
    fn wrapped_by(&self) -> Result<Vec<(Option<MasterName>, u64)>, Error> {
        self.work(About::Every, Mode::Read, |tx| {
            let sql = "SELECT wrapped_by, count(*) FROM tenants WHERE wrapped_key IS NOT NULL GROUP BY 1 ORDER BY 1";
            let of = |row| Ok((get::<Option<&[u8]>>(row, 0)?.and_then(MasterName::from_bytes), number(row, 1)?));
            tx.rows(sql, &[])?.iter().map(of).collect()
        })
    }

    fn rewrap(&self, tenant: TenantId, stamp: Stamp) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| {
            let Some((wrapped, by)) = keyring.rewrap_tenant_key(tx, tenant)? else { return Ok(false) };
            let sql = "UPDATE tenants SET wrapped_key = $2, wrapped_by = $3 WHERE id = $1";
            tx.execute(sql, params![tenant.to_bytes(), wrapped.as_bytes(), by.to_bytes()])?;
            append(tx, keyring, tenant, Deed::KeyRewrapped { master: by.to_string() }, stamp)?;
            Ok(true)
        })
    }

    fn open_with_current(&self, region: &str) -> Result<(), Error> {
        let check = self.keyring.make_master_check(region)?;
        self.work(About::Every, Mode::Write, |tx| {
            tx.execute("INSERT INTO key_checks (key_check) VALUES ($1)", params![check]).map(drop)
        })
    }

    fn opens_with_current(&self, region: &str) -> Result<bool, Error> {
        self.work(About::Every, Mode::Read, |tx| {
            let row = tx.row(CHECK, &[])?.ok_or(Error::Damaged { what: "store" })?;
            Ok(self.keyring.is_current(region, get(&row, 1)?))
        })
    }
}

impl Shelf for Tx<'_> {
    fn tenant_key(&self, tenant: TenantId) -> Result<Option<Option<WrappedTenant>>, Error> {
        if let Some(known) = &self.known.borrow().tenant {
            return Ok(known.clone());
        }
        let row = self.row("SELECT wrapped_key, wrapped_by FROM tenants WHERE id = $1", params![tenant.to_bytes()])?;
        let key = row.map(|row| wrapped_tenant(&row)).transpose()?;
        self.known.borrow_mut().tenant = Some(key.clone());
        Ok(key)
    }

    fn last_key(&self, tenant: TenantId, subject: Subject) -> Result<Option<ShelvedKey>, Error> {
        self.read_keys(tenant, [subject])?;
        Ok(self.known.borrow().documents.get(&subject).and_then(|keys| keys.last().cloned()))
    }

    fn numbered_key(&self, (tenant, subject, number): (TenantId, Subject, u64)) -> Result<Option<Vec<u8>>, Error> {
        self.read_keys(tenant, [subject])?;
        let known = self.known.borrow();
        let key = known.documents.get(&subject).and_then(|keys| keys.iter().find(|key| key.number == number));
        Ok(key.and_then(|key| key.wrapped.clone()))
    }

    fn put_key(&self, (tenant, subject, number): (TenantId, Subject, u64), wrapped: &[u8]) -> Result<(), Error> {
        let mut known = self.known.borrow_mut();
        known.documents.entry(subject).or_default().push(ShelvedKey { number, wrapped: Some(wrapped.to_vec()) });
        known.fresh.push((tenant, subject, number, wrapped.to_vec()));
        Ok(())
    }
}
