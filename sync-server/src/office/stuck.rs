//! Phones that do not get on, and why: for whoever looks after the server, and for whoever can ask the person.

use crate::store::audit::{LogFlaw, Record};
use crate::store::{Act, By, Deed, Device, Error, Held, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use walkbook_model::{DeviceId, TenantId, Timestamp, UserId};

const HOUR_MS: u64 = 60 * 60 * 1_000;
/// How far back the audit log is looked at.
const LOOKS_BACK_MS: u64 = 7 * 24 * HOUR_MS;
/// So often within that time a phone brings what is refused before it counts as stuck; a slip is no trouble.
const REFUSED_OFTEN: u64 = 3;
/// A clock that is off by so much, either way.
const CLOCK_MS: u64 = HOUR_MS;
const RECORDS: u32 = 1_000;

/// Why a phone does not get on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It is shut out, and comes all the same: what it has stays on it. Its rescue file can be taken.
    ShutOut,
    /// Its log is another one than the server has: its files were copied, or set back. It has to begin anew.
    Forked,
    /// Its log is not as it signed it. It has to begin anew.
    Forged,
    /// It brings what is refused, again and again: so often lately.
    Refused(u64),
    /// Its clock is off by so many milliseconds, ahead or behind.
    Clock(i64),
    /// It has lists, and was not heard of since.
    Away(Timestamp),
    /// It has lists, and has not come since it was let in.
    NeverCame,
    /// It is to destroy what it has since then, and has not come for it.
    ToBeWiped(Timestamp),
}

impl Why {
    /// All of them by name, for figures.
    pub const NAMES: [&str; 8] =
        ["shut_out", "forked", "forged", "refused", "clock", "away", "never_came", "to_be_wiped"];

    /// Its place in [`NAMES`](Self::NAMES).
    pub const fn number(self) -> usize {
        match self {
            Self::ShutOut => 0,
            Self::Forked => 1,
            Self::Forged => 2,
            Self::Refused(_) => 3,
            Self::Clock(_) => 4,
            Self::Away(_) => 5,
            Self::NeverCame => 6,
            Self::ToBeWiped(_) => 7,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = crate::words::instant;
        match *self {
            Self::ShutOut => f.write_str("is shut out and comes all the same: take its rescue file"),
            Self::Forked => f.write_str("its log is another one than the server has: it has to begin anew"),
            Self::Forged => f.write_str("its log is not as it signed it: it has to begin anew"),
            Self::Refused(times) => write!(f, "brought what is refused {times} times in a week"),
            Self::Clock(ms) if ms > 0 => write!(f, "its clock is {} minutes ahead", ms / 60_000),
            Self::Clock(ms) => write!(f, "its clock is {} minutes behind", ms.unsigned_abs() / 60_000),
            Self::Away(since) => write!(f, "has lists and was not heard of since {}", instant(since)),
            Self::NeverCame => f.write_str("has lists and has not come since it was let in"),
            Self::ToBeWiped(since) => write!(f, "is to be wiped since {} and has not come", instant(since)),
        }
    }
}

/// A phone that does not get on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// Which.
    pub device: DeviceId,
    /// Whose.
    pub user: UserId,
    /// Why, at least one thing.
    pub why: BTreeSet<Why>,
}

/// How a tenant's phones are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phones {
    /// When each that may come was last heard of: nothing where it never was.
    pub heard_of: Vec<Option<Timestamp>>,
    /// Those that do not get on, by user and device.
    pub stuck: Vec<Stuck>,
}

/// Looks at all of a tenant's phones. One with lists that was not heard of for `away_hours` is away.
///
/// # Errors
/// Those of the store.
pub fn phones(store: &dyn Store, tenant: TenantId, away_hours: u64, now: Timestamp) -> Result<Phones, Error> {
    let deeds = lately(store, tenant, now)?;
    let mut phones = Phones::default();
    let mut has_lists = BTreeMap::new();
    for device in store.devices(tenant)? {
        if device.is_in() {
            phones.heard_of.push(device.last_seen_at);
        }
        let mut why = deeds.get(&device.id).map_or_else(BTreeSet::new, |deeds| by_deeds(&device, deeds));
        why.extend(by_itself(&device));
        if let Some(away) = away(&device, away_hours, now) {
            let works = match has_lists.get(&device.user) {
                Some(known) => *known,
                None => *has_lists.entry(device.user).or_insert(has_a_list(store, tenant, device.user)?),
            };
            why.extend(works.then_some(away));
        }
        if !why.is_empty() {
            phones.stuck.push(Stuck { device: device.id, user: device.user, why });
        }
    }
    phones.stuck.sort_by_key(|stuck| (stuck.user, stuck.device));
    Ok(phones)
}

fn by_itself(device: &Device) -> Option<Why> {
    let skew_ms = device.clock_skew_ms;
    let waits = device.wipe_ordered_at.filter(|_| device.is_to_be_wiped()).map(Why::ToBeWiped);
    waits.or((device.is_in() && skew_ms.unsigned_abs() >= CLOCK_MS).then_some(Why::Clock(skew_ms)))
}

fn away(device: &Device, hours: u64, now: Timestamp) -> Option<Why> {
    let since = device.last_seen_at.unwrap_or(device.enrolled_at);
    let is_long = now.as_ms().saturating_sub(since.as_ms()) >= hours.saturating_mul(HOUR_MS);
    (device.is_in() && is_long).then_some(device.last_seen_at.map_or(Why::NeverCame, Why::Away))
}

fn has_a_list(store: &dyn Store, tenant: TenantId, user: UserId) -> Result<bool, Error> {
    Ok(store.assignments_of(tenant, user)?.iter().any(|held| held.until.is_none()))
}

/// What the audit log says of a phone that it has not come through since.
fn by_deeds(device: &Device, deeds: &[(Timestamp, Deed)]) -> BTreeSet<Why> {
    let mut why = BTreeSet::new();
    let mut refused = 0;
    for (at, deed) in deeds {
        let is_open = device.last_seen_at.is_none_or(|seen| seen <= *at);
        match deed {
            Deed::LogRefused { flaw: LogFlaw::Forked, .. } if is_open => drop(why.insert(Why::Forked)),
            Deed::LogRefused { flaw: LogFlaw::Forged, .. } if is_open => drop(why.insert(Why::Forged)),
            Deed::CameShutOut { .. } if device.revoked_at.is_some() => drop(why.insert(Why::ShutOut)),
            Deed::WritesRefused { .. } => refused += 1,
            _ => {}
        }
    }
    why.extend((refused >= REFUSED_OFTEN && device.is_in()).then_some(Why::Refused(refused)));
    why
}

/// What each device did in the last days that it may be stuck for, by the audit log. One record that cannot be read hides no other.
fn lately(
    store: &dyn Store,
    tenant: TenantId,
    now: Timestamp,
) -> Result<BTreeMap<DeviceId, Vec<(Timestamp, Deed)>>, Error> {
    let since = now.as_ms().saturating_sub(LOOKS_BACK_MS);
    let mut deeds: BTreeMap<DeviceId, Vec<(Timestamp, Deed)>> = BTreeMap::new();
    let mut end = store.heard(tenant)?.record;
    while end > 0 {
        let begin = end.saturating_sub(u64::from(RECORDS));
        let page = store.audit(tenant, begin, RECORDS)?;
        let is_last = page.first().is_none_or(|record| record.at.as_ms() < since);
        for Record { at, act, .. } in page.into_iter().filter(|record| record.number <= end) {
            let Held::Readable(Act { by: By::Device(device), deed }) = act else { continue };
            if at.as_ms() >= since {
                deeds.entry(device).or_default().push((at, deed));
            }
        }
        if is_last {
            break;
        }
        end = begin;
    }
    Ok(deeds)
}
