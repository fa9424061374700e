//! The schema: what stands where, for other systems too, and who may see it.

use crate::backend::Error;
use crate::backend::rows::{HANGING, LASTING, Table};
use crate::store;
use crate::store::postgres::Address;
use crate::store::postgres::migrating::{Migration, Schema};
use tokio_postgres::Client;

/// The schema's name: systems that are admitted to it write it into their queries.
pub(super) const NAME: &str = "canvassing";

const SCHEMA: Schema = Schema {
    name: NAME,
    migrations: &[
        Migration { sql: include_str!("migrations/0001_start.sql"), serves: 1 },
        Migration { sql: include_str!("migrations/0002_noticed.sql"), serves: 1 },
    ],
    lock: 0x77616c6b_00000005,
    grant,
};

/// Makes the schema, or brings it up to date, and lets the servers' `role` work in it: all or nothing. `owner` is of the
/// role that owns the database. Returns the schema's version before and after.
///
/// # Errors
/// [`Error::Postgres`]; then nothing was changed.
pub fn migrate(owner: &Address, role: &str) -> Result<(i64, i64), Error> {
    SCHEMA.migrate(owner, role).map_err(of_schema)
}

/// The servers see every tenant's rows; whoever else is admitted, one tenant's.
fn grant(role: &str) -> String {
    let named = HANGING.iter().chain(&LASTING).map(|Table { name, .. }| *name);
    let see_all = named.chain(["noticed", "authority"]).map(|name| {
        format!(
            "DROP POLICY IF EXISTS servers ON {name};
             CREATE POLICY servers ON {name} TO {role} USING (true);"
        )
    });
    format!(
        "{}
         GRANT USAGE ON SCHEMA canvassing TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA canvassing TO {role};
         REVOKE INSERT, UPDATE, DELETE ON schema_versions, guest FROM {role}",
        see_all.collect::<String>()
    )
}

pub(super) async fn check(client: &Client) -> Result<(), Error> {
    SCHEMA.check(client).await.map_err(of_schema)
}

fn of_schema(error: store::Error) -> Error {
    match error {
        store::Error::OlderSchema { found, needed } => Error::OlderSchema { found, needed },
        other => Error::Postgres(other),
    }
}
