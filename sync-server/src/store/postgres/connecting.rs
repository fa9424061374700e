//! The connections, so many and no more. Each is looked at before it is used for the first time: the schema, the role, and
//! the life that it takes part in.

use super::address::Address;
use super::lives::{self, Presence};
use super::schema;
use crate::store::Error;
use crate::store::columns::failed;
use crate::store::sealing::Keyring;
use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Object, PoolError, RecycleError, RecycleResult};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_postgres::{Client, Statement};

pub(super) type Pool = deadpool::managed::Pool<Door>;
pub(super) type Connection = Object<Door>;

/// So long a caller waits for a connection that is free, or for a new one.
const PATIENCE: Duration = Duration::from_secs(20);

/// A session at the database, and what was prepared in it: as many statements as this module's code has.
pub(super) struct Session {
    client: Client,
    prepared: Mutex<HashMap<String, Statement>>,
}

impl Session {
    /// The statement, prepared once.
    pub(super) async fn prepare_once(&self, sql: &str) -> Result<Statement, Error> {
        let known = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner).insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Deref for Session {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Makes connections.
pub(super) struct Door {
    address: Address,
    keyring: Arc<Keyring>,
    presence: Arc<Presence>,
}

impl Door {
    pub(super) fn new(address: Address, keyring: Arc<Keyring>, presence: Arc<Presence>) -> Self {
        Self { address, keyring, presence }
    }
}

impl Manager for Door {
    type Type = Session;
    type Error = Error;

    async fn create(&self) -> Result<Session, Error> {
        let (client, connection) = self.address.config.connect(self.address.tls.clone()).await?;
        // It ends with its client; what went wrong with it shows in what the client is told.
        tokio::spawn(connection);
        schema::check(&client).await?;
        let life = lives::take_part(&client, self.keyring.draw()?).await?;
        self.presence.set(life);
        Ok(Session { client, prepared: Mutex::default() })
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<Error> {
        // That is known without asking the database.
        if session.is_closed() { Err(RecycleError::message("it is closed")) } else { Ok(()) }
    }
}

pub(super) fn pool(door: Door, connections: usize) -> Result<Pool, Error> {
    Pool::builder(door)
        .max_size(connections)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(PATIENCE))
        .create_timeout(Some(PATIENCE))
        .build()
        .map_err(failed)
}

/// Why there is no connection.
pub(super) fn refused(error: PoolError<Error>) -> Error {
    match error {
        PoolError::Backend(error) => error,
        PoolError::Closed => Error::Stopped,
        PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
            Error::Unreachable(Arc::new(error))
        }
    }
}
