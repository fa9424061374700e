//! One transaction, for one tenant.
//!
//! It begins together with its first statement, in one round trip, and names its tenant there: row-level security shows it
//! this tenant's rows and no others. The methods block, as the store's do.

use super::connecting::Connection;
use super::hearing;
use super::keys::Known;
use crate::store::Error;
use futures_util::FutureExt;
use futures_util::future::{join, try_join, try_join_all};
use std::cell::{Cell, RefCell};
use std::pin::pin;
use tokio::runtime::Handle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};
use walkbook_model::TenantId;

/// The values of a statement.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A statement with its values.
pub(super) type Valued<'a> = (&'a str, Values<'a>);

/// Values in the order of `$1, $2, …`.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$(&$value as &(dyn tokio_postgres::types::ToSql + Sync)),*] };
}
pub(super) use params;

/// Whom a transaction is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Tenant(TenantId),
    /// Every tenant: their names can be read, and nothing else of them.
    Every,
}

/// Whether a transaction reads one snapshot, or writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Read,
    Write,
    /// As [`Write`](Self::Write), for what can be done without if the database crashes within the second: everybody sees it
    /// at the commit, and nobody waits for the disk.
    Note,
}

pub(super) struct Tx<'a> {
    client: &'a Connection,
    runtime: &'a Handle,
    about: About,
    begin: String,
    is_open: Cell<bool>,
    /// Whether somebody may wait to hear of it.
    is_news: Cell<bool>,
    /// Why a statement failed, if one has: nothing of the transaction can be kept then.
    failed: RefCell<Option<Error>>,
    /// The number of the life in which positions are given.
    pub(super) life: i64,
    pub(super) known: RefCell<Known>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(client: &'a Connection, runtime: &'a Handle, about: About, mode: Mode, life: i64) -> Self {
        let begin = match mode {
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            // A statement sees what was committed before it began: also what was while it waited for a lock.
            Mode::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            Mode::Note => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = off",
        };
        let name = match about {
            About::Tenant(tenant) => tenant.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect(),
            About::Every => "every".to_owned(),
        };
        let begin = format!("{begin}; SET LOCAL walkbook.tenant = '{name}'");
        Self {
            client,
            runtime,
            about,
            begin,
            is_open: Cell::new(false),
            is_news: Cell::new(false),
            failed: RefCell::default(),
            life,
            known: RefCell::default(),
        }
    }

    /// What a query finds.
    pub(super) fn rows(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, Error> {
        self.run(async {
            let statement = self.client.prepare_once(sql).await?;
            self.begin_with(self.client.query(&statement, values)).await
        })
    }

    /// The first that a query finds.
    pub(super) fn row(&self, sql: &str, values: Values<'_>) -> Result<Option<Row>, Error> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }

    /// Whether a query finds anything.
    pub(super) fn exists(&self, sql: &str, values: Values<'_>) -> Result<bool, Error> {
        Ok(!self.rows(sql, values)?.is_empty())
    }

    /// Changes rows; returns how many.
    pub(super) fn execute(&self, sql: &str, values: Values<'_>) -> Result<u64, Error> {
        self.run(async {
            let statement = self.client.prepare_once(sql).await?;
            self.begin_with(self.client.execute(&statement, values)).await
        })
    }

    /// What each of several queries finds. They are sent together: nobody waits for the first one's answer before the second is
    /// sent. Each sees what was committed before it began itself.
    pub(super) fn all_rows(&self, queries: &[Valued<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        self.run(async {
            let prepared = self.prepare_all(queries).await?;
            self.begin_with(self.send_all(&prepared, queries)).await
        })
    }

    /// Changes rows by several statements and makes all that was done durable: all of it is sent together, so that whoever
    /// waits for what this transaction has locked waits for one round trip.
    pub(super) fn commit_with(self, statements: &[Valued<'_>]) -> Result<(), Error> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.runtime.block_on(async {
            let prepared = self.prepare_all(statements).await?;
            let mut changes = pin!(self.begin_with(self.send_all(&prepared, statements)));
            // The first poll sends them. What could not be sent must not be missing in what is committed.
            match changes.as_mut().now_or_never() {
                Some(done) => {
                    done?;
                    self.is_open.set(false);
                    self.commit_and_tell().await
                }
                None => {
                    self.is_open.set(false);
                    // Where a statement has failed, the database takes this for a rollback, and calls it done.
                    let (done, committed) = join(changes, self.commit_and_tell()).await;
                    done?;
                    committed
                }
            }
        })
    }

    async fn prepare_all(&self, statements: &[Valued<'_>]) -> Result<Vec<Statement>, Error> {
        let mut prepared = Vec::with_capacity(statements.len());
        for (sql, _) in statements {
            prepared.push(self.client.prepare_once(sql).await?);
        }
        Ok(prepared)
    }

    async fn send_all(
        &self,
        prepared: &[Statement],
        statements: &[Valued<'_>],
    ) -> Result<Vec<Vec<Row>>, tokio_postgres::Error> {
        let each = prepared.iter().zip(statements);
        try_join_all(each.map(|(prepared, (_, values))| self.client.query(prepared, values))).await
    }

    /// Runs a statement, and before the first one of all what begins the transaction.
    async fn begin_with<T>(
        &self,
        statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Error> {
        if self.is_open.replace(true) {
            return Ok(statement.await?);
        }
        let ((), done) = try_join(self.client.batch_execute(&self.begin), statement).await?;
        Ok(done)
    }

    fn run<T>(&self, statement: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let done = self.runtime.block_on(statement);
        if let Err(error) = &done {
            *self.failed.borrow_mut() = Some(error.clone());
        }
        done
    }

    /// Makes what was done durable.
    pub(super) fn commit(self) -> Result<(), Error> {
        if self.is_open.get() {
            self.write_keys()?;
            // Where a statement has failed, the database takes this for a rollback, and calls it done.
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
            self.is_open.set(false);
            self.runtime.block_on(self.commit_and_tell())?;
        }
        Ok(())
    }

    /// Others may wait to hear of what this transaction does.
    pub(super) fn is_news(&self) {
        self.is_news.set(true);
    }

    async fn commit_and_tell(&self) -> Result<(), Error> {
        let commit = self.client.batch_execute("COMMIT");
        let About::Tenant(tenant) = self.about else { return Ok(commit.await?) };
        if !self.is_news.get() {
            return Ok(commit.await?);
        }
        // On the way together. Whoever does not hear of it looks by the clock; no write fails for that.
        let ring = hearing::ring(tenant);
        let (committed, told) = join(commit, self.client.batch_execute(&ring)).await;
        if let (Ok(()), Err(error)) = (&committed, told) {
            tracing::warn!(%error, "the other servers could not be told that there is something new");
        }
        Ok(committed?)
    }
}

/// Whatever was not committed is undone; a transaction that only read has nothing to undo, and ends so too.
impl Drop for Tx<'_> {
    fn drop(&mut self) {
        if self.is_open.get() {
            // It is sent before whatever comes next on this connection. Nobody waits for the answer.
            let _ = self.client.batch_execute("ROLLBACK").now_or_never();
        }
    }
}
