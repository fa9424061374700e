//! How a database stands, for whoever is about to bring it back to a moment.

use super::address::Address;
use super::row::{get, number};
use crate::store::Error;
use crate::store::columns::failed;

/// How a database stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    /// It is being brought back, and nobody writes there.
    pub is_recovering: bool,
    /// Connections of servers and commands.
    pub connections: u64,
}

impl Stands {
    /// Whether anything answers at the database's address, be it that it lets nobody in any more.
    ///
    /// # Errors
    /// Those of this machine.
    pub fn answers(address: &Address) -> Result<bool, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let connected = runtime.block_on(address.config.connect(address.tls.clone()));
        Ok(connected.map_or_else(|error| error.as_db_error().is_some(), |_| true))
    }

    /// Looks.
    ///
    /// # Errors
    /// [`Error::Unreachable`]; those of the database.
    pub fn look(address: &Address) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        runtime.block_on(async {
            let (client, connection) = address.config.connect(address.tls.clone()).await?;
            let connection = tokio::spawn(connection);
            let sql = "SELECT pg_is_in_recovery(), (SELECT count(*) FROM pg_stat_activity
                WHERE application_name = 'walkbook' AND usename = current_user AND datname = current_database()
                  AND pid <> pg_backend_pid())";
            let row = client.query_one(sql, &[]).await;
            // The connection ends with its client; what became of it shows in what the client was told.
            drop(client);
            let _ = connection.await;
            let row = row?;
            Ok(Self { is_recovering: get(&row, 0)?, connections: number(&row, 1)? })
        })
    }
}
