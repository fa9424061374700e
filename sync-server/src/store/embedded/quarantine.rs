//! What is set aside, and what was decided about it.

use super::audit::append;
use super::directory::find_device;
use super::log::{advance, hand_on, has_changed};
use super::row::{
    at, bound, get, instant, int, maybe_blob, maybe_position, number, subject, uint, verdict, verdict_columns,
};
use super::{EmbeddedStore, entries, lists};
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{
    Decision, Deed, Error, Held, LogPosition, Quarantine, Stamp, Standing, StoredEntry, Verdict, Which,
};
use rusqlite::{Connection, Params, Row, params};
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, EntryId, TenantId, Timestamp};

impl Quarantine for EmbeddedStore {
    fn quarantined(&self, tenant: TenantId, skip: u64, limit: u32) -> Result<Vec<StoredEntry>, Error> {
        self.read(|connection, keyring| {
            let rest = "WHERE tenant = ? AND verdict = 2 ORDER BY rowid LIMIT ? OFFSET ?";
            entries::select(connection, keyring, tenant, rest, params![tenant.to_bytes(), limit, int(skip)?])
        })
    }

    fn count_quarantined(&self, tenant: TenantId) -> Result<u64, Error> {
        self.read(|connection, _| {
            let sql = "SELECT count(*) FROM entries WHERE tenant = ? AND verdict = 2";
            let count: i64 = connection.prepare_cached(sql)?.query_row([tenant.to_bytes()], |row| row.get(0))?;
            uint(count)
        })
    }

    fn decide(&self, tenant: TenantId, entry: EntryId, decision: Decision, stamp: Stamp) -> Result<Standing, Error> {
        self.write(move |connection, keyring| decide(connection, keyring, (tenant, entry), &decision, stamp))
    }

    fn decided_since(
        &self,
        tenant: TenantId,
        device: DeviceId,
        since: LogPosition,
        limit: u32,
    ) -> Result<Vec<Standing>, Error> {
        self.read(|connection, keyring| {
            let rest = "JOIN decisions AS d ON d.tenant = e.tenant AND d.device = e.device AND d.seq = e.seq
                WHERE d.tenant = ? AND d.device = ? AND d.position > ? ORDER BY d.position LIMIT ?";
            let values = params![tenant.to_bytes(), device.to_bytes(), int(since.get())?, limit];
            standings(connection, keyring, (tenant, device), rest, values)
        })
    }

    fn standings_of(&self, tenant: TenantId, device: DeviceId, after: u64, limit: u32) -> Result<Vec<Standing>, Error> {
        self.read(|connection, keyring| {
            let rest = "LEFT JOIN decisions AS d ON d.tenant = e.tenant AND d.device = e.device AND d.seq = e.seq
                WHERE e.tenant = ?1 AND e.device = ?2 AND e.seq IN (
                    SELECT seq FROM entries WHERE tenant = ?1 AND device = ?2 AND seq > ?3 AND verdict = 2
                    UNION ALL SELECT seq FROM decisions WHERE tenant = ?1 AND device = ?2 AND seq > ?3
                    ORDER BY seq LIMIT ?4) ORDER BY e.seq";
            let values = params![tenant.to_bytes(), device.to_bytes(), int(after)?, limit];
            standings(connection, keyring, (tenant, device), rest, values)
        })
    }
}

fn decide(
    connection: &Connection,
    keyring: &Keyring,
    (tenant, entry): (TenantId, EntryId),
    decision: &Decision,
    stamp: Stamp,
) -> Result<Standing, Error> {
    let unknown = Error::Unknown { what: "entry that is set aside" };
    let (stands, about) = standing(connection, keyring, tenant, entry)?.ok_or(unknown.clone())?;
    let becomes = match decision {
        Decision::Release { .. } => Verdict::Accepted,
        Decision::Refuse { reason, .. } => Verdict::Refused(*reason),
    };
    match (stands.verdict, stands.decided) {
        (Verdict::Quarantined, _) => {}
        (_, None) => return Err(unknown),
        (verdict, Some(_)) if verdict == becomes => return Ok(stands),
        (_, Some(_)) => return Err(Error::Decided),
    }
    let (which, now) = (Which::Entry(entry), stamp.at);
    let deed = match decision {
        Decision::Release { .. } => Deed::Released { which },
        Decision::Refuse { .. } => Deed::Declined { which },
    };
    append(connection, keyring, tenant, deed, stamp)?;
    let position = match decision {
        Decision::Release { updates, updates_as_of } => {
            if has_changed(connection, tenant, about, *updates_as_of)? {
                let log = find_device(connection, tenant, entry.device)?.ok_or(Error::Unknown { what: "device" })?;
                return Err(Error::Conflict { last_seq: log.last_seq, tip: log.tip });
            }
            let position = LogPosition::new(advance(connection, tenant, 1)?);
            mark_released(connection, tenant, entry, position)?;
            hand_on(connection, (tenant, about), entry, position)?;
            keep(connection, (tenant, entry), position, None, now)?;
            lists::update(connection, tenant, updates, now)?;
            position
        }
        Decision::Refuse { words, .. } => {
            let position = LogPosition::new(advance(connection, tenant, 1)?);
            mark_refused(connection, tenant, entry, becomes)?;
            let sealed = seal(connection, keyring, (tenant, entry, about), words)?;
            keep(connection, (tenant, entry), position, sealed, now)?;
            position
        }
    };
    let words = match decision {
        Decision::Refuse { words, .. } if !words.is_empty() => Some(Held::Readable(words.clone())),
        _ => None,
    };
    Ok(Standing { verdict: becomes, decided: Some((position, now)), words, ..stands })
}

fn mark_released(
    connection: &Connection,
    tenant: TenantId,
    entry: EntryId,
    position: LogPosition,
) -> Result<(), Error> {
    let sql = "UPDATE entries SET verdict = 0, position = ? WHERE tenant = ? AND device = ? AND seq = ?";
    let values = params![int(position.get())?, tenant.to_bytes(), entry.device.to_bytes(), int(entry.seq)?];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn mark_refused(connection: &Connection, tenant: TenantId, entry: EntryId, becomes: Verdict) -> Result<(), Error> {
    let sql = "UPDATE entries SET verdict = ?, reason = ?, key_number = NULL, sealed = NULL
        WHERE tenant = ? AND device = ? AND seq = ?";
    let (verdict, reason) = verdict_columns(becomes);
    let values = params![verdict, reason, tenant.to_bytes(), entry.device.to_bytes(), int(entry.seq)?];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

type Sealed = (i64, Vec<u8>);

fn keep(
    connection: &Connection,
    (tenant, entry): (TenantId, EntryId),
    position: LogPosition,
    sealed: Option<Sealed>,
    now: Timestamp,
) -> Result<(), Error> {
    let (key_number, words) = sealed.unzip();
    let sql = "INSERT INTO decisions (tenant, device, seq, position, decided_at, key_number, sealed_words)
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    let (device, seq, position) = (entry.device.to_bytes(), int(entry.seq)?, int(position.get())?);
    let values = params![tenant.to_bytes(), device, seq, position, at(now)?, key_number, words];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn seal(
    connection: &Connection,
    keyring: &Keyring,
    (tenant, entry, about): (TenantId, EntryId, Subject),
    words: &str,
) -> Result<Option<Sealed>, Error> {
    if words.is_empty() {
        return Ok(None);
    }
    let place = places::of_words(tenant, about, entry);
    let (number, sealed) = Sealer::new(connection, keyring, tenant).seal(about, &place, words.as_bytes())?;
    Ok(Some((int(number)?, sealed)))
}

const COLUMNS: &str =
    "e.seq, e.verdict, e.reason, e.bound, e.subject, d.position, d.decided_at, d.key_number, d.sealed_words";

fn standing(
    connection: &Connection,
    keyring: &Keyring,
    tenant: TenantId,
    entry: EntryId,
) -> Result<Option<(Standing, Subject)>, Error> {
    let Ok(seq) = int(entry.seq) else { return Ok(None) };
    let sql = format!(
        "SELECT {COLUMNS} FROM entries AS e
         LEFT JOIN decisions AS d ON d.tenant = e.tenant AND d.device = e.device AND d.seq = e.seq
         WHERE e.tenant = ? AND e.device = ? AND e.seq = ?"
    );
    let mut query = connection.prepare_cached(&sql)?;
    let mut rows = query.query(params![tenant.to_bytes(), entry.device.to_bytes(), seq])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut opener = Opener::new(connection, keyring, tenant);
    Ok(Some((read(&mut opener, (tenant, entry.device), row)?, subject(row, 4)?)))
}

fn standings(
    connection: &Connection,
    keyring: &Keyring,
    log: (TenantId, DeviceId),
    rest: &str,
    values: impl Params,
) -> Result<Vec<Standing>, Error> {
    let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM entries AS e {rest}"))?;
    let mut opener = Opener::new(connection, keyring, log.0);
    query.query_and_then(values, |row| read(&mut opener, log, row))?.collect()
}

fn read(opener: &mut Opener<'_>, (tenant, device): (TenantId, DeviceId), row: &Row<'_>) -> Result<Standing, Error> {
    let (seq, about) = (number(row, 0)?, subject(row, 4)?);
    let decided = maybe_position(row, 5)?.map(|position| Ok::<_, Error>((position, instant(row, 6)?))).transpose()?;
    let words = match (get::<Option<i64>>(row, 7)?, maybe_blob(row, 8)?) {
        (Some(key), Some(sealed)) => {
            let place = places::of_words(tenant, about, EntryId::new(device, seq));
            Some(match opener.open((about, uint(key)?), &place, sealed)? {
                Held::Readable(words) => String::from_utf8(words).map_or(Held::Damaged, Held::Readable),
                Held::Erased => Held::Erased,
                Held::Damaged => Held::Damaged,
            })
        }
        _ => None,
    };
    Ok(Standing { seq, verdict: verdict(row, 1)?, bound: bound(row, 3)?, decided, words })
}
