//! People who were erased.

use super::audit::append;
use super::documents::put_bases;
use super::log::advance;
use super::row::{bytes, get, int, number, position, subject_bytes};
use super::transaction::{About, Mode, Tx, Values, params};
use super::{PostgresStore, entries, feed, marks};
use crate::store::sealing::content::plain;
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{Content, Deed, Erasure, Erasures, Error, LogPosition, Recorded, Seen, StoredEntry, Verdict};
use walkbook_ledger::Subject;
use walkbook_model::{ContactId, ContentHash, DeviceId, DoorId, EntryId, TenantId};
use walkbook_vault::Salt;

impl Erasures for PostgresStore {
    fn erase(&self, tenant: TenantId, erasure: &Erasure) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| {
            if !still_stands(tx, tenant, erasure)? {
                return Ok(false);
            }
            erase(tx, keyring, tenant, erasure)?;
            if note_erased(tx, tenant, erasure)?
                && let Some((ground, stamp)) = erasure.order
            {
                let (door, contacts) = (erasure.door, erasure.contacts.iter().copied().collect());
                append(tx, keyring, tenant, Deed::PersonErased { door, contacts, ground }, stamp)?;
            }
            Ok(true)
        })
    }

    fn erased_at(&self, tenant: TenantId, doors: &[DoorId]) -> Result<Vec<(DoorId, ContactId)>, Error> {
        let doors: Vec<Vec<u8>> = doors.iter().map(|door| door.to_bytes().to_vec()).collect();
        let rest = "WHERE tenant = $1 AND door = ANY ($2) ORDER BY door, contact";
        self.select_erased(tenant, rest, params![tenant.to_bytes(), doors])
    }

    fn erased(&self, tenant: TenantId) -> Result<Vec<(DoorId, ContactId)>, Error> {
        self.select_erased(tenant, "WHERE tenant = $1 ORDER BY door, contact", params![tenant.to_bytes()])
    }

    fn erased_entries_of(&self, tenant: TenantId, subject: Subject) -> Result<Vec<EntryId>, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT device, seq FROM entries WHERE tenant = $1 AND subject = $2 AND erased IS NOT NULL";
            let rows = tx.rows(sql, params![tenant.to_bytes(), subject_bytes(subject)])?;
            rows.iter().map(|row| Ok(EntryId::new(DeviceId::from_bytes(bytes(row, 0)?), number(row, 1)?))).collect()
        })
    }

    fn erased_of(
        &self,
        tenant: TenantId,
        device: DeviceId,
        since: LogPosition,
        limit: u32,
    ) -> Result<Vec<(LogPosition, StoredEntry)>, Error> {
        self.read(tenant, |tx, keyring| {
            let sql = format!(
                "SELECT {}, e.erased FROM entries AS e
                 WHERE tenant = $1 AND device = $2 AND erased > $3 ORDER BY erased LIMIT $4",
                entries::COLUMNS
            );
            let values = params![tenant.to_bytes(), device.to_bytes(), int(since.get())?, i64::from(limit)];
            let rows = tx.rows(&sql, values)?;
            entries::read_keys(tx, tenant, rows.iter())?;
            let mut opener = Opener::new(tx, keyring, tenant);
            let erased = |row| Ok((position(row, entries::COUNT)?, entries::read(&mut opener, tenant, row)?));
            rows.iter().map(erased).collect()
        })
    }

    fn all_about(&self, tenant: TenantId, subject: Subject) -> Result<Vec<StoredEntry>, Error> {
        self.read(tenant, |tx, keyring| {
            let rest = "WHERE tenant = $1 AND subject = $2 ORDER BY device, seq";
            entries::select(tx, keyring, tenant, rest, params![tenant.to_bytes(), subject_bytes(subject)])
        })
    }

    fn recorded(&self) -> Result<Option<Recorded>, Error> {
        self.work(About::Every, Mode::Read, |tx| {
            let row = tx.row("SELECT number, link FROM erasures_recorded", &[])?;
            let recorded =
                |row| Ok(Recorded { number: number(&row, 0)?, link: ContentHash::from_bytes(bytes(&row, 1)?) });
            row.map(recorded).transpose()
        })
    }

    fn note_recorded(&self, recorded: Recorded) -> Result<(), Error> {
        self.work(About::Every, Mode::Write, |tx| {
            let sql = "INSERT INTO erasures_recorded (id, number, link) VALUES (1, $1, $2)
                ON CONFLICT (id) DO UPDATE SET number = excluded.number, link = excluded.link
                WHERE erasures_recorded.number < excluded.number";
            tx.execute(sql, params![int(recorded.number)?, recorded.link.to_bytes()])?;
            Ok(())
        })
    }
}

impl PostgresStore {
    fn select_erased(
        &self,
        tenant: TenantId,
        rest: &str,
        values: Values<'_>,
    ) -> Result<Vec<(DoorId, ContactId)>, Error> {
        self.read(tenant, |tx, _| {
            let rows = tx.rows(&format!("SELECT door, contact FROM erased {rest}"), values)?;
            let pair = |row| Ok((DoorId::from_bytes(bytes(row, 0)?), ContactId::from_bytes(bytes(row, 1)?)));
            rows.iter().map(pair).collect()
        })
    }
}

/// Whether everything about the door is as it was when the erasure was computed.
fn still_stands(tx: &Tx<'_>, tenant: TenantId, erasure: &Erasure) -> Result<bool, Error> {
    let sql = "SELECT (SELECT count(*) FROM entries WHERE tenant = $1 AND subject = $2) = $3
        AND (SELECT count(*) FROM rescued WHERE tenant = $1 AND subject = $2 AND decided_at IS NULL) = $5
        AND NOT EXISTS (SELECT 1 FROM entries WHERE tenant = $1 AND subject = $2 AND position > $4)
        AND NOT EXISTS (SELECT 1 FROM bases WHERE tenant = $1 AND subject = $2 AND position > $4)";
    let Seen { entries, rescued, as_of } = erasure.seen;
    let (tenant, subject) = (tenant.to_bytes(), subject_bytes(Subject::Door(erasure.door)));
    let values = params![tenant, subject, int(entries)?, int(as_of.get())?, int(rescued)?];
    get(&tx.row(sql, values)?.ok_or(Error::Damaged { what: "entries" })?, 0)
}

fn erase(tx: &Tx<'_>, keyring: &Keyring, tenant: TenantId, erasure: &Erasure) -> Result<(), Error> {
    let subject = Subject::Door(erasure.door);
    let mut sealer = Sealer::new(tx, keyring, tenant);
    for (id, left) in &erasure.left {
        let (device, seq) = (id.device.to_bytes(), int(id.seq)?);
        let rest = "WHERE tenant = $1 AND device = $2 AND seq = $3";
        let Some(entry) = entries::select(tx, keyring, tenant, rest, params![tenant.to_bytes(), device, seq])?.pop()
        else {
            continue;
        };
        let position = LogPosition::new(advance(tx, tenant, 1)?);
        let at = int(position.get())?;
        match left {
            Some(payload) => {
                let header = entry.header.to_bytes();
                let place = places::of_entry(tenant, id.device, subject, &header, entry.payload_hash);
                // The salt goes with what it hid.
                let content = Content { salt: Salt::from_bytes([0; 16]), payload: payload.clone() };
                let (key, sealed) = sealer.seal(subject, &place, &plain(&content))?;
                let sql = "UPDATE entries SET key_number = $4, sealed = $5, erased = $6
                    WHERE tenant = $1 AND device = $2 AND seq = $3";
                tx.execute(sql, params![tenant.to_bytes(), device, seq, int(key)?, sealed, at])?;
            }
            None => {
                // One that was refused stays as it was refused.
                let sql = "UPDATE entries SET key_number = NULL, sealed = NULL, erased = $4, position = NULL,
                    recalled = CASE WHEN verdict = 0 THEN $4 ELSE recalled END,
                    reason = CASE WHEN verdict = 1 THEN reason ELSE $5 END, verdict = 1
                    WHERE tenant = $1 AND device = $2 AND seq = $3";
                let why = i64::from(erasure.gone.0);
                tx.execute(sql, params![tenant.to_bytes(), device, seq, at, why])?;
            }
        }
        if entry.verdict == Verdict::Accepted || left.is_none() {
            feed::publish_erased(tx, (tenant, subject), *id, position)?;
        }
        let sql = "UPDATE decisions SET key_number = NULL, sealed_words = NULL
            WHERE tenant = $1 AND device = $2 AND seq = $3";
        tx.execute(sql, params![tenant.to_bytes(), device, seq])?;
    }
    for number in &erasure.rescued {
        let sql = "UPDATE rescued SET key_number = NULL, sealed = NULL WHERE tenant = $1 AND number = $2";
        tx.execute(sql, params![tenant.to_bytes(), int(*number)?])?;
    }
    if let Some(base) = &erasure.base {
        put_bases(tx, keyring, tenant, std::slice::from_ref(base))?;
    }
    let position = LogPosition::new(advance(tx, tenant, 0)?.saturating_sub(1));
    marks::put(tx, tenant, &[(subject, position)])
}

/// Notes who was erased; whether one of them is new.
fn note_erased(tx: &Tx<'_>, tenant: TenantId, erasure: &Erasure) -> Result<bool, Error> {
    let position = int(advance(tx, tenant, 0)?.saturating_sub(1))?;
    let contacts: Vec<Vec<u8>> = erasure.contacts.iter().map(|contact| contact.to_bytes().to_vec()).collect();
    let sql = "INSERT INTO erased (tenant, door, contact, position)
        SELECT $1::bytea, $2::bytea, contact, $4::bigint FROM unnest($3::bytea[]) AS f (contact) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, params![tenant.to_bytes(), erasure.door.to_bytes(), contacts, position])? > 0)
}
