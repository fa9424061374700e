//! How often somebody may come: a device, a user, a tenant, an address. Whoever comes more often is told when to come again.

mod bounded;

use super::Network;
use crate::problem::Problem;
use bounded::Bounded;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::{Quota, RateLimiter};
use serde::Deserialize;
use std::fmt;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::{Duration, Instant};
use thiserror::Error;
use walkbook_model::{DeviceId, TenantId, UserId};

/// So many requests at once, and so many a minute in the long run.
///
/// ```
/// use walkbook_server::routes::Pace;
/// let pace: Pace = "60/30".parse()?;
/// assert_eq!((pace.at_once.get(), pace.a_minute.get(), pace.to_string().as_str()), (60, 30, "60/30"));
/// # Ok::<(), walkbook_server::routes::NoPace>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pace {
    /// At once, by somebody who has not come for a while.
    pub at_once: NonZeroU32,
    /// A minute, by somebody who comes all the time.
    pub a_minute: NonZeroU32,
}

/// What was given is no pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a pace is two numbers from 1 on, `at once/a minute`, such as 60/30")]
pub struct NoPace;

impl FromStr for Pace {
    type Err = NoPace;

    fn from_str(text: &str) -> Result<Self, NoPace> {
        let (at_once, a_minute) = text.split_once('/').ok_or(NoPace)?;
        let number = |text: &str| text.parse::<NonZeroU32>().map_err(|_| NoPace);
        Ok(Self { at_once: number(at_once)?, a_minute: number(a_minute)? })
    }
}

impl TryFrom<String> for Pace {
    type Error = NoPace;

    fn try_from(text: String) -> Result<Self, NoPace> {
        text.parse()
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.at_once, self.a_minute)
    }
}

/// How often each may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paces {
    /// A device. A phone that syncs twice a minute, and then downloads a list of 5,000 doors, needs about 40 in a row.
    pub device: Pace,
    /// A user, with all their devices.
    pub user: Pace,
    /// A tenant. At the end of a shift 20,000 phones come within some minutes.
    pub tenant: Pace,
    /// An address, proven or not: of IPv6 the network of 64 bits. Behind one address of a carrier 1,000 phones may come at the
    /// end of a shift, several times each.
    pub address: Pace,
    /// An address, that asks in which region somebody is. Volunteers who come in together behind one address do so once each.
    pub finding: Pace,
}

impl Default for Paces {
    fn default() -> Self {
        Self {
            device: pace(120, 60),
            user: pace(240, 120),
            tenant: pace(20_000, 30_000),
            address: pace(5_000, 6_000),
            finding: pace(120, 30),
        }
    }
}

const fn pace(at_once: u32, a_minute: u32) -> Pace {
    let (at_once, a_minute) = (NonZeroU32::new(at_once), NonZeroU32::new(a_minute));
    match (at_once, a_minute) {
        (Some(at_once), Some(a_minute)) => Pace { at_once, a_minute },
        _ => Pace { at_once: NonZeroU32::MIN, a_minute: NonZeroU32::MIN },
    }
}

/// Keeps everybody to their pace.
pub(super) struct Keeper {
    devices: Kept<(TenantId, DeviceId)>,
    users: Kept<(TenantId, UserId)>,
    tenants: Kept<TenantId>,
    addresses: Kept<Network>,
    finders: Kept<Network>,
}

impl Keeper {
    pub(super) fn new(paces: &Paces) -> Self {
        Self {
            devices: Kept::new(paces.device, Running::default()),
            users: Kept::new(paces.user, Running::default()),
            tenants: Kept::new(paces.tenant, Running::default()),
            addresses: Kept::new(paces.address, Running::default()),
            finders: Kept::new(paces.finding, Running::default()),
        }
    }

    /// Somebody comes from there.
    pub(super) fn comes_from(&self, network: Network) -> Result<(), Problem> {
        self.addresses.comes(network)
    }

    /// Somebody asks from there in which region somebody is.
    pub(super) fn looks_for_somebody_from(&self, network: Network) -> Result<(), Problem> {
        self.finders.comes(network)
    }

    /// A device comes, and has proven that it is this one.
    pub(super) fn comes(&self, tenant: TenantId, device: DeviceId, user: UserId) -> Result<(), Problem> {
        self.devices.comes((tenant, device))?;
        self.users.comes((tenant, user))?;
        self.tenants.comes(tenant)
    }
}

/// The time since the start, which is never set back.
struct Running(Instant);

impl Default for Running {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for Running {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.elapsed().into()
    }
}

/// Those of one kind, by the generic cell rate algorithm.
struct Kept<K: Hash + Eq + Clone, C: Clock = Running> {
    limiter: RateLimiter<K, Bounded<K>, C, NoOpMiddleware<C::Instant>>,
}

impl<K: Hash + Eq + Clone, C: Clock> Kept<K, C> {
    fn new(pace: Pace, clock: C) -> Self {
        let quota = Quota::per_minute(pace.a_minute).allow_burst(pace.at_once);
        Self { limiter: RateLimiter::new(quota, Bounded::new(quota.replenish_interval()), clock) }
    }

    fn comes(&self, who: K) -> Result<(), Problem> {
        let too_early = |until: governor::NotUntil<C::Instant>| until.wait_time_from(self.limiter.clock().now());
        self.limiter.check_key(&who).map_err(|until| Problem::too_many(round_up(too_early(until))))
    }
}

/// `Retry-After` has whole seconds.
fn round_up(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;

    fn is_let_in(kept: &Kept<u32, FakeRelativeClock>, who: u32) -> bool {
        kept.comes(who).is_ok()
    }

    #[test]
    fn whoever_comes_too_often_is_told_when_to_come_and_is_let_in_then() {
        let clock = FakeRelativeClock::default();
        let kept = Kept::new(pace(3, 30), clock.clone());
        assert!((0..3).all(|_| is_let_in(&kept, 1)));
        let told = kept.comes(1).unwrap_err();
        assert_eq!((told.status().as_u16(), told.code()), (429, "too-many"));
        assert_eq!(told.retry_after(), Some(Duration::from_secs(2)));
        assert!(is_let_in(&kept, 2), "another one is another one");
        clock.advance(Duration::from_secs(2));
        assert!(is_let_in(&kept, 1));
        assert!(!is_let_in(&kept, 1));
    }

    #[test]
    fn what_is_no_pace_is_none() {
        for text in ["", "60", "0/60", "60/0", "-1/1", "60/60/60", "a/b", "99999999999/1"] {
            assert_eq!(text.parse::<Pace>(), Err(NoPace), "{text}");
        }
    }

    #[test]
    fn a_thousand_phones_behind_one_address_end_their_shift() {
        let keeper = Keeper::new(&Paces::default());
        let address = Network::of("192.0.2.1".parse().unwrap());
        let id = |number: u16| [&number.to_be_bytes()[..], &[1; 14]].concat().try_into().unwrap();
        for phone in 0..1_000 {
            for _ in 0..4 {
                keeper.comes_from(address).unwrap();
                let (device, user) = (DeviceId::from_bytes(id(phone)), UserId::from_bytes(id(phone)));
                keeper.comes(TenantId::from_bytes([1; 16]), device, user).unwrap();
            }
        }
    }
}
