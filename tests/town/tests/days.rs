//! Whole days, each from a seed. `WALKBOOK_SEED=n cargo test -p walkbook-town` replays one.
#![allow(clippy::panic, missing_docs)]

use walkbook_town::{Day, run_day};

fn live(days: u64, day: Day) {
    let replayed = std::env::var("WALKBOOK_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = replayed.map_or(0..days, |seed: u64| seed..seed + 1);
    for seed in seeds {
        if let Err(story) = run_day(seed, day) {
            panic!("{story}");
        }
    }
}

#[test]
fn three_phones_and_a_bad_network_lose_nothing_and_agree() {
    live(1_500, Day { phones: 3, steps: 60, restores: false });
}

#[test]
fn a_server_restored_in_the_middle_of_the_day_is_refilled_by_its_phones() {
    live(1_500, Day { phones: 3, steps: 60, restores: true });
}
