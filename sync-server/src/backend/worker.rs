//! The thread that brings what was accepted to the backend.

use super::bring::Way;
use super::pump::{publish_page, pump_while};
use super::{Backend, Error, Pumped, Records, take_in};
use crate::clock;
use crate::office::Pen;
use crate::routes::Backlog;
use crate::store::{Lease, Store};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use walkbook_model::TenantId;

/// How often it looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Without a nudge, it looks by itself: what another process wrote, and what was put off.
    pub(super) look: Duration,
    /// While the backend is not available, it is tried again after this time, doubled with every try.
    pub(super) shortest: Duration,
    /// Up to this time.
    pub(super) longest: Duration,
}

const PACE: Pace =
    Pace { look: Duration::from_secs(5), shortest: Duration::from_millis(200), longest: Duration::from_secs(60) };

/// Brings every tenant's outbox to a backend until it is stopped.
pub struct Worker {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    store: Arc<dyn Store>,
    backend: Arc<dyn Backend>,
    inbox: Option<(Arc<dyn Records>, Pen)>,
    pace: Pace,
    call: Mutex<Call>,
    called: Condvar,
    is_failing: AtomicBool,
    delivered: AtomicU64,
    dead_letters: AtomicU64,
    unfit: AtomicU64,
}

#[derive(Default)]
struct Call {
    is_nudged: bool,
    is_stopped: bool,
}

impl Worker {
    /// Starts the thread. What others change in the tables is written with the office's pen.
    pub fn start(store: Arc<dyn Store>, records: Arc<dyn Records>, pen: Pen) -> Self {
        Self::start_with(store, Arc::clone(&records) as _, Some((records, pen)), PACE)
    }

    pub(super) fn start_with(
        store: Arc<dyn Store>,
        backend: Arc<dyn Backend>,
        inbox: Option<(Arc<dyn Records>, Pen)>,
        pace: Pace,
    ) -> Self {
        let shared = Arc::new(Shared {
            store,
            backend,
            inbox,
            pace,
            call: Mutex::new(Call { is_nudged: true, is_stopped: false }),
            called: Condvar::new(),
            is_failing: AtomicBool::new(false),
            delivered: AtomicU64::new(0),
            dead_letters: AtomicU64::new(0),
            unfit: AtomicU64::new(0),
        });
        let works = Arc::clone(&shared);
        let thread = std::thread::spawn(move || works.work());
        Self { shared, thread: Mutex::new(Some(thread)) }
    }

    /// Lets the pass under way finish its page, and returns when the thread has ended.
    pub fn stop(&self) {
        self.shared.call().is_stopped = true;
        self.shared.called.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the backend's worker had ended with a fault");
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Backlog for Worker {
    fn nudge(&self) {
        self.shared.call().is_nudged = true;
        self.shared.called.notify_all();
    }

    fn is_alive(&self) -> bool {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        thread.as_ref().is_some_and(|thread| !thread.is_finished()) && !self.shared.is_failing.load(Ordering::Relaxed)
    }

    fn counts(&self) -> [u64; 3] {
        let Shared { delivered, dead_letters, unfit, .. } = &*self.shared;
        [delivered, dead_letters, unfit].map(|count| count.load(Ordering::Relaxed))
    }
}

impl Shared {
    fn call(&self) -> MutexGuard<'_, Call> {
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let Pace { shortest, longest, .. } = self.pace;
        let mut wait = None::<Duration>;
        let mut lease = None;
        while self.wait_for_call(wait) {
            let passed = self.take(&mut lease) && (lease.is_none() || self.pass());
            wait = if passed { None } else { Some(wait.map_or(shortest, |wait| (wait * 2).min(longest))) };
            self.is_failing.store(!passed, Ordering::Relaxed);
        }
    }

    /// Waits until there is something to do; while the backend fails, at least so long. Says whether to go on.
    fn wait_for_call(&self, at_least: Option<Duration>) -> bool {
        let is_over = |call: &mut Call| call.is_stopped || (at_least.is_none() && call.is_nudged);
        let wait = at_least.unwrap_or(self.pace.look);
        let waited = self.called.wait_timeout_while(self.call(), wait, |call| !is_over(call));
        let (mut call, _) = waited.unwrap_or_else(PoisonError::into_inner);
        call.is_nudged = false;
        !call.is_stopped
    }

    /// Takes the outboxes upon this server, unless it has them, or another: of several servers one works, and the others
    /// stand by. Says whether the store was there.
    fn take<'a>(&'a self, lease: &mut Option<Box<dyn Lease + 'a>>) -> bool {
        if lease.as_ref().is_some_and(|lease| lease.is_held()) {
            return true;
        }
        match self.store.lease_outboxes() {
            Ok(taken) => *lease = taken,
            Err(error) => {
                tracing::error!(%error, "the store does not say whose the outboxes are");
                return false;
            }
        }
        true
    }

    /// One pass over all tenants; whether all went well. One tenant's trouble is no other's.
    fn pass(&self) -> bool {
        let tenants = match self.store.tenants() {
            Ok(tenants) => tenants,
            Err(error) => {
                tracing::error!(%error, "the store does not tell its tenants");
                return false;
            }
        };
        let mut all_well = true;
        for tenant in tenants {
            // A fault ends one tenant's pass, and not the worker.
            let pumped = catch_unwind(AssertUnwindSafe(|| {
                let taken = self.take_in(tenant.id);
                let pumped = self.pump(tenant.id).and(taken);
                self.forget_who_left(tenant.id)?;
                pumped
            }));
            match pumped {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => tracing::warn!(%error, "the backend was not reached; it is tried again"),
                Err(_) => tracing::error!("there is a fault on the way to the backend; it is tried again"),
            }
            all_well = false;
        }
        all_well
    }

    /// What this pass has brought of a tenant who left meanwhile may have come behind their taking away.
    fn forget_who_left(&self, tenant: TenantId) -> Result<(), Error> {
        let Some((records, _)) = &self.inbox else { return Ok(()) };
        if self.store.tenant(tenant)?.is_none() {
            records.forget(tenant)?;
        }
        Ok(())
    }

    /// Takes what others changed in the tables. What comes of it waits in the outbox then.
    fn take_in(&self, tenant: TenantId) -> Result<(), Error> {
        let Some((records, pen)) = &self.inbox else { return Ok(()) };
        let taken = take_in(&*self.store, &**records, pen, tenant, clock::now())?;
        if taken.given_up > 0 {
            tracing::error!(count = taken.given_up, "changes in the tables that cannot be taken were set aside");
        }
        Ok(())
    }

    /// Brings what is due of a tenant, until the worker is stopped.
    fn pump(&self, tenant: TenantId) -> Result<(), Error> {
        let way = Way { store: &*self.store, backend: &*self.backend, tenant };
        let mut pumped = Pumped::default();
        let goes_on = || !self.call().is_stopped;
        let done = pump_while(way, clock::now(), &mut pumped, &goes_on);
        let done = done.and_then(|()| if goes_on() { self.publish(way) } else { Ok(()) });
        self.delivered.fetch_add(pumped.delivered, Ordering::Relaxed);
        self.dead_letters.fetch_add(pumped.dead_letters, Ordering::Relaxed);
        if pumped.dead_letters > 0 {
            tracing::error!(count = pumped.dead_letters, "entries the backend does not take were set aside");
        }
        done
    }

    /// Brings a page of what is marked. The rest comes with the next pass, and does not let the other tenants wait.
    fn publish(&self, way: Way<'_>) -> Result<(), Error> {
        let (published, more) = publish_page(way.store, way.backend, way.tenant)?;
        if published.unfit > 0 {
            self.unfit.fetch_add(published.unfit, Ordering::Relaxed);
            tracing::error!(
                count = published.unfit,
                "documents that the backend does not take, or the store cannot read, are not there as they stand; \
                 `backend bring` tries again"
            );
        }
        if more {
            self.call().is_nudged = true;
        }
        Ok(())
    }
}
