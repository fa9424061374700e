//! Nothing of the phone is forgotten on the way to the other languages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What is called otherwise here.
const RENAMED: [(&str, &str); 3] =
    [("rescue", "write_rescue_file"), ("wipe", "wipe_walkbook"), ("record_knock_at", "record_knock")];

/// What no other language needs.
const RUST_ONLY: [&str; 8] = [
    // For a key that no key store wraps.
    "open_with_key",
    "wipe_with_key",
    "begin_anew_with_key",
    // What `enrol` and `sync` are made of, for exchanges by other means.
    "enrolled_as",
    "begin_exchange",
    // What `rescue` is made of, with a code and a salt from outside.
    "write_rescue_file",
    // The clock is read on this side, with every call.
    "corrected",
    "tell_time",
];

#[test]
fn every_public_call_of_the_phone_crosses_or_is_named_here_with_the_reason() {
    let bindings = Path::new(env!("CARGO_MANIFEST_DIR"));
    let of_the_core = public_calls(&bindings.join("../core/src"));
    let crossing = public_calls(&bindings.join("src"));
    assert!(of_the_core.contains("record_knock") && of_the_core.contains("read_rescue_file"), "{of_the_core:?}");

    for name in RUST_ONLY.iter().chain(RENAMED.iter().map(|(name, _)| name)) {
        assert!(of_the_core.contains(*name), "the phone has no {name} any more: take it off this list");
    }
    let forgotten: Vec<&str> = of_the_core
        .iter()
        .map(String::as_str)
        .filter(|name| !RUST_ONLY.contains(name))
        .map(|name| RENAMED.iter().find(|(core, _)| *core == name).map_or(name, |(_, here)| here))
        .filter(|name| !crossing.contains(*name))
        .collect();
    assert!(forgotten.is_empty(), "calls that no other language has: {forgotten:?}");
}

/// The names of the public calls of `Walkbook`, and of the functions beside it, in a crate's sources.
fn public_calls(src: &Path) -> BTreeSet<String> {
    let mut calls = BTreeSet::new();
    for file in files_of(&src.join("walkbook")).into_iter().chain([src.join("walkbook.rs"), src.join("rescue.rs")]) {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let mut of_the_walkbook = false;
        for line in text.lines() {
            match line {
                "impl Walkbook {" => of_the_walkbook = true,
                "}" => of_the_walkbook = false,
                _ => calls.extend(public_call(line, of_the_walkbook)),
            }
        }
    }
    calls
}

/// The call that a line begins: of an object, where it is indented.
fn public_call(line: &str, of_the_walkbook: bool) -> Option<String> {
    let line = if of_the_walkbook { line.strip_prefix("    ")? } else { line };
    let rest = ["pub fn ", "pub async fn ", "pub const fn "].iter().find_map(|begin| line.strip_prefix(begin))?;
    rest.split(['(', '<']).next().map(str::to_owned)
}

/// The files of a folder, also of those within it, but for the tests.
fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.file_stem().unwrap().to_str().unwrap() {
            "tests" => {}
            _ if path.is_dir() => files.extend(files_of(&path)),
            _ => files.push(path),
        }
    }
    files
}
