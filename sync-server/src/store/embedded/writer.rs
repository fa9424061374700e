//! Group commit: one thread takes callers' work from a channel and commits what is waiting together, since it is the
//! commit that waits for the disk. Each caller's work has a savepoint, so that nobody fails with another, and is answered
//! when the commit is durable.

use super::row::failed;
use crate::store::Error;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

const WAITING: usize = 1_024;

enum Task {
    Write(Box<dyn Job>),
    EmptyLog(SyncSender<Result<(), Error>>),
}

/// Work of one caller, of whatever type its result is.
trait Job: Send {
    /// Does the work; says whether it is to be kept.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Tells the caller how the work ended, or that it could not be committed.
    fn answer(self: Box<Self>, committed: Result<(), Error>);
}

struct Write<T, F> {
    work: Option<F>,
    result: Result<T, Error>,
    caller: SyncSender<Result<T, Error>>,
}

impl<T: Send, F: FnOnce(&Connection) -> Result<T, Error> + Send> Job for Write<T, F> {
    fn run(&mut self, connection: &Connection) -> bool {
        if let Some(work) = self.work.take() {
            self.result = work(connection);
        }
        self.result.is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<(), Error>) {
        let result = match (self.work, committed) {
            // The group failed before it came to this work.
            (Some(_), Err(error)) => Err(error),
            // A refusal stands whether or not the others' work could be committed.
            (_, committed) => self.result.and_then(|value| committed.map(|()| value)),
        };
        // A caller that has gone needs no answer.
        let _ = self.caller.send(result);
    }
}

pub(super) struct Writer {
    jobs: Option<SyncSender<Task>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, group: usize) -> Result<Self, Error> {
        let (jobs, waiting) = sync_channel(WAITING);
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || write_all(&connection, &waiting, group))
            .map_err(failed)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Does the work in a transaction and returns when it is durable.
    pub(super) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (caller, answer) = sync_channel(1);
        let job = Write { work: Some(work), result: Err(Error::Stopped), caller };
        self.jobs.as_ref().ok_or(Error::Stopped)?.send(Task::Write(Box::new(job))).map_err(|_| Error::Stopped)?;
        answer.recv().map_err(|_| Error::Stopped)?
    }

    /// Leaves nothing in the write-ahead log: what was overwritten is then gone from every file.
    pub(super) fn empty_log(&self) -> Result<(), Error> {
        let (caller, answer) = sync_channel(1);
        self.jobs.as_ref().ok_or(Error::Stopped)?.send(Task::EmptyLog(caller)).map_err(|_| Error::Stopped)?;
        answer.recv().map_err(|_| Error::Stopped)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Without a sender the thread ends once it has done what is waiting.
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_all(connection: &Connection, waiting: &Receiver<Task>, group: usize) {
    let mut next = waiting.recv().ok();
    while let Some(task) = next.take() {
        match task {
            Task::EmptyLog(caller) => {
                let _ = caller.send(empty_log(connection));
            }
            Task::Write(first) => {
                let mut jobs = vec![first];
                let committed = commit(connection, waiting, group, &mut jobs, &mut next);
                if committed.is_err() && !connection.is_autocommit() {
                    let _ = connection.execute_batch("ROLLBACK");
                }
                jobs.into_iter().for_each(|job| job.answer(committed.clone()));
            }
        }
        next = next.or_else(|| waiting.recv().ok());
    }
}

/// Moves the write-ahead log's pages into the database and cuts the log to nothing. A reader on an old snapshot may keep
/// that from being complete for as long as the busy timeout; the next such call completes it.
fn empty_log(connection: &Connection) -> Result<(), Error> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

/// Runs the first job and those that come in meanwhile, in one transaction.
fn commit(
    connection: &Connection,
    waiting: &Receiver<Task>,
    group: usize,
    jobs: &mut Vec<Box<dyn Job>>,
    next: &mut Option<Task>,
) -> Result<(), Error> {
    execute(connection, "BEGIN IMMEDIATE")?;
    let mut done = 0;
    while let Some(job) = jobs.get_mut(done) {
        apart(connection, job.as_mut())?;
        done += 1;
        if done < group {
            match waiting.try_recv() {
                Ok(Task::Write(job)) => jobs.push(job),
                other => *next = other.ok(),
            }
        }
    }
    execute(connection, "COMMIT")
}

fn apart(connection: &Connection, job: &mut dyn Job) -> Result<(), Error> {
    execute(connection, "SAVEPOINT job")?;
    if !job.run(connection) {
        // A full disk or a broken one ends the whole transaction; then this fails and everybody is told.
        execute(connection, "ROLLBACK TO job")?;
    }
    execute(connection, "RELEASE job")
}

fn execute(connection: &Connection, sql: &str) -> Result<(), Error> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
