//! libFuzzer on one target: `WALKBOOK_TARGET=door walkbook-fuzz CORPUS -max_total_time=60`. `ci/fuzz.sh` builds and runs it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use walkbook_fuzz::{TARGETS, Target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("WALKBOOK_TARGET").unwrap_or_default();
    let names = TARGETS.iter().map(|target| target.name);
    TARGETS.iter().find(|target| target.name == name).copied().unwrap_or_else(|| {
        eprintln!("WALKBOOK_TARGET is to be one of {}", names.collect::<Vec<_>>().join(" "));
        std::process::exit(2)
    })
});

fuzz_target!(
    init: {
        // libFuzzer's own hook ends the process at every panic, also at those that the import catches by design. What
        // reaches the top is still reported.
        drop(std::panic::take_hook());
        LazyLock::force(&TARGET);
    },
    |bytes: &[u8]| (TARGET.run)(bytes)
);
