//! The database's form: numbered migrations, who may do what, and whether this server and the database fit together.
//!
//! Servers are replaced one by one, so that for a while the earlier version works on the later schema. A migration therefore
//! first *expands*: what the earlier version reads and writes stays. Only a later one, once no server of that version runs,
//! *contracts*; and it says by `serves` which is the earliest that can still work with it.

use super::address::Address;
use super::row::get;
use super::transaction::{Tx, params};
use crate::store::Error;
use crate::store::columns::failed;
use crate::store::sealing::Keyring;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Transaction};

/// Migration n brings a database from version n - 1 to n.
struct Migration {
    /// One that was released is never changed.
    sql: &'static str,
    /// The earliest version that can work with what it leaves.
    serves: i64,
}

const MIGRATIONS: [Migration; 1] = [Migration { sql: include_str!("migrations/0001_start.sql"), serves: 1 }];

/// Of whoever migrates, one after the other.
const MIGRATING: i64 = 0x77616c6b_00000003;

/// Makes the schema, or brings it up to date, and lets `role` work in it: all or nothing, and one after the other wherever
/// several do so at once. `owner` is of the role that owns the database; the servers' own role is to own nothing. Returns
/// the schema's version before and after.
///
/// # Errors
/// [`Error::NewerSchema`] without touching anything; [`Error::Unreachable`]; those of the database.
pub fn migrate(owner: &Address, role: &str) -> Result<(i64, i64), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        let (mut client, connection) = owner.config.connect(owner.tls.clone()).await?;
        let connection = tokio::spawn(connection);
        let migrated = migrate_with(&mut client, role).await;
        // The connection ends with its client; what became of it shows in what the client was told.
        drop(client);
        let _ = connection.await;
        migrated
    })
}

async fn migrate_with(client: &mut Client, role: &str) -> Result<(i64, i64), Error> {
    let transaction = client.transaction().await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", params![MIGRATING]).await?;
    // Whoever waits for a table keeps everybody behind it waiting: better to fail, and be run again.
    transaction
        .batch_execute(
            "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0;
             CREATE SCHEMA IF NOT EXISTS walkbook;
             CREATE TABLE IF NOT EXISTS schema_versions (
                 number bigint PRIMARY KEY, serves bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT now())",
        )
        .await?;
    let row = transaction.query_one("SELECT coalesce(max(number), 0) FROM schema_versions", &[]).await?;
    let (found, known) = (get(&row, 0)?, known()?);
    if found > known {
        return Err(Error::NewerSchema { found, known });
    }
    let mut number = found;
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).map_err(|_| Error::OutOfRange)?) {
        number += 1;
        transaction.batch_execute(migration.sql).await?;
        let sql = "INSERT INTO schema_versions (number, serves) VALUES ($1, $2)";
        transaction.execute(sql, params![number, migration.serves]).await?;
    }
    grant(&transaction, role).await?;
    transaction.commit().await?;
    Ok((found, number))
}

/// What a server does in the schema, its role may, and nothing else: the audit log it can add to.
async fn grant(transaction: &Transaction<'_>, role: &str) -> Result<(), Error> {
    let row = transaction.query_one("SELECT quote_ident($1)", params![role]).await?;
    let role: &str = get(&row, 0)?;
    let sql = format!(
        "GRANT USAGE ON SCHEMA walkbook TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA walkbook TO {role};
         REVOKE UPDATE, DELETE ON audit, store FROM {role};
         REVOKE INSERT, UPDATE, DELETE ON schema_versions FROM {role}"
    );
    Ok(transaction.batch_execute(&sql).await?)
}

fn known() -> Result<i64, Error> {
    i64::try_from(MIGRATIONS.len()).map_err(|_| Error::OutOfRange)
}

/// Makes sure that the role is bound to one tenant at a time, and that the schema is one that this server can work with.
pub(super) async fn check(client: &Client) -> Result<(), Error> {
    let role = client
        .query_one(
            "SELECT rolsuper, rolbypassrls, EXISTS (SELECT 1 FROM pg_class
                 WHERE relnamespace = to_regnamespace('walkbook') AND pg_has_role(current_user, relowner, 'MEMBER'))
             FROM pg_roles WHERE rolname = current_user",
            &[],
        )
        .await?;
    for (column, why) in ["is a superuser", "has BYPASSRLS", "owns the tables"].into_iter().enumerate() {
        if get(&role, column)? {
            return Err(Error::RoleNotBound { why });
        }
    }
    let known = known()?;
    let versions = client.query_one("SELECT max(number), max(serves) FROM schema_versions", &[]).await;
    let row = match versions {
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

/// Seals a known text when the store is made and opens it ever after: a wrong key is noticed here, not at a door.
pub(super) fn check_master_key(tx: &Tx<'_>, keyring: &Keyring, region: &str) -> Result<(), Error> {
    let sql = "SELECT region, key_check FROM store";
    let row = match tx.row(sql, &[])? {
        Some(row) => row,
        None => {
            // Another server may do so at the same moment: what stands there then counts for both.
            let check = keyring.make_master_check(region)?;
            let made = "INSERT INTO store (id, region, key_check) VALUES (1, $1, $2) ON CONFLICT DO NOTHING";
            tx.execute(made, params![region, check])?;
            tx.row(sql, &[])?.ok_or(Error::Damaged { what: "store" })?
        }
    };
    if get::<&str>(&row, 0)? != region {
        return Err(Error::WrongMasterKey);
    }
    keyring.check_master(region, get(&row, 1)?)
}
