//! The store's schema: who may do what in it, and whether it is this server's.

use super::address::Address;
use super::migrating::{Migration, Schema};
use super::row::get;
use super::transaction::{Tx, params};
use crate::store::Error;
use crate::store::sealing::Keyring;
use tokio_postgres::Client;

const SCHEMA: Schema = Schema {
    name: "walkbook",
    migrations: &[
        Migration { sql: include_str!("migrations/0001_start.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0002_recalled.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0003_wipes.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0004_accounts.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0005_support.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0006_providers.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0007_seen.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0008_erased.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0009_erased_of_device.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0010_maps.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0011_masters.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0012_registered.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0013_unreferenced.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0014_leaving.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0015_challenges.sql"), serves: 1 },
    ],
    lock: 0x77616c6b_00000003,
    grant,
};

/// Makes the schema, or brings it up to date, and lets `role` work in it: all or nothing, and one after the other wherever
/// several do so at once. `owner` is of the role that owns the database; the servers' own role is to own nothing. Returns
/// the schema's version before and after.
///
/// # Errors
/// [`Error::NewerSchema`] without touching anything; [`Error::Unreachable`]; those of the database.
pub fn migrate(owner: &Address, role: &str) -> Result<(i64, i64), Error> {
    SCHEMA.migrate(owner, role)
}

/// What a server does in the schema, its role may, and nothing else: the audit log it can add to.
fn grant(role: &str) -> String {
    format!(
        "GRANT USAGE ON SCHEMA walkbook TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA walkbook TO {role};
         REVOKE UPDATE, DELETE ON audit, store, key_checks FROM {role};
         REVOKE INSERT, UPDATE, DELETE ON schema_versions FROM {role}"
    )
}

/// The version that this server knows.
#[cfg(test)]
pub(super) fn known() -> Result<i64, Error> {
    SCHEMA.known()
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
    SCHEMA.check(client).await
}

/// What the store opens with.
pub(super) const CHECK: &str = "SELECT region, coalesce(
    (SELECT key_check FROM key_checks ORDER BY number DESC LIMIT 1), key_check) FROM store";

/// Seals a known text when the store is made and opens it ever after: a wrong key is noticed here, not at a door.
pub(super) fn check_master_key(tx: &Tx<'_>, keyring: &Keyring, region: &str) -> Result<(), Error> {
    let row = match tx.row(CHECK, &[])? {
        Some(row) => row,
        None => {
            // Another server may do so at the same moment: what stands there then counts for both.
            let check = keyring.make_master_check(region)?;
            let made = "INSERT INTO store (id, region, key_check) VALUES (1, $1, $2) ON CONFLICT DO NOTHING";
            tx.execute(made, params![region, check])?;
            tx.row(CHECK, &[])?.ok_or(Error::Damaged { what: "store" })?
        }
    };
    if get::<&str>(&row, 0)? != region {
        return Err(Error::WrongMasterKey);
    }
    keyring.check_master(region, get(&row, 1)?)
}
