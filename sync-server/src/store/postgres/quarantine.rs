//! What is set aside, and what was decided about it.

use super::audit::append;
use super::directory::find_device;
use super::log::{advance, has_changed};
use super::row::{at, bound, get, instant, int, maybe_position, number, subject, uint, verdict, verdict_columns};
use super::transaction::{Tx, Values, params};
use super::{PostgresStore, entries, feed, lists, outbox};
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{
    Decision, Deed, Error, Held, LogPosition, Quarantine, Stamp, Standing, StoredEntry, Verdict, Which,
};
use tokio_postgres::Row;
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, EntryId, TenantId, Timestamp};

impl Quarantine for PostgresStore {
    fn quarantined(&self, tenant: TenantId, skip: u64, limit: u32) -> Result<Vec<StoredEntry>, Error> {
        self.read(tenant, |tx, keyring| {
            let rest = "WHERE tenant = $1 AND verdict = 2 ORDER BY arrived LIMIT $2 OFFSET $3";
            let values = params![tenant.to_bytes(), i64::from(limit), int(skip)?];
            entries::select(tx, keyring, tenant, rest, values)
        })
    }

    fn count_quarantined(&self, tenant: TenantId) -> Result<u64, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT count(*) FROM entries WHERE tenant = $1 AND verdict = 2";
            tx.row(sql, params![tenant.to_bytes()])?.map_or(Ok(0), |row| number(&row, 0))
        })
    }

    fn decide(&self, tenant: TenantId, entry: EntryId, decision: Decision, stamp: Stamp) -> Result<Standing, Error> {
        self.write(tenant, |tx, keyring| decide(tx, keyring, (tenant, entry), &decision, stamp))
    }

    fn decided_since(
        &self,
        tenant: TenantId,
        device: DeviceId,
        since: LogPosition,
        limit: u32,
    ) -> Result<Vec<Standing>, Error> {
        self.read(tenant, |tx, keyring| {
            let rest = "JOIN decisions AS d ON d.tenant = e.tenant AND d.device = e.device AND d.seq = e.seq
                WHERE d.tenant = $1 AND d.device = $2 AND d.position > $3 ORDER BY d.position LIMIT $4";
            let values = params![tenant.to_bytes(), device.to_bytes(), int(since.get())?, i64::from(limit)];
            standings(tx, keyring, (tenant, device), rest, values)
        })
    }

    fn standings_of(&self, tenant: TenantId, device: DeviceId, after: u64, limit: u32) -> Result<Vec<Standing>, Error> {
        self.read(tenant, |tx, keyring| {
            let rest = "LEFT JOIN decisions AS d ON d.tenant = e.tenant AND d.device = e.device AND d.seq = e.seq
                WHERE e.tenant = $1 AND e.device = $2 AND e.seq IN (
                    SELECT seq FROM entries WHERE tenant = $1 AND device = $2 AND seq > $3 AND verdict = 2
                    UNION ALL SELECT seq FROM decisions WHERE tenant = $1 AND device = $2 AND seq > $3
                    ORDER BY seq LIMIT $4) ORDER BY e.seq";
            let values = params![tenant.to_bytes(), device.to_bytes(), int(after)?, i64::from(limit)];
            standings(tx, keyring, (tenant, device), rest, values)
        })
    }
}

fn decide(
    tx: &Tx<'_>,
    keyring: &Keyring,
    (tenant, entry): (TenantId, EntryId),
    decision: &Decision,
    stamp: Stamp,
) -> Result<Standing, Error> {
    let unknown = Error::Unknown { what: "entry that is set aside" };
    let (stands, about) = standing(tx, keyring, tenant, entry)?.ok_or(unknown.clone())?;
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
    append(tx, keyring, tenant, deed, stamp)?;
    let position = match decision {
        Decision::Release { updates, updates_as_of } => {
            if has_changed(tx, tenant, [about].into_iter(), *updates_as_of)? {
                let log = find_device(tx, tenant, entry.device)?.ok_or(Error::Unknown { what: "device" })?;
                return Err(Error::Conflict { last_seq: log.last_seq, tip: log.tip });
            }
            let position = LogPosition::new(advance(tx, tenant, 1)?);
            mark_released(tx, tenant, entry, position)?;
            feed::publish_entry(tx, (tenant, about), entry, position)?;
            outbox::put(tx, tenant, entry, position)?;
            keep(tx, (tenant, entry), position, None, now)?;
            lists::update(tx, tenant, updates, now)?;
            position
        }
        Decision::Refuse { words, .. } => {
            let position = LogPosition::new(advance(tx, tenant, 1)?);
            mark_refused(tx, tenant, entry, becomes)?;
            let sealed = seal(tx, keyring, (tenant, entry, about), words)?;
            keep(tx, (tenant, entry), position, sealed, now)?;
            position
        }
    };
    let words = match decision {
        Decision::Refuse { words, .. } if !words.is_empty() => Some(Held::Readable(words.clone())),
        _ => None,
    };
    Ok(Standing { verdict: becomes, decided: Some((position, now)), words, ..stands })
}

fn mark_released(tx: &Tx<'_>, tenant: TenantId, entry: EntryId, position: LogPosition) -> Result<(), Error> {
    let sql = "UPDATE entries SET verdict = 0, position = $4 WHERE tenant = $1 AND device = $2 AND seq = $3";
    let (device, seq) = (entry.device.to_bytes(), int(entry.seq)?);
    tx.execute(sql, params![tenant.to_bytes(), device, seq, int(position.get())?])?;
    Ok(())
}

fn mark_refused(tx: &Tx<'_>, tenant: TenantId, entry: EntryId, becomes: Verdict) -> Result<(), Error> {
    let sql = "UPDATE entries SET verdict = $4, reason = $5, key_number = NULL, sealed = NULL
        WHERE tenant = $1 AND device = $2 AND seq = $3";
    let (verdict, reason) = verdict_columns(becomes);
    let (device, seq) = (entry.device.to_bytes(), int(entry.seq)?);
    tx.execute(sql, params![tenant.to_bytes(), device, seq, verdict, reason.map(i64::from)])?;
    Ok(())
}

type Sealed = (i64, Vec<u8>);

fn keep(
    tx: &Tx<'_>,
    (tenant, entry): (TenantId, EntryId),
    position: LogPosition,
    sealed: Option<Sealed>,
    now: Timestamp,
) -> Result<(), Error> {
    let (key_number, words) = sealed.unzip();
    let sql = "INSERT INTO decisions (tenant, device, seq, position, decided_at, key_number, sealed_words)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let (device, seq, position) = (entry.device.to_bytes(), int(entry.seq)?, int(position.get())?);
    tx.execute(sql, params![tenant.to_bytes(), device, seq, position, at(now)?, key_number, words])?;
    Ok(())
}

fn seal(
    tx: &Tx<'_>,
    keyring: &Keyring,
    (tenant, entry, about): (TenantId, EntryId, Subject),
    words: &str,
) -> Result<Option<Sealed>, Error> {
    if words.is_empty() {
        return Ok(None);
    }
    let place = places::of_words(tenant, about, entry);
    let (number, sealed) = Sealer::new(tx, keyring, tenant).seal(about, &place, words.as_bytes())?;
    Ok(Some((int(number)?, sealed)))
}

const COLUMNS: &str =
    "e.seq, e.verdict, e.reason, e.bound, e.subject, d.position, d.decided_at, d.key_number, d.sealed_words";

fn standing(
    tx: &Tx<'_>,
    keyring: &Keyring,
    tenant: TenantId,
    entry: EntryId,
) -> Result<Option<(Standing, Subject)>, Error> {
    let Ok(seq) = int(entry.seq) else { return Ok(None) };
    let sql = format!(
        "SELECT {COLUMNS} FROM entries AS e
         LEFT JOIN decisions AS d ON d.tenant = e.tenant AND d.device = e.device AND d.seq = e.seq
         WHERE e.tenant = $1 AND e.device = $2 AND e.seq = $3"
    );
    let row = tx.row(&sql, params![tenant.to_bytes(), entry.device.to_bytes(), seq])?;
    let Some(row) = row else { return Ok(None) };
    let mut opener = Opener::new(tx, keyring, tenant);
    Ok(Some((read(&mut opener, (tenant, entry.device), &row)?, subject(&row, 4)?)))
}

fn standings(
    tx: &Tx<'_>,
    keyring: &Keyring,
    log: (TenantId, DeviceId),
    rest: &str,
    values: Values<'_>,
) -> Result<Vec<Standing>, Error> {
    let rows = tx.rows(&format!("SELECT {COLUMNS} FROM entries AS e {rest}"), values)?;
    let mut opener = Opener::new(tx, keyring, log.0);
    rows.iter().map(|row| read(&mut opener, log, row)).collect()
}

fn read(opener: &mut Opener<'_>, (tenant, device): (TenantId, DeviceId), row: &Row) -> Result<Standing, Error> {
    let (seq, about) = (number(row, 0)?, subject(row, 4)?);
    let decided = maybe_position(row, 5)?.map(|position| Ok::<_, Error>((position, instant(row, 6)?))).transpose()?;
    let words = match (get::<Option<i64>>(row, 7)?, get::<Option<&[u8]>>(row, 8)?) {
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
