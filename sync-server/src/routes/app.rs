//! What every route works with.

use super::paces::{Keeper, Paces};
use super::turns::Turns;
use super::watched::Watched;
use super::well_known::Whereabouts;
use crate::backup::Standing;
use crate::engine::Exchange;
use crate::live::{Listeners, Live};
use crate::registration::Registration;
use crate::server::Connections;
use crate::store::Store;
use crate::telemetry::Metrics;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Semaphore;
use walkbook_model::ContentHash;

/// Exchanges that are worked on at the same time before a shared store.
const AT_ONCE_SHARED: usize = 16;

/// How much is done at once. What is above waits, and then is told to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Exchanges that are worked on at the same time, each on a thread.
    pub at_once: usize,
    /// Passwords that are hashed at the same time, each in 19 MiB.
    pub hashed_at_once: usize,
    /// Who waits at the same time for tenants' providers, each on a thread.
    pub asked_at_once: usize,
    /// Bytes that the first 64 KiB of requests may take in memory, over all of them: a shift's knocks are less, so that
    /// large requests keep no phone from bringing them.
    pub first_bytes: usize,
    /// Bytes that the rest of requests may take in memory, over all of them.
    pub body_bytes: usize,
    /// How long a request waits for its turn.
    pub wait: Duration,
    /// How long a request's body may be behind [`Self::slowest`], at its beginning and ever after.
    pub grace: Duration,
    /// Bytes a second that a body has to come at.
    pub slowest: u64,
    /// How often each may come.
    pub paces: Paces,
    /// How many may wait to hear of something new.
    pub listeners: Listeners,
}

impl Default for Limits {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            at_once: threads * 2,
            // Who signs in keeps no phone from syncing.
            hashed_at_once: (threads / 2).max(1),
            // A few providers that are slow keep nobody waiting who signs in at another one.
            asked_at_once: 64,
            first_bytes: 64 * 1024 * 1024,
            body_bytes: 256 * 1024 * 1024,
            wait: Duration::from_secs(10),
            grace: Duration::from_secs(30),
            // EDGE at the edge of its cell.
            slowest: 4 * 1024,
            paces: Paces::default(),
            listeners: Listeners::among(Connections::default().in_all),
        }
    }
}

impl Limits {
    /// Those of a server before this store. Where several servers share it, it is a database: who waits for its answer takes no
    /// processor, and as many exchanges are worked on as the store has connections.
    pub fn before(store: &dyn Store) -> Self {
        let usual = Self::default();
        let at_once = if store.is_shared() { usual.at_once.max(AT_ONCE_SHARED) } else { usual.at_once };
        Self { at_once, ..usual }
    }
}

/// What waits to be handed on to the regional backend.
pub trait Backlog: Send + Sync {
    /// Something new was accepted.
    fn nudge(&self);
    /// Whether it is being worked on.
    fn is_alive(&self) -> bool;
    /// Entries delivered since the start, and given up; documents that were brought and not taken.
    fn counts(&self) -> [u64; 3];
}

/// The engine, its surroundings and its bounds.
pub struct App {
    pub(super) exchange: Arc<dyn Exchange>,
    pub(super) store: Arc<dyn Store>,
    pub(super) backlog: Arc<dyn Backlog>,
    pub(super) limits: Limits,
    /// For what takes little work, whoever asks.
    pub(super) looks: Semaphore,
    /// For what takes the work and the memory of hashing.
    pub(super) hashes: Semaphore,
    /// For what waits for a tenant's provider.
    pub(super) asks: Semaphore,
    pub(super) turns: Arc<Turns>,
    pub(super) keeper: Keeper,
    pub(super) first_room: Arc<Semaphore>,
    pub(super) room: Arc<Semaphore>,
    live: Arc<Live>,
    metrics: Arc<Metrics>,
    pub(super) watched: Watched,
    token: Option<ContentHash>,
    stopping: AtomicBool,
    backup: OnceLock<Arc<dyn Backup>>,
    pub(super) whereabouts: Option<Whereabouts>,
    registration: Option<Arc<Registration>>,
}

/// The server's backup, as it stands.
pub trait Backup: Send + Sync {
    /// How it stands.
    fn standing(&self) -> Standing;
}

impl App {
    /// An app. Metrics are shown to whoever has the token, and to nobody without one.
    pub fn new(
        exchange: Arc<dyn Exchange>,
        store: Arc<dyn Store>,
        backlog: Arc<dyn Backlog>,
        limits: Limits,
        metrics_token: Option<&str>,
    ) -> Self {
        let metrics = Metrics::with(exchange.merge_seconds());
        Self {
            live: Live::new(Arc::clone(&store), limits.listeners),
            exchange,
            store,
            backlog,
            limits,
            looks: Semaphore::new(limits.at_once),
            hashes: Semaphore::new(limits.hashed_at_once),
            asks: Semaphore::new(limits.asked_at_once),
            turns: Turns::new(limits.at_once, limits.wait),
            keeper: Keeper::new(&limits.paces),
            first_room: Arc::new(Semaphore::new(super::body::blocks(limits.first_bytes))),
            room: Arc::new(Semaphore::new(super::body::blocks(limits.body_bytes))),
            metrics: Arc::new(metrics),
            watched: Watched::default(),
            token: metrics_token.map(digest),
            stopping: AtomicBool::new(false),
            backup: OnceLock::new(),
            whereabouts: None,
            registration: None,
        }
    }

    /// The same, and it tells where it is.
    #[must_use]
    pub fn found_at(mut self, whereabouts: Whereabouts) -> Self {
        self.whereabouts = Some(whereabouts);
        self
    }

    /// The same, and it tells in which region to look for somebody.
    #[must_use]
    pub fn finding(mut self, registration: Option<Arc<Registration>>) -> Self {
        self.registration = registration;
        self
    }

    pub(super) fn registration(&self) -> Option<&Registration> {
        self.registration.as_deref()
    }

    /// From now on the metrics tell how this backup stands.
    pub fn watch_backup(&self, backup: Arc<dyn Backup>) {
        // There is one, from the start on.
        let _ = self.backup.set(backup);
    }

    pub(super) fn backup(&self) -> Option<Standing> {
        self.backup.get().map(|backup| backup.standing())
    }

    /// The counters.
    pub const fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Those who listen.
    pub const fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// From now on the server says that it is not ready: balancers send phones elsewhere, and so does the end of what they
    /// listen to.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.live.end();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Compares digests, so that the time it takes tells nothing of the token.
    pub(super) fn may_see_metrics(&self, token: &str) -> bool {
        self.token.is_some_and(|known| known == digest(token))
    }
}

fn digest(token: &str) -> ContentHash {
    ContentHash::of_parts("metrics token", &[token.as_bytes()])
}
