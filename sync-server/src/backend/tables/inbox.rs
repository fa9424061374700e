//! What others changed in the tables.

use crate::backend::inbox::{Asking, Noticed, PAGE, Settled};
use crate::store::audit::LastWord;
use rusqlite::{Connection, Row, params};
use walkbook_model::{TenantId, Timestamp};

pub(super) fn noticed(connection: &Connection, tenant: TenantId, asking: Asking) -> rusqlite::Result<Vec<Noticed>> {
    let (given_up, after, now) = match asking {
        Asking::Due(after, now) => (false, after, at(now)),
        Asking::GivenUp => (true, 0, i64::MAX),
    };
    let sql = "SELECT number, door, contact, field, value, epoch, tips, attempts, reason,
            (SELECT wins FROM authority a WHERE a.tenant = noticed.tenant AND a.field = noticed.field)
        FROM noticed WHERE tenant = ? AND given_up = ? AND number > ? AND retry_at <= ? ORDER BY number LIMIT ?";
    let mut query = connection.prepare_cached(sql)?;
    query.query_map(params![tenant.to_string(), given_up, after, now, PAGE], read)?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Noticed> {
    Ok(Noticed {
        number: row.get(0)?,
        door: row.get(1)?,
        contact: row.get(2)?,
        field: row.get(3)?,
        value: row.get(4)?,
        epoch: row.get(5)?,
        tips: row.get(6)?,
        attempts: row.get(7)?,
        reason: row.get(8)?,
        wins: row.get::<_, Option<String>>(9)?.and_then(|wins| LastWord::from_name(&wins)),
    })
}

/// Whether there is such a change.
pub(super) fn settle(
    connection: &Connection,
    tenant: TenantId,
    number: i64,
    settled: Settled,
) -> rusqlite::Result<bool> {
    let tenant = tenant.to_string();
    let of = "WHERE tenant = ?1 AND number = ?2";
    let changed = match settled {
        Settled::Made(entry) => return made(connection, &tenant, number, &entry.to_string()),
        Settled::MadeOn(epoch, tips) => connection
            .execute(&format!("UPDATE noticed SET epoch = ?3, tips = ?4 {of}"), params![tenant, number, epoch, tips])?,
        Settled::Done => connection.execute(&format!("DELETE FROM noticed {of}"), params![tenant, number])?,
        Settled::PutOff(reason, then) => connection.execute(
            &format!("UPDATE noticed SET attempts = attempts + 1, reason = ?3, retry_at = ?4 {of}"),
            params![tenant, number, reason, at(then)],
        )?,
        Settled::GivenUp(reason) => connection.execute(
            &format!("UPDATE noticed SET attempts = attempts + 1, reason = ?3, given_up = 1 {of}"),
            params![tenant, number, reason],
        )?,
        Settled::Again => connection.execute(
            &format!("UPDATE noticed SET attempts = 0, retry_at = 0, given_up = 0 {of}"),
            params![tenant, number],
        )?,
    };
    Ok(changed > 0)
}

/// Forgets a change, and has its door's later ones made on top of its entry.
fn made(connection: &Connection, tenant: &str, number: i64, entry: &str) -> rusqlite::Result<bool> {
    let transaction = connection.unchecked_transaction()?;
    let sql = "UPDATE noticed AS later
        SET tips = iif(later.tips = made.tips AND later.epoch = made.epoch, ?3, later.tips || ' ' || ?3)
        FROM (SELECT door, tips, epoch FROM noticed WHERE tenant = ?1 AND number = ?2) AS made
        WHERE later.tenant = ?1 AND later.number > ?2 AND later.door = made.door";
    transaction.execute(sql, params![tenant, number, entry])?;
    let gone = transaction.execute("DELETE FROM noticed WHERE tenant = ? AND number = ?", params![tenant, number])?;
    transaction.commit()?;
    Ok(gone > 0)
}

/// Forgets changes of people who are at the door no more: they were erased.
pub(super) fn forget_gone(connection: &Connection, tenant: &str, door: &str) -> rusqlite::Result<()> {
    let sql = "DELETE FROM noticed WHERE tenant = ?1 AND door = ?2 AND contact IS NOT NULL
        AND contact NOT IN (SELECT contact FROM contact WHERE tenant = ?1 AND door = ?2)";
    connection.prepare_cached(sql)?.execute(params![tenant, door]).map(drop)
}

pub(super) fn last_words(connection: &Connection, tenant: TenantId) -> rusqlite::Result<Vec<(String, LastWord)>> {
    let mut query = connection.prepare_cached("SELECT field, wins FROM authority WHERE tenant = ? ORDER BY field")?;
    let found: Vec<(String, String)> = query
        .query_map([tenant.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(found.into_iter().filter_map(|(field, wins)| Some((field, LastWord::from_name(&wins)?))).collect())
}

pub(super) fn give_last_word(
    connection: &Connection,
    tenant: TenantId,
    field: &str,
    wins: Option<LastWord>,
) -> rusqlite::Result<()> {
    let tenant = tenant.to_string();
    match wins {
        Some(wins) => connection.execute(
            "INSERT INTO authority (tenant, field, wins) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET wins = excluded.wins",
            params![tenant, field, wins.as_str()],
        ),
        None => connection.execute("DELETE FROM authority WHERE tenant = ? AND field = ?", params![tenant, field]),
    }
    .map(drop)
}

fn at(instant: Timestamp) -> i64 {
    i64::try_from(instant.as_ms()).unwrap_or(i64::MAX)
}
