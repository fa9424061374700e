//! Salts: each entry has one, and one seed stands for many where they are sent.

use super::Error;
use crate::store::Log;
use walkbook_vault::SaltSeed;

/// A run of so few entries costs more, with its own signature and end of the log before it, than it saves.
const WORTH_A_RUN: u64 = 16;

/// Where the salts of the entries since the last exchange come from. A seed that was sent is given to no further entry: it would
/// be sent once more with that one, also where the server has erased one of its entries meanwhile. Only an app that starts again
/// before the server has said anything of the seed's entries goes on with it: all of them are sent again in any case.
pub(super) struct Salting {
    seed: SaltSeed,
    /// Whether the log has it, because an entry has.
    is_kept: bool,
}

impl Salting {
    /// Goes on with the seed of the last entries, if the server has said nothing of them; otherwise with a new one of these
    /// random bytes.
    pub(super) fn resume(log: &Log, random: [u8; 16]) -> Result<Self, Error> {
        let settled_to = log.settled_to()?;
        match log.seeds()?.last() {
            Some((first_seq, seed)) if *first_seq > settled_to => Ok(Self { seed: *seed, is_kept: true }),
            _ => Ok(Self { seed: SaltSeed::from_bytes(random), is_kept: false }),
        }
    }

    pub(super) const fn seed(&self) -> SaltSeed {
        self.seed
    }

    /// Takes a new seed for what is recorded from now on.
    pub(super) const fn begin_anew(&mut self, random: [u8; 16]) {
        if self.is_kept {
            *self = Self { seed: SaltSeed::from_bytes(random), is_kept: false };
        }
    }

    /// The seed, if the log has to keep it with the next entry.
    pub(super) fn to_keep(&self) -> Option<SaltSeed> {
        (!self.is_kept).then_some(self.seed)
    }

    /// The log has the seed: the entry is written.
    pub(super) const fn is_kept_now(&mut self) {
        self.is_kept = true;
    }
}

/// The seed of an entry, and the last entry of a run that begins with it. The run ends where a seed does, if what lies before
/// or behind that is worth a run, and there is more than one `left` in the request: a run of two seeds sends each of its salts.
pub(super) fn stretch(seeds: &[(u64, SaltSeed)], first: u64, last: u64, left: usize) -> (Option<SaltSeed>, u64) {
    let after = seeds.partition_point(|(first_seq, _)| *first_seq <= first);
    let seed = after.checked_sub(1).and_then(|place| seeds.get(place)).map(|(_, seed)| *seed);
    let later = seeds.iter().skip(after).map(|(first_seq, _)| *first_seq).filter(|begin| *begin <= last);
    let bounds: Vec<u64> = std::iter::once(first).chain(later).chain([last + 1]).collect();
    let ends = bounds.windows(3).find_map(|around| match *around {
        [before, bound, behind] if bound - before >= WORTH_A_RUN || behind - bound >= WORTH_A_RUN => Some(bound - 1),
        _ => None,
    });
    (seed, ends.filter(|_| left > 1).unwrap_or(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: SaltSeed = SaltSeed::from_bytes([1; 16]);
    const B: SaltSeed = SaltSeed::from_bytes([2; 16]);

    #[test]
    fn a_run_ends_where_its_seed_does() {
        let seeds = [(1, A), (41, B)];
        assert_eq!(stretch(&seeds, 1, 60, 3), (Some(A), 40));
        assert_eq!(stretch(&seeds, 41, 60, 2), (Some(B), 60));
        assert_eq!(stretch(&seeds, 7, 20, 3), (Some(A), 20));
    }

    #[test]
    fn few_entries_are_not_worth_a_run_and_the_last_run_takes_all() {
        let seeds = [(1, A), (16, B)];
        assert_eq!(stretch(&seeds, 1, 30, 3), (Some(A), 30));
        assert_eq!(stretch(&[(1, A), (41, B)], 1, 60, 1), (Some(A), 60));
    }

    #[test]
    fn few_entries_do_not_take_the_seed_from_many_behind_them() {
        assert_eq!(stretch(&[(1, A), (4, B)], 1, 60, 3), (Some(A), 3));
        // Neither do they after others of which there are few.
        assert_eq!(stretch(&[(1, A), (4, B), (9, A)], 1, 60, 3), (Some(A), 8));
        assert_eq!(stretch(&[(1, A), (4, B), (9, A)], 1, 20, 3), (Some(A), 20));
    }

    #[test]
    fn what_is_older_than_the_seeds_has_none() {
        assert_eq!(stretch(&[(41, B)], 1, 60, 3), (None, 40));
        assert_eq!(stretch(&[], 1, 60, 3), (None, 60));
    }
}
