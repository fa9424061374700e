//! What the operator's monitoring is told of all tenants: what waits, for how long, and how the phones are.

use crate::clock;
use crate::office::{self, Phones, Why};
use crate::store::{self, LogPosition, OutboxCounts, Store};
use crate::telemetry::{PhonesSeen, SEEN_WITHIN_HOURS};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use walkbook_model::{TenantId, Timestamp};

const HOUR_MS: u64 = 60 * 60 * 1_000;
/// A phone with lists that was not heard of for so long is away.
const AWAY_HOURS: u64 = 72;
/// So often the phones are looked at, however often somebody asks: it costs as much as there are.
const LOOK: Duration = Duration::from_secs(5 * 60);

/// What waits of all tenants: for the backend, and for somebody to look at it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Waits {
    pub(super) outbox: OutboxCounts,
    /// For how long the oldest has waited, as far as anybody looked.
    pub(super) oldest: Duration,
    pub(super) set_aside: u64,
}

/// What was seen before.
#[derive(Default)]
pub(super) struct Watched {
    /// Since when this was a tenant's oldest.
    oldest: Mutex<BTreeMap<TenantId, (LogPosition, Instant)>>,
    phones: Mutex<Option<(Instant, PhonesSeen)>>,
}

impl Watched {
    pub(super) fn waits(&self, store: &dyn Store) -> Result<Waits, store::Error> {
        let mut waits = Waits::default();
        for tenant in store.tenants()? {
            let OutboxCounts { waiting, oldest, dead, dropped } = store.outbox_counts(tenant.id)?;
            waits.outbox.waiting += waiting;
            waits.outbox.dead += dead;
            waits.outbox.dropped += dropped;
            waits.oldest = waits.oldest.max(self.waited(tenant.id, oldest, Instant::now()));
            waits.set_aside += store.count_quarantined(tenant.id)? + store.count_rescued(tenant.id)?;
        }
        Ok(waits)
    }

    /// For how long a tenant's oldest has been that.
    fn waited(&self, tenant: TenantId, oldest: Option<LogPosition>, now: Instant) -> Duration {
        let mut known = lock(&self.oldest);
        let Some(oldest) = oldest else {
            known.remove(&tenant);
            return Duration::ZERO;
        };
        let (position, since) = known.entry(tenant).or_insert((oldest, now));
        if *position != oldest {
            (*position, *since) = (oldest, now);
        }
        now.duration_since(*since)
    }

    pub(super) fn phones(&self, store: &dyn Store) -> Result<PhonesSeen, store::Error> {
        let mut known = lock(&self.phones);
        if let Some((at, seen)) = *known
            && at.elapsed() < LOOK
        {
            return Ok(seen);
        }
        let (mut seen, now) = (PhonesSeen::default(), clock::now());
        for tenant in store.tenants()? {
            count(&office::phones(store, tenant.id, AWAY_HOURS, now)?, &mut seen, now);
        }
        *known = Some((Instant::now(), seen));
        Ok(seen)
    }
}

fn count(phones: &Phones, seen: &mut PhonesSeen, now: Timestamp) {
    seen.all += phones.heard_of.len() as u64;
    for (hours, count) in SEEN_WITHIN_HOURS.iter().zip(&mut seen.within) {
        let is_within = |at: &Timestamp| now.as_ms().saturating_sub(at.as_ms()) <= hours * HOUR_MS;
        *count += phones.heard_of.iter().flatten().filter(|at| is_within(at)).count() as u64;
    }
    for why in phones.stuck.iter().flat_map(|stuck| &stuck.why).copied().map(Why::number) {
        seen.stuck.iter_mut().skip(why).take(1).for_each(|count| *count += 1);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_grows_old_until_another_is_the_oldest() {
        let (watched, start) = (Watched::default(), Instant::now());
        let (one, other) = (TenantId::from_bytes([1; 16]), TenantId::from_bytes([2; 16]));
        let later = |seconds| start + Duration::from_secs(seconds);
        let waited = |tenant, oldest: Option<u64>, seconds| {
            watched.waited(tenant, oldest.map(LogPosition::new), later(seconds)).as_secs()
        };
        assert_eq!(waited(one, Some(7), 0), 0);
        assert_eq!(waited(one, Some(7), 90), 90);
        assert_eq!(waited(other, Some(7), 90), 0);
        assert_eq!(waited(one, Some(9), 100), 0);
        assert_eq!(waited(one, None, 110), 0);
        assert_eq!(waited(one, Some(9), 120), 0);
    }
}
