//! Schemas and their numbered migrations.
//!
//! Servers are replaced one by one, so that for a while the earlier version works on the later schema. A migration therefore
//! first *expands*: what the earlier version reads and writes stays. Only a later one, once no server of that version runs,
//! *contracts*; and it says by `serves` which is the earliest that can still work with it.

use super::address::Address;
use super::row::get;
use super::transaction::params;
use crate::store::Error;
use crate::store::columns::failed;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Transaction};

/// Migration n brings a schema from version n - 1 to n.
pub(crate) struct Migration {
    /// One that was released is never changed.
    pub(crate) sql: &'static str,
    /// The earliest version that can work with what it leaves.
    pub(crate) serves: i64,
}

/// A schema in a database.
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    pub(crate) migrations: &'static [Migration],
    /// The name of the lock of whoever migrates, one after the other.
    pub(crate) lock: i64,
    /// What a role, quoted, may do in it.
    pub(crate) grant: fn(&str) -> String,
}

impl Schema {
    /// Makes the schema, or brings it up to date, and lets `role` work in it: all or nothing, and one after the other
    /// wherever several do so at once. Returns its version before and after.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] without touching anything; [`Error::Unreachable`]; those of the database.
    pub(crate) fn migrate(&self, owner: &Address, role: &str) -> Result<(i64, i64), Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        runtime.block_on(async {
            let (mut client, connection) = owner.config.connect(owner.tls.clone()).await?;
            let connection = tokio::spawn(connection);
            let migrated = self.migrate_with(&mut client, role).await;
            // The connection ends with its client; what became of it shows in what the client was told.
            drop(client);
            let _ = connection.await;
            migrated
        })
    }

    async fn migrate_with(&self, client: &mut Client, role: &str) -> Result<(i64, i64), Error> {
        let transaction = client.transaction().await?;
        transaction.execute("SELECT pg_advisory_xact_lock($1)", params![self.lock]).await?;
        let name = self.name;
        // Whoever waits for a table keeps everybody behind it waiting: better to fail, and be run again.
        let start = format!(
            "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0; SET LOCAL search_path = {name};
             CREATE SCHEMA IF NOT EXISTS {name};
             CREATE TABLE IF NOT EXISTS schema_versions (
                 number bigint PRIMARY KEY, serves bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT now())"
        );
        transaction.batch_execute(&start).await?;
        let row = transaction.query_one("SELECT coalesce(max(number), 0) FROM schema_versions", &[]).await?;
        let (found, known) = (get(&row, 0)?, self.known()?);
        if found > known {
            return Err(Error::NewerSchema { found, known });
        }
        let mut number = found;
        for migration in self.migrations.iter().skip(usize::try_from(found).map_err(|_| Error::OutOfRange)?) {
            number += 1;
            transaction.batch_execute(migration.sql).await?;
            let sql = "INSERT INTO schema_versions (number, serves) VALUES ($1, $2)";
            transaction.execute(sql, params![number, migration.serves]).await?;
        }
        self.let_in(&transaction, role).await?;
        transaction.commit().await?;
        Ok((found, number))
    }

    async fn let_in(&self, transaction: &Transaction<'_>, role: &str) -> Result<(), Error> {
        let row = transaction.query_one("SELECT quote_ident($1)", params![role]).await?;
        Ok(transaction.batch_execute(&(self.grant)(get(&row, 0)?)).await?)
    }

    /// The version that this software knows.
    pub(crate) fn known(&self) -> Result<i64, Error> {
        i64::try_from(self.migrations.len()).map_err(|_| Error::OutOfRange)
    }

    /// Makes sure that it is one that this software can work with.
    ///
    /// # Errors
    /// [`Error::OlderSchema`], [`Error::NewerSchema`].
    pub(crate) async fn check(&self, client: &Client) -> Result<(), Error> {
        let known = self.known()?;
        let sql = format!("SELECT max(number), max(serves) FROM {}.schema_versions", self.name);
        let row = match client.query_one(&sql, &[]).await {
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => {
                return Err(Error::OlderSchema { found: 0, needed: known });
            }
            versions => versions?,
        };
        let (found, serves): (i64, i64) = (get(&row, 0)?, get(&row, 1)?);
        match found {
            _ if serves > known => Err(Error::NewerSchema { found, known }),
            _ if found < known => Err(Error::OlderSchema { found, needed: known }),
            _ => Ok(()),
        }
    }
}
