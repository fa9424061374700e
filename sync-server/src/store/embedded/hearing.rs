//! What is new, and a bell that hears of every commit, whichever process it is of: SQLite counts them.

use super::row::{bytes, get, int, number, position};
use super::{EmbeddedStore, schema};
use crate::store::Error;
use crate::store::hearing::{Bell, Heard, Hearing, News, Rung, Watched};
use rusqlite::{Connection, OpenFlags, Row, params};
use std::time::{Duration, Instant};
use walkbook_model::{DeviceId, TenantId};

/// How often the count of commits is looked at, which costs some microseconds.
const LOOK: Duration = Duration::from_millis(100);

impl Hearing for EmbeddedStore {
    fn heard(&self, tenant: TenantId) -> Result<Heard, Error> {
        self.read(|connection, _| heard(connection, tenant))
    }

    fn news(&self, tenant: TenantId, watched: &Watched, since: Heard) -> Result<News, Error> {
        self.read(|connection, _| {
            let mut news = News { heard: heard(connection, tenant)?, ..News::default() };
            let (id, since) = (tenant.to_bytes(), int(since.position.get())?);
            let sql = "SELECT DISTINCT device FROM feed WHERE tenant = ? AND list = ? AND position > ?";
            let mut query = connection.prepare_cached(sql)?;
            for list in &watched.lists {
                for writer in query.query_and_then(params![id, list.to_bytes(), since], maybe_device)? {
                    news.lists.insert((*list, writer?));
                }
            }
            let sql = "SELECT EXISTS (SELECT 1 FROM assignments
                WHERE tenant = ? AND user = ? AND max(from_position, coalesce(until_position, 0)) > ?)";
            let mut query = connection.prepare_cached(sql)?;
            for user in &watched.users {
                if query.query_row(params![id, user.to_bytes(), since], |row| row.get(0))? {
                    news.users.insert(*user);
                }
            }
            // A subject begins with its kind.
            let sql = "SELECT DISTINCT device FROM entries
                WHERE tenant = ? AND subject >= x'02' AND subject < x'03' AND coalesce(position, recalled) > ?";
            let mut query = connection.prepare_cached(sql)?;
            for writer in query.query_and_then(params![id, since], |row| bytes(row, 0).map(DeviceId::from_bytes))? {
                news.drafts.insert(writer?);
            }
            Ok(news)
        })
    }

    fn listen(&self) -> Result<Box<dyn Bell>, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.file, flags)?;
        schema::set_up_reader(&connection)?;
        let commits = commits(&connection)?;
        Ok(Box::new(Commits { connection, commits }))
    }
}

fn heard(connection: &Connection, tenant: TenantId) -> Result<Heard, Error> {
    let sql = "SELECT position, coalesce((SELECT number FROM audit_heads WHERE tenant = ?1), 0)
        FROM tenants WHERE id = ?1";
    let row = |row: &Row<'_>| Ok(Heard { position: position(row, 0)?, record: number(row, 1)? });
    let mut query = connection.prepare_cached(sql)?;
    query.query_and_then([tenant.to_bytes()], row)?.next().ok_or(Error::Unknown { what: "tenant" })?
}

fn maybe_device(row: &Row<'_>) -> Result<Option<DeviceId>, Error> {
    match get::<Option<Vec<u8>>>(row, 0)? {
        Some(_) => bytes(row, 0).map(|id| Some(DeviceId::from_bytes(id))),
        None => Ok(None),
    }
}

/// A connection that sees how often the others have committed.
struct Commits {
    connection: Connection,
    commits: i64,
}

impl Bell for Commits {
    fn wait(&mut self, at_most: Duration) -> Rung {
        let until = Instant::now() + at_most;
        loop {
            match commits(&self.connection) {
                Ok(commits) if commits == self.commits => {}
                Ok(commits) => {
                    self.commits = commits;
                    return Rung::Everybody;
                }
                // Whoever looks into the store then is told what is wrong with it.
                Err(_) => return Rung::Everybody,
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Rung::Quiet;
            }
            std::thread::sleep(left.min(LOOK));
        }
    }

    /// It is asked, and does not have to ring.
    fn is_heard(&self) -> bool {
        true
    }
}

/// Another number after each commit of another connection.
fn commits(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
}
