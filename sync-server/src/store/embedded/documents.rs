use super::audit::append;
use super::feed::{self, Kind};
use super::log::{advance, has_changed};
use super::row::{blob, bytes, int, maybe_position, number, position, subject, subject_bytes};
use super::{EmbeddedStore, keys, lists, lives, maps, marks, streets};
use crate::store::audit::subject_name;
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{
    Assignment, By, ChangePage, Deed, Documents, Error, Held, Life, ListUpdate, LogPosition, NewBase, Reach, Stamp,
    StoredBase,
};
use rusqlite::{Connection, OptionalExtension, params};
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, DeviceId, DoorId, TenantId, Timestamp, UserId, WalkListId};

impl Documents for EmbeddedStore {
    fn put_bases(&self, tenant: TenantId, bases: &[NewBase]) -> Result<Vec<LogPosition>, Error> {
        let bases = bases.to_vec();
        self.write(move |connection, keyring| {
            let mut sealer = Sealer::new(connection, keyring, tenant);
            bases.iter().map(|base| put_base(connection, &mut sealer, tenant, base)).collect()
        })
    }

    fn replace_base(
        &self,
        tenant: TenantId,
        base: &NewBase,
        updates: &[ListUpdate],
        as_of: LogPosition,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let (base, updates) = (base.clone(), updates.to_vec());
        self.write(move |connection, keyring| {
            if has_changed(connection, tenant, base.subject, as_of)? {
                return Ok(false);
            }
            put_base(connection, &mut Sealer::new(connection, keyring, tenant), tenant, &base)?;
            lists::update(connection, tenant, &updates, now)?;
            Ok(true)
        })
    }

    fn base_of(&self, tenant: TenantId, subject: Subject) -> Result<Option<StoredBase>, Error> {
        self.read(|connection, keyring| {
            read_base(connection, &mut Opener::new(connection, keyring, tenant), tenant, subject)
        })
    }

    fn put_script(&self, tenant: TenantId, bytes: &[u8]) -> Result<ContentHash, Error> {
        let bytes = bytes.to_vec();
        self.write(move |connection, keyring| put_script(connection, keyring, tenant, &bytes))
    }

    fn script(&self, tenant: TenantId, hash: ContentHash) -> Result<Option<Vec<u8>>, Error> {
        self.read(|connection, keyring| {
            let sealed: Option<Vec<u8>> = connection
                .prepare_cached("SELECT sealed FROM scripts WHERE tenant = ? AND hash = ?")?
                .query_row(params![tenant.to_bytes(), hash.to_bytes()], |row| row.get(0))
                .optional()?;
            let Some(sealed) = sealed else { return Ok(None) };
            let key = keyring.tenant_key(connection, tenant)?;
            let opened = key.open(&places::of_script(tenant, hash), &sealed);
            opened.map(Some).map_err(|_| Error::Damaged { what: "script" })
        })
    }

    fn put_streets(&self, tenant: TenantId, list: WalkListId, bytes: &[u8]) -> Result<(), Error> {
        let bytes = bytes.to_vec();
        self.write(move |connection, keyring| streets::put(connection, keyring, (tenant, list), &bytes))
    }

    fn streets_of(&self, tenant: TenantId, list: WalkListId) -> Result<Option<Held<Vec<u8>>>, Error> {
        self.read(|connection, keyring| streets::of(connection, keyring, (tenant, list)))
    }

    fn subjects(&self, tenant: TenantId, after: Option<Subject>, limit: u32) -> Result<Vec<Subject>, Error> {
        self.read(|connection, _| {
            let sql = "SELECT subject FROM bases WHERE tenant = ? AND subject > ? ORDER BY subject LIMIT ?";
            let after = after.map_or_else(Vec::new, |after| subject_bytes(after).to_vec());
            let mut query = connection.prepare_cached(sql)?;
            query.query_and_then(params![tenant.to_bytes(), after, limit], |row| subject(row, 0))?.collect()
        })
    }

    fn update_lists(&self, tenant: TenantId, updates: &[ListUpdate], now: Timestamp) -> Result<(), Error> {
        let updates = updates.to_vec();
        self.write(move |connection, _| lists::update(connection, tenant, &updates, now))
    }

    fn make_list(&self, tenant: TenantId, list: WalkListId, base: &[u8], doors: &[DoorId]) -> Result<(), Error> {
        let base = NewBase { subject: Subject::List(list), bytes: base.to_vec() };
        let doors = doors.to_vec();
        self.write(move |connection, keyring| {
            lists::expect_free(connection, tenant, &doors)?;
            if base_position(connection, tenant, base.subject)?.is_some() {
                return Err(Error::Exists { what: "list" });
            }
            put_base(connection, &mut Sealer::new(connection, keyring, tenant), tenant, &base)?;
            doors.iter().try_for_each(|door| lists::join(connection, tenant, list, *door))
        })
    }

    fn free_doors(&self, tenant: TenantId, after: Option<DoorId>, limit: u32) -> Result<Vec<DoorId>, Error> {
        self.read(|connection, _| lists::free_doors(connection, tenant, after, limit))
    }

    fn reach(&self, tenant: TenantId, user: UserId, doors: &[DoorId]) -> Result<Vec<Reach>, Error> {
        self.read(|connection, _| lists::reach(connection, tenant, user, doors))
    }

    fn life(&self) -> Life {
        self.life
    }

    fn stands_by(&self, tenant: TenantId, life: Life, position: LogPosition) -> Result<bool, Error> {
        self.read(|connection, _| lives::stands_by(connection, tenant, life, position))
    }

    fn lists_with(&self, tenant: TenantId, door: DoorId) -> Result<Vec<WalkListId>, Error> {
        self.read(|connection, _| {
            let sql = "SELECT list FROM memberships WHERE tenant = ? AND door = ? ORDER BY list";
            let mut query = connection.prepare_cached(sql)?;
            query
                .query_and_then(params![tenant.to_bytes(), door.to_bytes()], |row| {
                    bytes(row, 0).map(WalkListId::from_bytes)
                })?
                .collect()
        })
    }

    fn assignments_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Assignment>, Error> {
        self.read(|connection, _| {
            let sql = "SELECT list, from_position, until_position FROM assignments
                WHERE tenant = ? AND user = ? ORDER BY list, from_position";
            let mut query = connection.prepare_cached(sql)?;
            query
                .query_and_then(params![tenant.to_bytes(), user.to_bytes()], |row| {
                    let list = WalkListId::from_bytes(bytes(row, 0)?);
                    Ok(Assignment { list, from: position(row, 1)?, until: maybe_position(row, 2)? })
                })?
                .collect()
        })
    }

    fn doors_of(
        &self,
        tenant: TenantId,
        list: WalkListId,
        after: LogPosition,
        limit: u32,
    ) -> Result<Vec<(LogPosition, DoorId)>, Error> {
        self.read(|connection, _| {
            let sql = "SELECT joined, door FROM memberships
                WHERE tenant = ? AND list = ? AND joined > ? ORDER BY joined LIMIT ?";
            let mut query = connection.prepare_cached(sql)?;
            let values = params![tenant.to_bytes(), list.to_bytes(), int(after.get())?, limit];
            query.query_and_then(values, |row| Ok((position(row, 0)?, DoorId::from_bytes(bytes(row, 1)?))))?.collect()
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
        self.read(|connection, keyring| {
            let opener = Opener::new(connection, keyring, tenant);
            feed::changes_since(connection, opener, (tenant, list), since, reader, limit)
        })
    }

    fn destroy_document_key(&self, tenant: TenantId, subject: Subject, now: Timestamp) -> Result<bool, Error> {
        let destroyed = self.write(move |connection, keyring| {
            let names = params![tenant.to_bytes(), subject_bytes(subject)];
            // Without the key these bytes are noise; they go so that they take no room.
            connection.execute("DELETE FROM bases WHERE tenant = ? AND subject = ?", names)?;
            streets::forget(connection, tenant, subject)?;
            maps::forget(connection, tenant, subject)?;
            connection.execute("UPDATE entries SET sealed = NULL WHERE tenant = ? AND subject = ?", names)?;
            let was_live = keys::destroy(connection, tenant, subject, now)?;
            if was_live {
                let deed = Deed::DocumentErased { document: subject_name(subject) };
                append(connection, keyring, tenant, deed, Stamp::new(By::Operator, now))?;
            }
            Ok(was_live)
        })?;
        self.forget_destroyed()?;
        Ok(destroyed)
    }
}

fn base_position(connection: &Connection, tenant: TenantId, subject: Subject) -> Result<Option<LogPosition>, Error> {
    let sql = "SELECT position FROM bases WHERE tenant = ? AND subject = ?";
    let mut query = connection.prepare_cached(sql)?;
    query.query_and_then(params![tenant.to_bytes(), subject_bytes(subject)], |row| position(row, 0))?.next().transpose()
}

pub(super) fn put_base(
    connection: &Connection,
    sealer: &mut Sealer<'_>,
    tenant: TenantId,
    base: &NewBase,
) -> Result<LogPosition, Error> {
    let (tenant_bytes, subject) = (tenant.to_bytes(), subject_bytes(base.subject));
    let hash = ContentHash::of(&base.bytes);
    let there: Option<i64> = connection
        .prepare_cached("SELECT position FROM bases WHERE tenant = ? AND subject = ? AND content_hash = ?")?
        .query_row(params![tenant_bytes, subject, hash.to_bytes()], |row| row.get(0))
        .optional()?;
    if let Some(there) = there {
        return super::row::uint(there).map(LogPosition::new);
    }
    let (key_number, sealed) = sealer.seal(base.subject, &places::of_base(tenant, base.subject, hash), &base.bytes)?;
    let position = LogPosition::new(advance(connection, tenant, 1)?);
    connection
        .prepare_cached(
            "INSERT INTO bases (tenant, subject, position, content_hash, key_number, sealed) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET position = excluded.position, content_hash = excluded.content_hash,
             key_number = excluded.key_number, sealed = excluded.sealed",
        )?
        .execute(params![tenant_bytes, subject, int(position.get())?, hash.to_bytes(), int(key_number)?, sealed])?;
    feed::publish(connection, tenant, base.subject, position, Kind::Base)?;
    marks::put(connection, tenant, base.subject, position)?;
    Ok(position)
}

pub(super) fn put_script(
    connection: &Connection,
    keyring: &Keyring,
    tenant: TenantId,
    bytes: &[u8],
) -> Result<ContentHash, Error> {
    let hash = ContentHash::of(bytes);
    let key = keyring.tenant_key(connection, tenant)?;
    let sealed = keyring.seal(&key, &places::of_script(tenant, hash), bytes)?;
    let sql = "INSERT INTO scripts (tenant, hash, sealed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    connection.execute(sql, params![tenant.to_bytes(), hash.to_bytes(), sealed])?;
    Ok(hash)
}

pub(super) fn read_base(
    connection: &Connection,
    opener: &mut Opener<'_>,
    tenant: TenantId,
    subject: Subject,
) -> Result<Option<StoredBase>, Error> {
    let sql = "SELECT position, content_hash, key_number, sealed FROM bases WHERE tenant = ? AND subject = ?";
    let mut query = connection.prepare_cached(sql)?;
    let mut rows = query.query(params![tenant.to_bytes(), subject_bytes(subject)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let content_hash = ContentHash::from_bytes(bytes(row, 1)?);
    let place = places::of_base(tenant, subject, content_hash);
    let bytes = opener.open((subject, number(row, 2)?), &place, blob(row, 3)?)?;
    Ok(Some(StoredBase { subject, bytes, content_hash, position: position(row, 0)? }))
}
