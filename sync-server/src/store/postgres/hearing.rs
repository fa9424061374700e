//! What is new, and the bell that servers on one database ring for each other.
//!
//! Whoever has written something that others wait for says so on a channel, behind the commit and not in it: a notice in a
//! transaction makes it commit alone in the whole database. What is said names no tenant to whoever knows none.

use super::row::{bytes, get, int, number, position};
use super::transaction::{Tx, params};
use super::{Address, PostgresStore};
use crate::store::Error;
use crate::store::hearing::{Bell, Heard, Hearing, News, Rung, Tag, Watched};
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_postgres::AsyncMessage;
use walkbook_model::{DeviceId, TenantId, UserId, WalkListId};

/// The channel's name, within the database.
const CHANNEL: &str = "walkbook_bell";
/// As often somebody asks whether the database is still there, and waits no longer for the answer.
const ASK: Duration = Duration::from_secs(30);
/// Before the next try to listen, after one that failed.
const REST: Duration = Duration::from_secs(2);

/// What says that there is something new for a tenant. Nobody waits for the disk with it: a bell that a crash takes away is one
/// that everybody missed who was cut off by it.
pub(super) fn ring(tenant: TenantId) -> String {
    format!("SELECT set_config('synchronous_commit', 'off', true), pg_notify('{CHANNEL}', '{}')", Tag::of(tenant))
}

impl Hearing for PostgresStore {
    fn heard(&self, tenant: TenantId) -> Result<Heard, Error> {
        self.read(tenant, |tx, _| heard(tx, tenant))
    }

    fn news(&self, tenant: TenantId, watched: &Watched, since: Heard) -> Result<News, Error> {
        let lists: Vec<Vec<u8>> = watched.lists.iter().map(|list| list.to_bytes().to_vec()).collect();
        let users: Vec<Vec<u8>> = watched.users.iter().map(|user| user.to_bytes().to_vec()).collect();
        self.read(tenant, |tx, _| {
            let (id, since) = (tenant.to_bytes(), int(since.position.get())?);
            let mut news = News { heard: heard(tx, tenant)?, ..News::default() };
            let sql = "SELECT DISTINCT list, device FROM feed WHERE tenant = $1 AND list = ANY ($2) AND position > $3";
            for row in &tx.rows(sql, params![id, lists, since])? {
                let writer = get::<Option<&[u8]>>(row, 1)?.is_some().then(|| bytes(row, 1)).transpose()?;
                news.lists.insert((WalkListId::from_bytes(bytes(row, 0)?), writer.map(DeviceId::from_bytes)));
            }
            let sql = "SELECT DISTINCT user_id FROM assignments WHERE tenant = $1 AND user_id = ANY ($2)
                AND greatest(from_position, coalesce(until_position, 0)) > $3";
            for row in &tx.rows(sql, params![id, users, since])? {
                news.users.insert(UserId::from_bytes(bytes(row, 0)?));
            }
            // A subject begins with its kind.
            let sql = r"SELECT DISTINCT device FROM entries WHERE tenant = $1 AND subject >= '\x02' AND subject < '\x03'
                AND coalesce(position, recalled) > $2";
            for row in &tx.rows(sql, params![id, since])? {
                news.drafts.insert(DeviceId::from_bytes(bytes(row, 0)?));
            }
            Ok(news)
        })
    }

    fn listen(&self) -> Result<Box<dyn Bell>, Error> {
        let rings = Arc::new(Rings::default());
        self.runtime()?.spawn(hear_for_ever(self.address.clone(), Arc::downgrade(&rings)));
        Ok(Box::new(Notified(rings)))
    }
}

fn heard(tx: &Tx<'_>, tenant: TenantId) -> Result<Heard, Error> {
    let sql =
        "SELECT position, coalesce((SELECT number FROM audit_heads WHERE tenant = $1), 0) FROM tenants WHERE id = $1";
    let row = tx.row(sql, params![tenant.to_bytes()])?.ok_or(Error::Unknown { what: "tenant" })?;
    Ok(Heard { position: position(&row, 0)?, record: number(&row, 1)? })
}

/// What rang and was not told yet.
#[derive(Default)]
struct Rings {
    rung: Mutex<Rung>,
    rings: Condvar,
    /// Whether a connection listens.
    is_heard: AtomicBool,
}

impl Rings {
    fn ring(&self, tag: Option<Tag>) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        match (&mut *rung, tag) {
            (Rung::Everybody, _) => {}
            (Rung::For(tags), Some(tag)) => drop(tags.insert(tag)),
            (Rung::Quiet, Some(tag)) => *rung = Rung::For(BTreeSet::from([tag])),
            (_, None) => *rung = Rung::Everybody,
        }
        self.rings.notify_all();
    }
}

struct Notified(Arc<Rings>);

impl Bell for Notified {
    fn wait(&mut self, at_most: Duration) -> Rung {
        let rung = self.0.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let quiet = |rung: &mut Rung| *rung == Rung::Quiet;
        let (mut rung, _) =
            self.0.rings.wait_timeout_while(rung, at_most, quiet).unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *rung)
    }

    fn is_heard(&self) -> bool {
        self.0.is_heard.load(Ordering::Relaxed)
    }
}

/// Listens for as long as somebody waits, over a connection of its own; where that breaks, over another one.
async fn hear_for_ever(address: Address, rings: Weak<Rings>) {
    while rings.strong_count() > 0 {
        if let Err(error) = hear(&address, &rings).await {
            tracing::warn!(%error, "the other servers cannot be heard; what is new is looked for by the clock meanwhile");
        }
        if let Some(rings) = rings.upgrade() {
            rings.is_heard.store(false, Ordering::Relaxed);
        }
        sleep(REST).await;
    }
}

async fn hear(address: &Address, rings: &Weak<Rings>) -> Result<(), Error> {
    let (client, mut connection) = address.config.connect(address.tls.clone()).await?;
    let ends = Weak::clone(rings);
    let reading = tokio::spawn(async move {
        while let Some(message) = poll_fn(|cx| connection.poll_message(cx)).await {
            let Some(rings) = ends.upgrade() else { break };
            if let AsyncMessage::Notification(said) = message? {
                // What is no tag comes from somebody else, and is worth a look.
                rings.ring(said.payload().parse().ok());
            }
        }
        Ok::<(), tokio_postgres::Error>(())
    });
    let mut reading = AbortOnDrop(reading);
    client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
    // What was said before, nobody has heard.
    let Some(listening) = rings.upgrade() else { return Ok(()) };
    listening.is_heard.store(true, Ordering::Relaxed);
    listening.ring(None);
    drop(listening);
    while rings.strong_count() > 0 {
        tokio::select! {
            // Nobody waits for an answer on a connection that has broken off.
            ended = &mut reading.0 => return ended.map_or(Ok(()), |read| Ok(read?)),
            () = sleep(ASK) => {}
        }
        let answered = timeout(ASK, client.batch_execute("SELECT 1")).await;
        answered.map_err(|elapsed| Error::Unreachable(Arc::new(elapsed)))??;
    }
    Ok(())
}

struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
