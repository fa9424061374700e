//! Lives: which positions the store still stands by. A life begins at every opening, unless another process has the store
//! open already; what is given out from then on is of that life. A store that was restored knows neither the lives that
//! came after its backup nor where they ended: their cursors count for nothing, and their readers start anew.

use super::row::{bytes, number};
use crate::store::{Error, Life, LogPosition};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use walkbook_model::TenantId;

/// So many lives are remembered; a reader of an earlier one starts anew.
const KEPT: i64 = 1_000;

pub(super) fn begin(connection: &mut Connection, id: [u8; 8]) -> Result<Life, Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute("INSERT INTO lives (id) VALUES (?)", [id])?;
    let number = transaction.last_insert_rowid();
    let sql = "INSERT INTO life_starts (tenant, life, position) SELECT id, ?, position FROM tenants";
    transaction.execute(sql, [number])?;
    transaction.execute("DELETE FROM lives WHERE number <= ?", [number - KEPT])?;
    transaction.commit()?;
    Ok(Life(id))
}

/// The life that another process has begun.
pub(super) fn last(connection: &Connection) -> Result<Option<Life>, Error> {
    let mut query = connection.prepare("SELECT id FROM lives ORDER BY number DESC LIMIT 1")?;
    query.query_and_then([], |row| bytes(row, 0).map(Life))?.next().transpose()
}

pub(super) fn stands_by(
    connection: &Connection,
    tenant: TenantId,
    Life(id): Life,
    position: LogPosition,
) -> Result<bool, Error> {
    let life: Option<i64> = connection
        .prepare_cached("SELECT number FROM lives WHERE id = ?")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(life) = life else { return Ok(false) };
    // The life ended where the next began; the last one has come as far as the tenant has.
    let sql =
        "SELECT coalesce((SELECT position FROM life_starts WHERE tenant = ?1 AND life > ?2 ORDER BY life LIMIT 1),
            (SELECT position FROM tenants WHERE id = ?1), 0)";
    let mut query = connection.prepare_cached(sql)?;
    let ended = query.query_and_then(params![tenant.to_bytes(), life], |row| number(row, 0))?.next().transpose()?;
    Ok(position.get() <= ended.unwrap_or_default())
}
