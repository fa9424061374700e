//! What chance decides: drawn from a seed that is printed, and that can be given.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Numbers that follow from a seed (xorshift64*, Vigna 2016).
pub(crate) struct Draw(u64);

impl Draw {
    /// From `WALKBOOK_SEED`, or a new seed; says which.
    pub(crate) fn from_seed(what: &str) -> Self {
        let given = std::env::var("WALKBOOK_SEED").ok().map(|seed| seed.parse().expect("WALKBOOK_SEED is a number"));
        let by_clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into();
        let seed: u64 = given.unwrap_or_else(by_clock);
        // Past the test's own capture, so that it is known also where the test hangs.
        eprintln!("{what}: WALKBOOK_SEED={seed}");
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).max(1))
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) % limit
    }

    /// A moment within this time, to the microsecond.
    pub(crate) fn within(&mut self, limit: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(limit.as_micros()).unwrap().max(1)))
    }
}
