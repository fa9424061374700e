//! The backend as tables in a PostgreSQL database, for other systems to read and to write.
//!
//! Rows are changed where they stand, and only those that differ: whoever is at one meanwhile finds it again. One
//! connection carries everything; where it is cut off, the next delivery makes another.

mod inbox;
mod schema;
mod session;

pub use schema::migrate;

use super::inbox::{Asking, Noticed, Settled};
use super::rows::Rows;
use super::{Asked, Backend, Delivery, Error, NotTaken, Records};
use crate::store;
use crate::store::audit::LastWord;
use crate::store::postgres::Address;
use session::Session;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::error::SqlState;
use walkbook_model::TenantId;

/// The tables. The methods block, and are not to be called where others wait for the thread.
pub struct PostgresTables {
    address: Address,
    /// There until the tables are dropped.
    runtime: Option<Runtime>,
    session: Mutex<Option<Session>>,
}

impl PostgresTables {
    /// The tables in this database, which [`migrate`] has made. Nobody is asked for yet: a database that is away keeps no
    /// server from starting.
    ///
    /// # Errors
    /// [`Error::Postgres`] if there is no thread for it.
    pub fn new(address: Address) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("backend").enable_all().build();
        let runtime = runtime.map_err(|error| Error::Postgres(store::Error::Database(std::sync::Arc::new(error))))?;
        let address = address.in_schema(schema::NAME);
        Ok(Self { address, runtime: Some(runtime), session: Mutex::default() })
    }

    fn session(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does work in a session. One in which something failed is not used again: nobody knows where it stands.
    fn work<T>(&self, work: impl AsyncFnOnce(&mut Session) -> Result<T, Error>) -> Result<T, Error> {
        let runtime = self.runtime.as_ref().ok_or(Error::Postgres(store::Error::Stopped))?;
        let mut held = self.session();
        let open = held.take().filter(|session| !session.is_closed());
        runtime.block_on(async {
            let mut session = match open {
                Some(session) => session,
                None => Session::open(&self.address).await?,
            };
            let done = work(&mut session).await?;
            *held = Some(session);
            Ok(done)
        })
    }
}

impl Backend for PostgresTables {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        let rows = Rows::of(delivery);
        self.work(async |session| session.take(&rows).await).map_err(|error| {
            tracing::debug!(%error, "the tables did not take a delivery");
            not_taken(&error)
        })
    }
}

impl Records for PostgresTables {
    fn reach(&self) -> Result<(), Error> {
        self.work(async |_| Ok(()))
    }

    fn ask(&self, sql: &str, row: Asked<'_>) -> Result<(), Error> {
        self.work(async |session| session.ask(sql, row).await)
    }

    fn noticed(&self, tenant: TenantId, asking: Asking) -> Result<Vec<Noticed>, Error> {
        self.work(async |session| session.noticed(tenant, asking).await)
    }

    fn last_words(&self, tenant: TenantId) -> Result<Vec<(String, LastWord)>, Error> {
        self.work(async |session| session.last_words(tenant).await)
    }

    fn give_last_word(&self, tenant: TenantId, field: &str, wins: Option<LastWord>) -> Result<(), Error> {
        self.work(async |session| session.give_last_word(tenant, field, wins).await)
    }

    fn settle(&self, tenant: TenantId, number: i64, settled: Settled) -> Result<bool, Error> {
        self.work(async |session| session.settle(tenant, number, settled).await)
    }

    fn forget(&self, tenant: TenantId) -> Result<bool, Error> {
        let tenant = tenant.to_string();
        self.work(async |session| session.forget(&tenant).await)?;
        // Whom the owner has admitted refers to the tenant, and is the owner's to take out.
        match self.work(async |session| session.rows("DELETE FROM tenant WHERE tenant = $1", &[&tenant]).await) {
            Ok(_) => Ok(true),
            Err(Error::Unfit) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// What a person can do about it: nothing but see to the database.
fn not_taken(error: &Error) -> NotTaken {
    match error {
        Error::Unfit => NotTaken::Unfit("the tables do not hold it"),
        Error::OlderSchema { .. } => NotTaken::Unavailable("its schema is not up to date: see `backend migrate`"),
        Error::Postgres(store::Error::NewerSchema { .. }) => NotTaken::Unavailable("its schema is of later software"),
        Error::Postgres(store::Error::DiskFull) => NotTaken::Unavailable("the disk is full"),
        Error::Postgres(store::Error::Unreachable(_)) => NotTaken::Unavailable("the database cannot be reached"),
        _ => NotTaken::Unavailable("the database failed"),
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        // A value that is none, a constraint that does not hold, more than a row can have: the same comes of it every time.
        let class = error.code().map(SqlState::code).and_then(|code| code.get(..2));
        match class {
            Some("22" | "23" | "54") => Self::Unfit,
            _ if error.code() == Some(&SqlState::CARDINALITY_VIOLATION) => Self::Unfit,
            _ => Self::Postgres(error.into()),
        }
    }
}

/// Whoever drops the tables may stand in a runtime of their own, where nobody may wait for another's end.
impl Drop for PostgresTables {
    fn drop(&mut self) {
        *self.session() = None;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
