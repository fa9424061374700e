use super::audit::append;
use super::log::{advance, has_changed};
use super::row::{bytes, get, int, maybe_position, number, position, subject, subject_bytes};
use super::transaction::{Tx, params};
use super::{PostgresStore, feed, lists, lives, maps, marks, streets};
use crate::store::audit::subject_name;
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{
    Assignment, By, ChangePage, Deed, Documents, Error, Held, Life, ListUpdate, LogPosition, NewBase, Reach, Stamp,
    StoredBase,
};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::Row;
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, DeviceId, DoorId, TenantId, Timestamp, UserId, WalkListId};

impl Documents for PostgresStore {
    fn put_bases(&self, tenant: TenantId, bases: &[NewBase]) -> Result<Vec<LogPosition>, Error> {
        self.write(tenant, |tx, keyring| put_bases(tx, keyring, tenant, bases))
    }

    fn replace_base(
        &self,
        tenant: TenantId,
        base: &NewBase,
        updates: &[ListUpdate],
        as_of: LogPosition,
        now: Timestamp,
    ) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| {
            if has_changed(tx, tenant, [base.subject].into_iter(), as_of)? {
                return Ok(false);
            }
            put_bases(tx, keyring, tenant, std::slice::from_ref(base))?;
            lists::update(tx, tenant, updates, now)?;
            Ok(true)
        })
    }

    fn base_of(&self, tenant: TenantId, subject: Subject) -> Result<Option<StoredBase>, Error> {
        self.read(tenant, |tx, keyring| {
            let Some(row) = base_rows(tx, tenant, &[subject])?.pop() else { return Ok(None) };
            read_base(&mut Opener::new(tx, keyring, tenant), tenant, &row).map(Some)
        })
    }

    fn put_script(&self, tenant: TenantId, bytes: &[u8]) -> Result<ContentHash, Error> {
        self.write(tenant, |tx, keyring| put_script(tx, keyring, tenant, bytes))
    }

    fn script(&self, tenant: TenantId, hash: ContentHash) -> Result<Option<Vec<u8>>, Error> {
        self.read(tenant, |tx, keyring| {
            let sql = "SELECT sealed FROM scripts WHERE tenant = $1 AND hash = $2";
            let Some(row) = tx.row(sql, params![tenant.to_bytes(), hash.to_bytes()])? else { return Ok(None) };
            let key = keyring.tenant_key(tx, tenant)?;
            let opened = key.open(&places::of_script(tenant, hash), get(&row, 0)?);
            opened.map(Some).map_err(|_| Error::Damaged { what: "script" })
        })
    }

    fn put_streets(&self, tenant: TenantId, list: WalkListId, bytes: &[u8]) -> Result<(), Error> {
        self.write(tenant, |tx, keyring| streets::put(tx, keyring, (tenant, list), bytes))
    }

    fn streets_of(&self, tenant: TenantId, list: WalkListId) -> Result<Option<Held<Vec<u8>>>, Error> {
        self.read(tenant, |tx, keyring| streets::of(tx, keyring, (tenant, list)))
    }

    fn subjects(&self, tenant: TenantId, after: Option<Subject>, limit: u32) -> Result<Vec<Subject>, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT subject FROM bases WHERE tenant = $1 AND subject > $2 ORDER BY subject LIMIT $3";
            let after = after.map_or_else(Vec::new, |after| subject_bytes(after).to_vec());
            let rows = tx.rows(sql, params![tenant.to_bytes(), after, i64::from(limit)])?;
            rows.iter().map(|row| subject(row, 0)).collect()
        })
    }

    fn update_lists(&self, tenant: TenantId, updates: &[ListUpdate], now: Timestamp) -> Result<(), Error> {
        self.write(tenant, |tx, _| lists::update(tx, tenant, updates, now))
    }

    fn make_list(&self, tenant: TenantId, list: WalkListId, base: &[u8], doors: &[DoorId]) -> Result<(), Error> {
        let base = NewBase { subject: Subject::List(list), bytes: base.to_vec() };
        self.write(tenant, |tx, keyring| {
            lists::expect_free(tx, tenant, doors)?;
            if !base_rows(tx, tenant, &[base.subject])?.is_empty() {
                return Err(Error::Exists { what: "list" });
            }
            put_bases(tx, keyring, tenant, &[base])?;
            let joins: Vec<_> = doors.iter().map(|door| (list, *door)).collect();
            lists::join(tx, tenant, &joins)
        })
    }

    fn free_doors(&self, tenant: TenantId, after: Option<DoorId>, limit: u32) -> Result<Vec<DoorId>, Error> {
        self.read(tenant, |tx, _| lists::free_doors(tx, tenant, after, limit))
    }

    fn reach(&self, tenant: TenantId, user: UserId, doors: &[DoorId]) -> Result<Vec<Reach>, Error> {
        self.read(tenant, |tx, _| lists::reach(tx, tenant, user, doors))
    }

    fn life(&self) -> Life {
        self.presence.life()
    }

    fn stands_by(&self, tenant: TenantId, life: Life, position: LogPosition) -> Result<bool, Error> {
        self.read(tenant, |tx, _| lives::stands_by(tx, tenant, life, position))
    }

    fn lists_with(&self, tenant: TenantId, door: DoorId) -> Result<Vec<WalkListId>, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT list FROM memberships WHERE tenant = $1 AND door = $2 ORDER BY list";
            let rows = tx.rows(sql, params![tenant.to_bytes(), door.to_bytes()])?;
            rows.iter().map(|row| bytes(row, 0).map(WalkListId::from_bytes)).collect()
        })
    }

    fn assignments_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Assignment>, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT list, from_position, until_position FROM assignments
                WHERE tenant = $1 AND user_id = $2 ORDER BY list, from_position";
            let rows = tx.rows(sql, params![tenant.to_bytes(), user.to_bytes()])?;
            let assignment = |row| {
                let list = WalkListId::from_bytes(bytes(row, 0)?);
                Ok(Assignment { list, from: position(row, 1)?, until: maybe_position(row, 2)? })
            };
            rows.iter().map(assignment).collect()
        })
    }

    fn doors_of(
        &self,
        tenant: TenantId,
        list: WalkListId,
        after: LogPosition,
        limit: u32,
    ) -> Result<Vec<(LogPosition, DoorId)>, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT joined, door FROM memberships
                WHERE tenant = $1 AND list = $2 AND joined > $3 ORDER BY joined LIMIT $4";
            let values = params![tenant.to_bytes(), list.to_bytes(), int(after.get())?, i64::from(limit)];
            let rows = tx.rows(sql, values)?;
            rows.iter().map(|row| Ok((position(row, 0)?, DoorId::from_bytes(bytes(row, 1)?)))).collect()
        })
    }

    fn changes_since(
        &self,
        tenant: TenantId,
        list: WalkListId,
        since: LogPosition,
        reader: Option<DeviceId>,
        limit: u32,
    ) -> Result<ChangePage, Error> {
        self.read(tenant, |tx, keyring| feed::changes_since(tx, keyring, (tenant, list), since, reader, limit))
    }

    fn destroy_document_key(&self, tenant: TenantId, subject: Subject, now: Timestamp) -> Result<bool, Error> {
        let destroyed = self.write(tenant, |tx, keyring| {
            let names = params![tenant.to_bytes(), subject_bytes(subject)];
            // Without the key these bytes are noise; they go so that they take no room.
            tx.execute("DELETE FROM bases WHERE tenant = $1 AND subject = $2", names)?;
            streets::forget(tx, tenant, subject)?;
            maps::forget(tx, tenant, subject)?;
            tx.execute("UPDATE entries SET sealed = NULL WHERE tenant = $1 AND subject = $2", names)?;
            let was_live = tx.destroy_keys(tenant, subject, now)?;
            if was_live {
                let deed = Deed::DocumentErased { document: subject_name(subject) };
                append(tx, keyring, tenant, deed, Stamp::new(By::Operator, now))?;
            }
            Ok(was_live)
        })?;
        self.keyring.forget();
        Ok(destroyed)
    }
}

/// A base that changes something.
struct Fresh<'a> {
    base: &'a NewBase,
    hash: ContentHash,
    position: LogPosition,
}

/// Stores bases and returns their positions, in as many statements for many as for one. Where two are of one document, the
/// later one stays.
pub(super) fn put_bases(
    tx: &Tx<'_>,
    keyring: &Keyring,
    tenant: TenantId,
    bases: &[NewBase],
) -> Result<Vec<LogPosition>, Error> {
    let subjects: Vec<Subject> = bases.iter().map(|base| base.subject).collect();
    let mut stands: HashMap<Subject, (ContentHash, LogPosition)> = HashMap::new();
    for row in base_rows(tx, tenant, &subjects)? {
        stands.insert(subject(&row, 0)?, (ContentHash::from_bytes(bytes(&row, 2)?), position(&row, 1)?));
    }
    let hashes: Vec<ContentHash> = bases.iter().map(|base| ContentHash::of(&base.bytes)).collect();
    // The tenant is locked: the next positions are known before they are taken.
    let head = advance(tx, tenant, 0)?;
    let mut next = head;
    let mut fresh = BTreeMap::new();
    let mut positions = Vec::with_capacity(bases.len());
    for (base, hash) in bases.iter().zip(hashes) {
        let position = match stands.get(&base.subject) {
            Some((stands, position)) if *stands == hash => *position,
            _ => {
                let position = LogPosition::new(next);
                next += 1;
                fresh.insert(base.subject, Fresh { base, hash, position });
                position
            }
        };
        stands.insert(base.subject, (hash, position));
        positions.push(position);
    }
    if next > head {
        advance(tx, tenant, next - head)?;
        tx.read_keys(tenant, fresh.keys().copied())?;
        write_bases(tx, &mut Sealer::new(tx, keyring, tenant), tenant, fresh.values())?;
        let told: Vec<_> = fresh.iter().map(|(subject, fresh)| (*subject, fresh.position)).collect();
        feed::publish_bases(tx, tenant, &told)?;
        marks::put(tx, tenant, &told)?;
    }
    Ok(positions)
}

fn write_bases<'a>(
    tx: &Tx<'_>,
    sealer: &mut Sealer<'_>,
    tenant: TenantId,
    fresh: impl Iterator<Item = &'a Fresh<'a>>,
) -> Result<(), Error> {
    let (mut subjects, mut positions, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut key_numbers, mut contents) = (Vec::new(), Vec::new());
    for Fresh { base, hash, position } in fresh {
        let place = places::of_base(tenant, base.subject, *hash);
        let (key_number, sealed) = sealer.seal(base.subject, &place, &base.bytes)?;
        subjects.push(subject_bytes(base.subject).to_vec());
        positions.push(int(position.get())?);
        hashes.push(hash.to_bytes().to_vec());
        key_numbers.push(int(key_number)?);
        contents.push(sealed);
    }
    let sql = "INSERT INTO bases (tenant, subject, position, content_hash, key_number, sealed)
        SELECT $1::bytea, * FROM unnest($2::bytea[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[])
        ON CONFLICT (tenant, subject) DO UPDATE SET position = excluded.position, content_hash = excluded.content_hash,
        key_number = excluded.key_number, sealed = excluded.sealed";
    tx.execute(sql, params![tenant.to_bytes(), subjects, positions, hashes, key_numbers, contents])?;
    Ok(())
}

/// The bases that these documents have, as rows for [`read_base`].
pub(super) fn base_rows(tx: &Tx<'_>, tenant: TenantId, subjects: &[Subject]) -> Result<Vec<Row>, Error> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<Vec<u8>> = subjects.iter().map(|subject| subject_bytes(*subject).to_vec()).collect();
    let sql = "SELECT subject, position, content_hash, key_number, sealed FROM bases
        WHERE tenant = $1 AND subject = ANY ($2)";
    let rows = tx.rows(sql, params![tenant.to_bytes(), names])?;
    tx.read_keys(tenant, rows.iter().map(|row| subject(row, 0)).collect::<Result<Vec<_>, _>>()?)?;
    Ok(rows)
}

pub(super) fn read_base(opener: &mut Opener<'_>, tenant: TenantId, row: &Row) -> Result<StoredBase, Error> {
    let (subject, content_hash) = (subject(row, 0)?, ContentHash::from_bytes(bytes(row, 2)?));
    let place = places::of_base(tenant, subject, content_hash);
    let bytes = opener.open((subject, number(row, 3)?), &place, get(row, 4)?)?;
    Ok(StoredBase { subject, bytes, content_hash, position: position(row, 1)? })
}

pub(super) fn put_script(tx: &Tx<'_>, keyring: &Keyring, tenant: TenantId, bytes: &[u8]) -> Result<ContentHash, Error> {
    let hash = ContentHash::of(bytes);
    let key = keyring.tenant_key(tx, tenant)?;
    let sealed = keyring.seal(&key, &places::of_script(tenant, hash), bytes)?;
    let sql = "INSERT INTO scripts (tenant, hash, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.execute(sql, params![tenant.to_bytes(), hash.to_bytes(), sealed])?;
    Ok(hash)
}
