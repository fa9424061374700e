//! What others changed in the tables.

use super::session::Session;
use crate::backend::Error;
use crate::backend::inbox::{Asking, Noticed, PAGE, Settled};
use crate::store::audit::LastWord;
use tokio_postgres::Row;
use walkbook_model::{TenantId, Timestamp};

impl Session {
    pub(super) async fn noticed(&mut self, tenant: TenantId, asking: Asking) -> Result<Vec<Noticed>, Error> {
        let (given_up, after, now) = match asking {
            Asking::Due(after, now) => (false, after, at(now)),
            Asking::GivenUp => (true, 0, i64::MAX),
        };
        let sql = "SELECT number, door, contact, field, value, epoch, tips, attempts, reason,
                (SELECT wins FROM authority a WHERE a.tenant = n.tenant AND a.field = n.field)
            FROM noticed n WHERE tenant = $1 AND given_up = $2 AND number > $3 AND retry_at <= $4
            ORDER BY number LIMIT $5";
        let values = (tenant.to_string(), i64::from(PAGE));
        let found = self.rows(sql, &[&values.0, &given_up, &after, &now, &values.1]).await?;
        found.iter().map(read).collect()
    }

    /// Whether there is such a change.
    pub(super) async fn settle(&mut self, tenant: TenantId, number: i64, settled: Settled) -> Result<bool, Error> {
        let (tenant, of) = (tenant.to_string(), "WHERE tenant = $1 AND number = $2 RETURNING 1");
        let done = match settled {
            Settled::Made(entry) => {
                let sql =
                    "WITH made AS (DELETE FROM noticed WHERE tenant = $1 AND number = $2 RETURNING door, tips, epoch),
                    later AS (UPDATE noticed n SET tips = CASE WHEN n.tips = made.tips AND n.epoch = made.epoch THEN $3
                        ELSE n.tips || ' ' || $3 END
                        FROM made WHERE n.tenant = $1 AND n.number > $2 AND n.door = made.door)
                    SELECT 1 FROM made";
                self.rows(sql, &[&tenant, &number, &entry.to_string()]).await?
            }
            Settled::MadeOn(epoch, tips) => {
                let sql = format!("UPDATE noticed SET epoch = $3, tips = $4 {of}");
                self.rows(&sql, &[&tenant, &number, &i64::from(epoch), &tips]).await?
            }
            Settled::Done => self.rows(&format!("DELETE FROM noticed {of}"), &[&tenant, &number]).await?,
            Settled::PutOff(reason, then) => {
                let sql = format!("UPDATE noticed SET attempts = attempts + 1, reason = $3, retry_at = $4 {of}");
                self.rows(&sql, &[&tenant, &number, &reason, &at(then)]).await?
            }
            Settled::GivenUp(reason) => {
                let sql = format!("UPDATE noticed SET attempts = attempts + 1, reason = $3, given_up = true {of}");
                self.rows(&sql, &[&tenant, &number, &reason]).await?
            }
            Settled::Again => {
                let sql = format!("UPDATE noticed SET attempts = 0, retry_at = 0, given_up = false {of}");
                self.rows(&sql, &[&tenant, &number]).await?
            }
        };
        Ok(!done.is_empty())
    }
}

impl Session {
    /// Forgets changes of people who are at these doors no more: they were erased.
    pub(super) async fn forget_gone(&mut self, tenant: &str, doors: &[&str]) -> Result<(), Error> {
        let sql = "DELETE FROM noticed n WHERE tenant = $1 AND door = ANY ($2) AND contact IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM contact c WHERE c.tenant = n.tenant AND c.door = n.door AND c.contact = n.contact)";
        self.rows(sql, &[&tenant, &doors]).await.map(drop)
    }

    pub(super) async fn last_words(&mut self, tenant: TenantId) -> Result<Vec<(String, LastWord)>, Error> {
        let sql = "SELECT field, wins FROM authority WHERE tenant = $1 ORDER BY field COLLATE \"C\"";
        let found = self.rows(sql, &[&tenant.to_string()]).await?;
        let read = |row: &Row| -> Result<_, Error> { Ok((row.try_get(0)?, LastWord::from_name(row.try_get(1)?))) };
        let words: Vec<(String, Option<LastWord>)> = found.iter().map(read).collect::<Result<_, _>>()?;
        Ok(words.into_iter().filter_map(|(field, wins)| Some((field, wins?))).collect())
    }

    pub(super) async fn give_last_word(
        &mut self,
        tenant: TenantId,
        field: &str,
        wins: Option<LastWord>,
    ) -> Result<(), Error> {
        let tenant = tenant.to_string();
        match wins {
            Some(wins) => {
                let sql = "INSERT INTO authority (tenant, field, wins) VALUES ($1, $2, $3)
                    ON CONFLICT (tenant, field) DO UPDATE SET wins = excluded.wins";
                self.rows(sql, &[&tenant, &field, &wins.as_str()]).await
            }
            None => self.rows("DELETE FROM authority WHERE tenant = $1 AND field = $2", &[&tenant, &field]).await,
        }
        .map(drop)
    }
}

fn read(row: &Row) -> Result<Noticed, Error> {
    let small = |column: usize| Ok::<_, Error>(u32::try_from(row.try_get::<_, i64>(column)?).unwrap_or(u32::MAX));
    Ok(Noticed {
        number: row.try_get(0)?,
        door: row.try_get(1)?,
        contact: row.try_get(2)?,
        field: row.try_get(3)?,
        value: row.try_get(4)?,
        epoch: small(5)?,
        tips: row.try_get(6)?,
        attempts: small(7)?,
        reason: row.try_get(8)?,
        wins: row.try_get::<_, Option<&str>>(9)?.and_then(LastWord::from_name),
    })
}

fn at(instant: Timestamp) -> i64 {
    i64::try_from(instant.as_ms()).unwrap_or(i64::MAX)
}
