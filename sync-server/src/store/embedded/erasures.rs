//! People who were erased.

use super::audit::append;
use super::documents::put_base;
use super::feed::{self, Kind};
use super::log::advance;
use super::row::{bytes, int, number, position, subject_bytes};
use super::{EmbeddedStore, entries, marks};
use crate::store::sealing::content::plain;
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{Content, Deed, Erasure, Erasures, Error, LogPosition, Recorded, Seen, StoredEntry, Verdict};
use rusqlite::{Connection, Params, Row, params};
use walkbook_ledger::Subject;
use walkbook_model::{ContactId, ContentHash, DeviceId, DoorId, EntryId, TenantId};
use walkbook_vault::Salt;

impl Erasures for EmbeddedStore {
    fn erase(&self, tenant: TenantId, erasure: &Erasure) -> Result<bool, Error> {
        let erasure = erasure.clone();
        let done = self.write(move |connection, keyring| {
            if !still_stands(connection, tenant, &erasure)? {
                return Ok(false);
            }
            erase(connection, keyring, tenant, &erasure)?;
            if note_erased(connection, tenant, &erasure)?
                && let Some((ground, stamp)) = erasure.order
            {
                let (door, contacts) = (erasure.door, erasure.contacts.iter().copied().collect());
                append(connection, keyring, tenant, Deed::PersonErased { door, contacts, ground }, stamp)?;
            }
            Ok(true)
        })?;
        if done {
            // What was overwritten is not to live on beside the database.
            self.forget_destroyed()?;
        }
        Ok(done)
    }

    fn erased_at(&self, tenant: TenantId, doors: &[DoorId]) -> Result<Vec<(DoorId, ContactId)>, Error> {
        self.read(|connection, _| {
            let mut erased = Vec::new();
            for door in doors {
                let rest = "WHERE tenant = ? AND door = ? ORDER BY contact";
                erased.extend(select_erased(connection, rest, params![tenant.to_bytes(), door.to_bytes()])?);
            }
            Ok(erased)
        })
    }

    fn erased(&self, tenant: TenantId) -> Result<Vec<(DoorId, ContactId)>, Error> {
        self.read(|connection, _| {
            select_erased(connection, "WHERE tenant = ? ORDER BY door, contact", params![tenant.to_bytes()])
        })
    }

    fn erased_entries_of(&self, tenant: TenantId, subject: Subject) -> Result<Vec<EntryId>, Error> {
        self.read(|connection, _| {
            let sql = "SELECT device, seq FROM entries WHERE tenant = ? AND subject = ? AND erased IS NOT NULL";
            let mut query = connection.prepare_cached(sql)?;
            let id = |row: &Row<'_>| Ok(EntryId::new(DeviceId::from_bytes(bytes(row, 0)?), number(row, 1)?));
            query.query_and_then(params![tenant.to_bytes(), subject_bytes(subject)], id)?.collect()
        })
    }

    fn erased_of(
        &self,
        tenant: TenantId,
        device: DeviceId,
        since: LogPosition,
        limit: u32,
    ) -> Result<Vec<(LogPosition, StoredEntry)>, Error> {
        self.read(|connection, keyring| {
            let sql = format!(
                "SELECT {}, e.erased FROM entries AS e
                 WHERE tenant = ? AND device = ? AND erased > ? ORDER BY erased LIMIT ?",
                entries::COLUMNS
            );
            let mut query = connection.prepare_cached(&sql)?;
            let mut opener = Opener::new(connection, keyring, tenant);
            let values = params![tenant.to_bytes(), device.to_bytes(), int(since.get())?, limit];
            let erased = |row: &Row<'_>| Ok((position(row, entries::COUNT)?, entries::read(&mut opener, tenant, row)?));
            query.query_and_then(values, erased)?.collect()
        })
    }

    fn all_about(&self, tenant: TenantId, subject: Subject) -> Result<Vec<StoredEntry>, Error> {
        self.read(|connection, keyring| {
            let rest = "WHERE tenant = ? AND subject = ? ORDER BY device, seq";
            entries::select(connection, keyring, tenant, rest, params![tenant.to_bytes(), subject_bytes(subject)])
        })
    }

    fn recorded(&self) -> Result<Option<Recorded>, Error> {
        self.read(|connection, _| recorded(connection))
    }

    fn note_recorded(&self, recorded: Recorded) -> Result<(), Error> {
        self.write(move |connection, _| {
            let sql = "INSERT INTO erasures_recorded (id, number, link) VALUES (1, ?, ?)
                ON CONFLICT DO UPDATE SET number = excluded.number, link = excluded.link
                WHERE erasures_recorded.number < excluded.number";
            connection.execute(sql, params![int(recorded.number)?, recorded.link.to_bytes()])?;
            Ok(())
        })
    }
}

pub(super) fn recorded(connection: &Connection) -> Result<Option<Recorded>, Error> {
    let mut query = connection.prepare_cached("SELECT number, link FROM erasures_recorded")?;
    let recorded =
        |row: &Row<'_>| Ok(Recorded { number: number(row, 0)?, link: ContentHash::from_bytes(bytes(row, 1)?) });
    query.query_and_then([], recorded)?.next().transpose()
}

fn select_erased(connection: &Connection, rest: &str, values: impl Params) -> Result<Vec<(DoorId, ContactId)>, Error> {
    let mut query = connection.prepare_cached(&format!("SELECT door, contact FROM erased {rest}"))?;
    let pair = |row: &Row<'_>| Ok((DoorId::from_bytes(bytes(row, 0)?), ContactId::from_bytes(bytes(row, 1)?)));
    query.query_and_then(values, pair)?.collect()
}

/// Whether everything about the door is as it was when the erasure was computed.
fn still_stands(connection: &Connection, tenant: TenantId, erasure: &Erasure) -> Result<bool, Error> {
    let sql = "SELECT (SELECT count(*) FROM entries WHERE tenant = ?1 AND subject = ?2) = ?3
        AND (SELECT count(*) FROM rescued WHERE tenant = ?1 AND subject = ?2 AND decided_at IS NULL) = ?5
        AND NOT EXISTS (SELECT 1 FROM entries WHERE tenant = ?1 AND subject = ?2 AND position > ?4)
        AND NOT EXISTS (SELECT 1 FROM bases WHERE tenant = ?1 AND subject = ?2 AND position > ?4)";
    let Seen { entries, rescued, as_of } = erasure.seen;
    let (tenant, subject) = (tenant.to_bytes(), subject_bytes(Subject::Door(erasure.door)));
    let values = params![tenant, subject, int(entries)?, int(as_of.get())?, int(rescued)?];
    Ok(connection.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
}

fn erase(connection: &Connection, keyring: &Keyring, tenant: TenantId, erasure: &Erasure) -> Result<(), Error> {
    let subject = Subject::Door(erasure.door);
    let mut sealer = Sealer::new(connection, keyring, tenant);
    let rest = "WHERE tenant = ? AND device = ? AND seq = ?";
    for (id, left) in &erasure.left {
        let names = params![tenant.to_bytes(), id.device.to_bytes(), int(id.seq)?];
        let Some(entry) = entries::select(connection, keyring, tenant, rest, names)?.pop() else { continue };
        let position = LogPosition::new(advance(connection, tenant, 1)?);
        match left {
            Some(payload) => {
                let header = entry.header.to_bytes();
                let place = places::of_entry(tenant, id.device, subject, &header, entry.payload_hash);
                // The salt goes with what it hid.
                let content = Content { salt: Salt::from_bytes([0; 16]), payload: payload.clone() };
                let (key, sealed) = sealer.seal(subject, &place, &plain(&content))?;
                let sql = "UPDATE entries SET key_number = ?, sealed = ?, erased = ?
                    WHERE tenant = ? AND device = ? AND seq = ?";
                let at = int(position.get())?;
                let names = (tenant.to_bytes(), id.device.to_bytes(), int(id.seq)?);
                connection.prepare_cached(sql)?.execute(params![int(key)?, sealed, at, names.0, names.1, names.2])?;
            }
            None => {
                // One that was refused stays as it was refused.
                let sql = "UPDATE entries SET key_number = NULL, sealed = NULL, erased = ?1, position = NULL,
                    recalled = iif(verdict = 0, ?1, recalled), reason = iif(verdict = 1, reason, ?2), verdict = 1
                    WHERE tenant = ?3 AND device = ?4 AND seq = ?5";
                let (at, why) = (int(position.get())?, i64::from(erasure.gone.0));
                let names = (tenant.to_bytes(), id.device.to_bytes(), int(id.seq)?);
                connection.prepare_cached(sql)?.execute(params![at, why, names.0, names.1, names.2])?;
            }
        }
        if entry.verdict == Verdict::Accepted || left.is_none() {
            feed::publish(connection, tenant, subject, position, Kind::Erased(id.device, id.seq))?;
        }
        let sql = "UPDATE decisions SET key_number = NULL, sealed_words = NULL
            WHERE tenant = ? AND device = ? AND seq = ?";
        connection.prepare_cached(sql)?.execute(params![tenant.to_bytes(), id.device.to_bytes(), int(id.seq)?])?;
    }
    for number in &erasure.rescued {
        let sql = "UPDATE rescued SET key_number = NULL, sealed = NULL WHERE tenant = ? AND number = ?";
        connection.execute(sql, params![tenant.to_bytes(), int(*number)?])?;
    }
    if let Some(base) = &erasure.base {
        put_base(connection, &mut sealer, tenant, base)?;
    }
    let position = LogPosition::new(advance(connection, tenant, 0)?.saturating_sub(1));
    marks::put(connection, tenant, subject, position)
}

/// Notes who was erased; whether one of them is new.
fn note_erased(connection: &Connection, tenant: TenantId, erasure: &Erasure) -> Result<bool, Error> {
    let position = int(advance(connection, tenant, 0)?.saturating_sub(1))?;
    let sql = "INSERT INTO erased (tenant, door, contact, position) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
    let mut note = connection.prepare_cached(sql)?;
    let mut new = 0;
    for contact in &erasure.contacts {
        new += note.execute(params![tenant.to_bytes(), erasure.door.to_bytes(), contact.to_bytes(), position])?;
    }
    Ok(new > 0)
}
