//! Time: instants of a wall clock, and the hybrid logical clock that orders entries.

use serde::{Deserialize, Serialize};

/// An instant of some wall clock: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    minicbor::Encode,
    minicbor::Decode,
    Serialize,
    Deserialize,
)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] u64);

impl Timestamp {
    /// The instant so many milliseconds after the epoch; later than the year 10889, it is held at that end.
    pub const fn from_ms(ms: u64) -> Self {
        Self(if ms > Moment::MAX_MS { Moment::MAX_MS } else { ms })
    }

    /// Milliseconds since the epoch.
    pub const fn as_ms(self) -> u64 {
        self.0
    }

    /// This instant, moved by so many milliseconds; held at the ends of what can be told.
    #[must_use]
    pub const fn shifted_ms(self, by: i64) -> Self {
        Self::from_ms(self.0.saturating_add_signed(by))
    }

    /// Milliseconds from another instant to this one; negative if the other is later.
    pub fn ms_since(self, earlier: Self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX).saturating_sub(i64::try_from(earlier.0).unwrap_or(i64::MAX))
    }
}

/// A moment of the hybrid logical clock: 48 bits of milliseconds and a 16-bit counter, so that what was caused comes
/// after its cause even on clocks that disagree.
///
/// Source: Kulkarni, Demirbas, Madappa, Avva, Leone: *Logical Physical Clocks* (OPODIS 2014).
#[derive(
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    minicbor::Encode,
    minicbor::Decode,
    Serialize,
    Deserialize,
)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Moment(#[n(0)] u64);

impl Moment {
    /// The latest millisecond that can be told.
    pub const MAX_MS: u64 = (1 << 48) - 1;

    /// The moment of this instant with this count.
    pub const fn new(at: Timestamp, count: u16) -> Self {
        Self(at.as_ms() << 16 | count as u64)
    }

    /// The instant of this moment.
    pub const fn at(self) -> Timestamp {
        Timestamp::from_ms(self.0 >> 16)
    }

    /// The moment packed into one number, in the same order.
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    /// The moment unpacked from [`Moment::to_bits`].
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    const fn successor(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl std::fmt::Debug for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}ms+{}", self.0 >> 16, self.0 & 0xffff)
    }
}

/// A device's hybrid clock. It is told the time; it never looks.
///
/// The phone's own clock is not trusted: the offset to the server's, learned at each sync, is added to it, and moments
/// from others reach it only as the server has bounded them.
///
/// ```
/// use walkbook_model::{HybridClock, Moment, Timestamp};
/// let mut clock = HybridClock::default();
/// let first = clock.tick(Timestamp::from_ms(1_000));
/// let second = clock.tick(Timestamp::from_ms(900)); // the wall clock was set back
/// assert!(second > first);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HybridClock {
    last: Moment,
    offset_ms: i64,
}

impl HybridClock {
    /// A clock that goes on after `last`, with this offset of the server's clock from the device's.
    pub const fn resume(last: Moment, offset_ms: i64) -> Self {
        Self { last, offset_ms }
    }

    /// The next moment, later than every one before it.
    pub fn tick(&mut self, now: Timestamp) -> Moment {
        let wall = Moment::new(now.shifted_ms(self.offset_ms), 0);
        self.last = wall.max(self.last.successor());
        self.last
    }

    /// Takes note of a moment seen in someone else's entry, as the server bounded it.
    pub fn observe(&mut self, seen: Moment) {
        self.last = self.last.max(seen);
    }

    /// Takes the server's time, and returns the offset of its clock from the device's in milliseconds. Where the
    /// clock had run ahead of the server it comes back: order within one log rests on the sequence number.
    pub fn correct(&mut self, now: Timestamp, server_now: Timestamp) -> i64 {
        self.offset_ms = server_now.ms_since(now);
        self.last = self.last.min(Moment::new(server_now, u16::MAX));
        self.offset_ms
    }

    /// The last moment given or seen.
    pub const fn last(&self) -> Moment {
        self.last
    }

    /// What is added to the device's clock, in milliseconds.
    pub const fn offset_ms(&self) -> i64 {
        self.offset_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_tick_is_always_later(walls in prop::collection::vec(any::<u64>(), 1..50)) {
            let mut clock = HybridClock::default();
            let mut last = Moment::default();
            for wall in walls.into_iter().map(|ms| ms % (Moment::MAX_MS / 2)) {
                let next = clock.tick(Timestamp::from_ms(wall));
                prop_assert!(next > last);
                last = next;
            }
        }
    }

    #[test]
    fn a_phone_set_to_2030_comes_back_once_it_has_met_the_server() {
        let in_2030 = Timestamp::from_ms(1_900_000_000_000);
        let today = Timestamp::from_ms(1_795_000_000_000);
        let mut clock = HybridClock::default();
        clock.tick(in_2030);
        clock.correct(in_2030, today);
        assert!(clock.tick(in_2030).at() <= today.shifted_ms(1));
    }

    #[test]
    fn the_end_of_time_does_not_overflow() {
        let mut clock = HybridClock::resume(Moment::from_bits(u64::MAX), i64::MAX);
        assert_eq!(clock.tick(Timestamp::from_ms(u64::MAX)), Moment::from_bits(u64::MAX));
    }
}
