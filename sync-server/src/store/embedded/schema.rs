//! The database's form: settings, numbered migrations, and the check that the master key is the right one.

use crate::sqlite::{plan_once, use_write_ahead_log};
use crate::store::Error;
use crate::store::sealing::Keyring;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::time::Duration;

/// Migration n brings a database from version n - 1 to n. One that was released is never changed.
const MIGRATIONS: [&str; 21] = [
    include_str!("migrations/0001_start.sql"),
    include_str!("migrations/0002_decisions.sql"),
    include_str!("migrations/0003_teams.sql"),
    include_str!("migrations/0004_dead_letters.sql"),
    include_str!("migrations/0005_rescued.sql"),
    include_str!("migrations/0006_streets.sql"),
    include_str!("migrations/0007_audit.sql"),
    include_str!("migrations/0008_settings.sql"),
    include_str!("migrations/0009_recalled.sql"),
    include_str!("migrations/0010_wipes.sql"),
    include_str!("migrations/0011_accounts.sql"),
    include_str!("migrations/0012_support.sql"),
    include_str!("migrations/0013_providers.sql"),
    include_str!("migrations/0014_seen.sql"),
    include_str!("migrations/0015_erased.sql"),
    include_str!("migrations/0016_erased_of_device.sql"),
    include_str!("migrations/0017_maps.sql"),
    include_str!("migrations/0018_masters.sql"),
    include_str!("migrations/0019_registered.sql"),
    include_str!("migrations/0020_leaving.sql"),
    include_str!("migrations/0021_challenges.sql"),
];

const BUSY: Duration = Duration::from_secs(10);
/// More than there are: one that was pushed out is prepared anew.
const STATEMENTS: usize = 128;

pub(super) fn set_up_writer(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(BUSY)?;
    plan_once(connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // The version is looked at before anything is set that later software may have chosen otherwise.
    known_version(connection)?;
    use_write_ahead_log(connection, BUSY)?;
    // In WAL mode anything less may lose the last commits with the power.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A destroyed key must not live on in a free page.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(())
}

pub(super) fn set_up_reader(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(BUSY)?;
    plan_once(connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

fn known_version(connection: &Connection) -> Result<usize, Error> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(MIGRATIONS.len()).map_err(|_| Error::OutOfRange)?;
    match usize::try_from(found) {
        Ok(version) if found <= known => Ok(version),
        _ => Err(Error::NewerSchema { found, known }),
    }
}

pub(super) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = known_version(&transaction)?;
    for (done, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", i64::try_from(done + 1).map_err(|_| Error::OutOfRange)?)?;
    }
    Ok(transaction.commit()?)
}

/// Seals a known text when the store is made and opens it ever after: a wrong key is noticed here, not at a door.
pub(super) fn check_master_key(connection: &mut Connection, keyring: &Keyring, region: &str) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let stored: Option<(String, Vec<u8>)> = transaction
        .query_row("SELECT region, key_check FROM store", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match stored {
        Some((of, check)) if of == region => keyring.check_master(region, &check)?,
        Some(_) => return Err(Error::WrongMasterKey),
        None => {
            let check = keyring.make_master_check(region)?;
            transaction
                .execute("INSERT INTO store (id, region, key_check) VALUES (1, ?, ?)", params![region, check])?;
        }
    }
    Ok(transaction.commit()?)
}
