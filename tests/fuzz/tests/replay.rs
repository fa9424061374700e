//! The corpus, and mutations of every seed, through every target; a bound on what one input makes a target hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use walkbook_fuzz::{Seed, TARGETS, Target, corpus_folder, mutations, seeds};

/// Runs a target, and returns how many bytes it held at once.
fn held_bytes(target: &Target, bytes: &[u8]) -> u64 {
    allocation_counter::measure(|| (target.run)(bytes)).bytes_max
}

fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let seeds: Vec<Seed> = seeds(target).unwrap();
    assert!(!seeds.is_empty(), "{name} has no corpus");
    let others: Vec<&[u8]> = seeds.iter().map(|seed| seed.bytes.as_slice()).collect();
    // What a target keeps for all its runs is none of one input's doing.
    (target.run)(&[]);
    let mut most = 0;
    for seed in &seeds {
        let mutants = mutations(&seed.bytes, &others, target.mutations);
        for (number, bytes) in std::iter::once(seed.bytes.clone()).chain(mutants).enumerate() {
            let held = catch_unwind(AssertUnwindSafe(|| held_bytes(target, &bytes))).unwrap_or_else(|_| {
                let input = corpus_folder(name).join("broken");
                std::fs::write(&input, &bytes).unwrap();
                panic!("{name}: mutation {number} of {} breaks a promise; it is in {}", seed.name, input.display())
            });
            let allowed = target.held_bytes(bytes.len());
            assert!(held <= allowed, "{name}: mutation {number} of {} holds {held} bytes of {allowed}", seed.name);
            most = most.max(held);
        }
    }
    println!("{name}: {} seeds, at most {most} bytes held", seeds.len());
}

#[test]
fn what_a_target_holds_is_seen_also_where_it_gives_it_back() {
    let hoards = Target { run: |bytes| drop(vec![1_u8; bytes.len() << 20]), ..TARGETS[0] };
    assert!(held_bytes(&hoards, &[0; 3]) >= 3 << 20);
}

macro_rules! replayed {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })*

        #[test]
        fn every_target_is_replayed() {
            let replayed = [$(stringify!($name)),*];
            assert!(TARGETS.iter().map(|target| target.name).eq(replayed));
        }
    };
}

replayed! {
    request request_frames answer_frames frame enrol proof sign_in find_region provider_visit link sign_in_link payload base door list draft csv pbf pmtiles shapes
    script_file rescue_file key_file settings_file damaged_log damaged_book
}
