//! Where the paces are remembered: of so many at most. Whoever has not come for a while is forgotten; where more come than can be
//! remembered, those who are new share one place.

use governor::nanos::Nanos;
use governor::state::StateStore;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Those who are remembered, about 100 bytes each.
const REMEMBERED: usize = 100_000;
/// Who can be forgotten is looked for this often at most, because it costs as much as there are.
const LOOK_NS: u64 = 1_000_000_000;

/// The times from which on each may come again, as the algorithm has it.
pub(super) struct Bounded<K> {
    /// By how much one coming puts off the next.
    interval_ns: u64,
    times: Mutex<Times<K>>,
}

struct Times<K> {
    of: HashMap<K, Nanos>,
    of_the_rest: Option<Nanos>,
    looked_at_ns: u64,
}

impl<K> Bounded<K> {
    pub(super) fn new(interval: Duration) -> Self {
        let times = Times { of: HashMap::new(), of_the_rest: None, looked_at_ns: 0 };
        Self { interval_ns: u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX), times: Mutex::new(times) }
    }
}

impl<K: Hash + Eq + Clone> StateStore for Bounded<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(time) = times.of.get_mut(key) {
            let (measured, next) = measure(Some(*time))?;
            *time = next;
            return Ok(measured);
        }
        let (measured, next) = measure(None)?;
        times.make_room(next.as_u64(), self.interval_ns);
        if times.of.len() < REMEMBERED {
            times.of.insert(key.clone(), next);
            return Ok(measured);
        }
        let (measured, next) = measure(times.of_the_rest)?;
        times.of_the_rest = Some(next);
        Ok(measured)
    }
}

impl<K: Hash + Eq> Times<K> {
    /// Where there is no room, forgets whoever is as free to come as somebody who is new, whose time this will be.
    fn make_room(&mut self, new_ns: u64, interval_ns: u64) {
        if self.of.len() >= REMEMBERED && new_ns >= self.looked_at_ns.saturating_add(LOOK_NS) {
            self.of.retain(|_, time| time.as_u64() > new_ns.saturating_sub(interval_ns));
            self.looked_at_ns = new_ns;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;
    use governor::middleware::NoOpMiddleware;
    use governor::{Quota, RateLimiter, clock::Clock};
    use std::num::NonZeroU32;

    type Limiter =
        RateLimiter<usize, Bounded<usize>, FakeRelativeClock, NoOpMiddleware<<FakeRelativeClock as Clock>::Instant>>;

    fn limiter(clock: &FakeRelativeClock) -> Limiter {
        let quota = Quota::per_minute(NonZeroU32::MIN).allow_burst(NonZeroU32::MIN);
        RateLimiter::new(quota, Bounded::new(quota.replenish_interval()), clock.clone())
    }

    #[test]
    fn no_number_of_comers_exhausts_the_memory_and_those_who_are_known_stay_known() {
        let clock = FakeRelativeClock::default();
        let limiter = limiter(&clock);
        let let_in = (0..3 * REMEMBERED).filter(|comer| limiter.check_key(comer).is_ok()).count();
        assert_eq!(let_in, REMEMBERED + 1, "the rest are one");
        assert!(limiter.check_key(&1).is_err(), "who came is known");
        assert!(limiter.into_state_store().times.into_inner().unwrap().of.len() <= REMEMBERED);
    }

    #[test]
    fn whoever_may_come_again_is_forgotten_for_others() {
        let clock = FakeRelativeClock::default();
        let limiter = limiter(&clock);
        (0..REMEMBERED).for_each(|comer| limiter.check_key(&comer).unwrap());
        clock.advance(Duration::from_secs(120));
        let let_in = (REMEMBERED..2 * REMEMBERED).filter(|comer| limiter.check_key(comer).is_ok()).count();
        assert_eq!(let_in, REMEMBERED);
    }
}
