//! Lives: which positions the store still stands by. A life lasts for as long as one connection of one server is open, and
//! the next begins with the first that comes after it. A restore, or a stand-by that takes over, cuts them all: what was
//! lost by it is then of a life that the database does not know, or behind the place where the next one began. Readers of
//! such a cursor start anew.
//!
//! Whoever is connected holds a lock that the others can hold too; whoever could hold it alone is the first.

use super::row::{bytes, get, number};
use super::transaction::{Tx, params};
use crate::store::{Error, Life, LogPosition};
use std::sync::{Mutex, PoisonError};
use tokio_postgres::Client;
use walkbook_model::TenantId;

/// So many lives are remembered; a reader of an earlier one starts anew.
const KEPT: i64 = 1_000;

/// The locks' names, within the database: to come in one by one, and to be there.
const COMING: i64 = 0x77616c6b_00000001;
const BEING_THERE: i64 = 0x77616c6b_00000002;

/// A life, and its number in this database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbered {
    number: i64,
    life: Life,
}

/// The life that this server's connections are of.
#[derive(Default)]
pub(super) struct Presence(Mutex<Option<Numbered>>);

impl Presence {
    pub(super) fn set(&self, life: Numbered) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(life);
    }

    fn get(&self) -> Option<Numbered> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn number(&self) -> i64 {
        self.get().map_or(0, |life| life.number)
    }

    pub(super) fn life(&self) -> Life {
        // The store was opened, so there was a connection.
        self.get().map_or(Life([0; 8]), |life| life.life)
    }
}

/// Takes part in the life that is under way; where nobody else is there, begins one of this id.
pub(super) async fn take_part(client: &Client, id: [u8; 8]) -> Result<Numbered, Error> {
    client.batch_execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({COMING})")).await?;
    let first = client.query_one("SELECT pg_try_advisory_lock($1)", params![BEING_THERE]).await?;
    let row = if get(&first, 0)? {
        let row = client.query_one("INSERT INTO lives (id) VALUES ($1) RETURNING number, id", params![id]).await?;
        let forgotten = get::<i64>(&row, 0)?.saturating_sub(KEPT);
        client.execute("DELETE FROM lives WHERE number <= $1", params![forgotten]).await?;
        row
    } else {
        client.query_one("SELECT number, id FROM lives ORDER BY number DESC LIMIT 1", &[]).await?
    };
    client.execute("SELECT pg_advisory_lock_shared($1)", params![BEING_THERE]).await?;
    if get(&first, 0)? {
        client.execute("SELECT pg_advisory_unlock($1)", params![BEING_THERE]).await?;
    }
    client.batch_execute("COMMIT").await?;
    Ok(Numbered { number: get(&row, 0)?, life: Life(bytes(&row, 1)?) })
}

pub(super) fn stands_by(tx: &Tx<'_>, tenant: TenantId, Life(id): Life, position: LogPosition) -> Result<bool, Error> {
    // The life ended where the next began; the last one has come as far as the tenant has.
    let sql = "SELECT coalesce(
            (SELECT position FROM life_starts WHERE tenant = $1 AND life > l.number ORDER BY life LIMIT 1),
            (SELECT position FROM tenants WHERE id = $1), 0)
        FROM lives AS l WHERE id = $2";
    let ended = tx.row(sql, params![tenant.to_bytes(), id])?.map(|row| number(&row, 0)).transpose()?;
    Ok(ended.is_some_and(|ended| position.get() <= ended))
}
