//! Who has to wait before the next try: longer after each that was wrong. Kept for everybody who is named, whether there is
//! such a user or not.
//!
//! A user is kept to a short wait whoever tries: nobody locks somebody out from elsewhere. A stranger's many tries from one
//! place cost that place its time, and many places together come no faster than the user's own wait lets them.
//!
//! A user's tries are counted in the store, for every server on it and over restarts; what comes from one address, each server
//! counts by itself.

mod everywhere;

use super::Coming;
use crate::engine::Refused;
use crate::routes::Network;
use crate::store::{Store, Tries};
use everywhere::Everywhere;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use walkbook_model::{ContentHash, TenantId, Timestamp, UserId};

/// Remembered at once, about 100 bytes each; of more, those are forgotten who came least lately.
const REMEMBERED: usize = 50_000;
/// Who has not come for so long begins anew.
const FORGOTTEN_MS: u64 = 60 * 60 * 1_000;
const FIRST_MS: u64 = 1_000;

/// Whose tries are counted together.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whom {
    /// A user's, from one address.
    UserFrom(TenantId, UserId, Network),
    /// A user's, from wherever.
    User(TenantId, UserId),
    /// An address's, for whomever.
    Address(Network),
}

impl Whom {
    fn name(self) -> ContentHash {
        match self {
            Self::UserFrom(tenant, user, from) => {
                ContentHash::of_parts("user from", &[&tenant.to_bytes(), &user.to_bytes(), &from.to_bytes()])
            }
            Self::User(tenant, user) => ContentHash::of_parts("user", &[&tenant.to_bytes(), &user.to_bytes()]),
            Self::Address(from) => ContentHash::of_parts("address", &[&from.to_bytes()]),
        }
    }

    /// Tries without a wait, and the longest wait: behind one address of a carrier many people sign in.
    const fn bounds(self) -> (u32, u64) {
        match self {
            Self::UserFrom(..) => (3, 15 * 60 * 1_000),
            Self::User(..) => (20, 30 * 1_000),
            Self::Address(..) => (50, 60 * 1_000),
        }
    }

    /// How long to wait after so many tries.
    fn wait_ms(self, tries: u32) -> u64 {
        let (free, longest_ms) = self.bounds();
        match tries.checked_sub(free) {
            None => 0,
            Some(over) => FIRST_MS.checked_shl(over).unwrap_or(u64::MAX).min(longest_ms),
        }
    }

    /// How long to wait after these tries, in milliseconds; also where the clock was set back meanwhile.
    fn left_ms(self, tries: Tries, now: Timestamp) -> u64 {
        self.wait_ms(tries.count).saturating_sub(now.as_ms().abs_diff(tries.last_at.as_ms()))
    }

    /// These tries and one more, if it may be made now.
    fn one_more(self, tries: Tries, now: Timestamp) -> Result<Tries, Refused> {
        match self.left_ms(tries, now) {
            0 if now.as_ms().abs_diff(tries.last_at.as_ms()) >= FORGOTTEN_MS => Ok(Tries { count: 1, last_at: now }),
            0 => Ok(Tries { count: tries.count.saturating_add(1), last_at: now }),
            left_ms => Err(to_wait(left_ms)),
        }
    }
}

/// What each address has tried.
#[derive(Default)]
pub(super) struct Delays(Mutex<BTreeMap<ContentHash, Tries>>);

/// Tries that count as wrong until they are said to have been right.
pub(super) struct Counted<'a> {
    delays: &'a Delays,
    here: Vec<Whom>,
    everywhere: Option<Everywhere<'a>>,
}

impl Delays {
    /// Counts a try to sign in as this user, if nobody has to wait.
    pub(super) fn of_user<'a>(
        &'a self,
        store: &'a dyn Store,
        user: UserId,
        coming: Coming,
    ) -> Result<Counted<'a>, Refused> {
        let Coming { tenant, from, now } = coming;
        // Whoever has to wait, whatever they come with, is not counted anywhere.
        let everywhere = Everywhere::of(store, tenant, user)?;
        everywhere.as_ref().map_or(Ok(()), |tries| tries.may_be_made(now))?;
        let here = self.count(&[Whom::UserFrom(tenant, user, from), Whom::Address(from)], now)?;
        let counted = Counted { delays: self, here, everywhere };
        match counted.everywhere.as_ref().map_or(Ok(()), |tries| tries.count(now)) {
            Ok(()) => Ok(counted),
            Err(refused) => {
                counted.take_back_here(|_| false);
                Err(refused)
            }
        }
    }

    /// Counts a try from this address, for whomever, if it need not wait.
    pub(super) fn of_address(&self, from: Network, now: Timestamp) -> Result<Counted<'_>, Refused> {
        Ok(Counted { delays: self, here: self.count(&[Whom::Address(from)], now)?, everywhere: None })
    }

    /// Counts beforehand, so that many at once are many.
    fn count(&self, whom: &[Whom], now: Timestamp) -> Result<Vec<Whom>, Refused> {
        let mut known = self.lock();
        let tries_of = |known: &BTreeMap<_, Tries>, whom: &Whom| known.get(&whom.name()).copied().unwrap_or_default();
        let left_ms = whom.iter().map(|whom| whom.left_ms(tries_of(&known, whom), now)).max();
        if let Some(left_ms @ 1..) = left_ms {
            return Err(to_wait(left_ms));
        }
        for whom in whom {
            make_room(&mut known);
            let tries = whom.one_more(tries_of(&known, whom), now)?;
            known.insert(whom.name(), tries);
        }
        Ok(whom.to_vec())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ContentHash, Tries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted<'_> {
    /// Whoever proves who they are begins anew there; everything else only takes this try back.
    pub(super) fn were_right(self) {
        self.take_back_here(|whom| matches!(whom, Whom::UserFrom(..)));
        if let Some(everywhere) = self.everywhere {
            // They are in, and a try that stays counted costs the next one half a minute at most.
            let _ = everywhere.take_back();
        }
    }

    fn take_back_here(&self, begins_anew: impl Fn(Whom) -> bool) {
        let mut known = self.delays.lock();
        for whom in &self.here {
            let Some(tries) = known.get_mut(&whom.name()) else { continue };
            tries.count = if begins_anew(*whom) { 0 } else { tries.count.saturating_sub(1) };
            if tries.count == 0 {
                known.remove(&whom.name());
            }
        }
    }
}

const fn to_wait(left_ms: u64) -> Refused {
    Refused::TooMany { after: Duration::from_secs(left_ms.div_ceil(1_000)) }
}

fn make_room(known: &mut BTreeMap<ContentHash, Tries>) {
    if known.len() < REMEMBERED {
        return;
    }
    let oldest = known.iter().min_by_key(|(_, tries)| tries.last_at).map(|(name, _)| *name);
    oldest.map(|name| known.remove(&name));
}

#[cfg(test)]
mod tests;
