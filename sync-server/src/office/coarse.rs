//! Figures for those who may see no doors. A count of one is about somebody, so no count is told exactly: each is rounded to the
//! nearest five by itself, and shares of few doors are left out, as statistical agencies do with counts of people (the method
//! that HESA publishes as its standard rounding methodology).

use super::coverage::{Hour, Progress};
use walkbook_ledger::Board;

const STEP: u64 = 5;
/// A share of fewer doors tells of single ones.
const LEAST_DOORS_OF_A_SHARE: u64 = 25;

/// A count to the nearest five: 2 is 0, and 3 is 5.
pub(super) const fn count(exact: u64) -> u64 {
    exact.saturating_add(STEP / 2) / STEP * STEP
}

/// Each count by itself: they need not add up.
pub(super) fn board(exact: Board) -> Board {
    let Board { doors, untouched, attempted, contacted, data_fix, suppressed, knocks, contacts } = exact;
    Board {
        doors: count(doors),
        untouched: count(untouched),
        attempted: count(attempted),
        contacted: count(contacted),
        data_fix: count(data_fix),
        suppressed: count(suppressed),
        knocks: count(knocks),
        contacts: count(contacts),
    }
}

/// A share of what is left after rounding.
pub(super) fn progress(Progress { name, board: exact, .. }: Progress) -> Progress {
    let board = board(exact);
    let done = super::coverage::done(&board).filter(|_| exact.doors >= LEAST_DOORS_OF_A_SHARE);
    Progress { name, done: done.map(|done| done.min(1.0)), board }
}

pub(super) fn hour(Hour { from, knocks, contacts, new_doors }: Hour) -> Hour {
    Hour { from, knocks: count(knocks), contacts: count(contacts), new_doors: count(new_doors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_count_under_five_is_told_and_none_is_further_off_than_two() {
        for exact in 0..1_000 {
            let told = count(exact);
            assert!(told.is_multiple_of(5) && told.abs_diff(exact) <= 2, "{exact} is told as {told}");
        }
        assert_eq!([0, 1, 2, 3, 4, u64::MAX].map(count), [0, 0, 0, 5, 5, u64::MAX]);
    }

    #[test]
    fn a_share_of_few_doors_is_left_out_and_none_is_more_than_all() {
        let of = |doors, contacted, data_fix| {
            let board = Board { doors, contacted, data_fix, ..Board::default() };
            progress(Progress { name: "a turf".into(), done: None, board }).done
        };
        assert_eq!([of(24, 20, 0), of(25, 20, 0), of(26, 13, 13)], [None, Some(0.8), Some(1.0)]);
    }
}
