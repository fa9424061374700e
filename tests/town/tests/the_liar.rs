//! A phone with a valid login that sends forbidden and forged entries among honest ones: what is honest stands as if it were not
//! there. `WALKBOOK_SEED=n` replays one day, `WALKBOOK_DAYS=n` lives so many.
#![allow(clippy::panic, missing_docs)]

use walkbook_town::{Region, run_lying_day};

const DAYS: u64 = 120;
const STEPS: usize = 60;

#[test]
fn whatever_a_liar_sends_the_honest_see_what_they_wrote_and_nothing_else() {
    let from_environment = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let seeds = match from_environment("WALKBOOK_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..from_environment("WALKBOOK_DAYS").unwrap_or(DAYS),
    };
    let region = Region::default();
    for seed in seeds {
        if let Err(story) = run_lying_day(&region, seed, STEPS) {
            panic!("{story}");
        }
    }
}
