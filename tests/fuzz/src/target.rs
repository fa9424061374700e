//! The list of targets.

use crate::{books, entries, files, messages, register, sign_in};

/// Something that reads bytes from outside.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name of its folder in the corpus.
    pub name: &'static str,
    /// Reads the bytes, and panics where a promise is broken.
    pub run: fn(&[u8]),
    /// What one input may make it hold in memory.
    pub held: Held,
    /// How many mutations of each seed the tests replay. Fewer where a run writes files.
    pub mutations: usize,
}

/// How many bytes an input may make a target hold at once, in Rust's own memory: so many, and so many more for each byte
/// of the input. What the C libraries below allocate is bounded by their own settings and not counted.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// Whatever the input, in KiB.
    pub kib: u64,
    /// And for each of its bytes.
    pub per_byte: u64,
}

impl Target {
    /// How many bytes an input of this length may make it hold at once.
    pub const fn held_bytes(&self, input: usize) -> u64 {
        self.held.kib * 1024 + self.held.per_byte * input as u64
    }
}

const fn target(name: &'static str, run: fn(&[u8]), (kib, per_byte): (u64, u64), mutations: usize) -> Target {
    Target { name, run, held: Held { kib, per_byte }, mutations }
}

/// Every target there is.
pub const TARGETS: &[Target] = &[
    // A few packed bytes may unpack to a frame of a MiB, and that to half a million items.
    target("request", messages::request, (64 * 1024, 64), 1000),
    target("request_frames", messages::request_frames, (256, 64), 3000),
    target("answer_frames", messages::answer_frames, (256, 64), 3000),
    target("frame", messages::frame, (64, 64), 3000),
    target("enrol", messages::enrol, (4, 4), 3000),
    target("proof", messages::proof, (4, 4), 3000),
    target("sign_in", sign_in::messages, (4, 8), 3000),
    target("find_region", sign_in::find_region, (4, 16), 3000),
    target("provider_visit", sign_in::visit, (32, 16), 3000),
    target("link", messages::link, (4, 16), 3000),
    target("sign_in_link", sign_in::link, (4, 16), 3000),
    target("payload", entries::payload, (4, 32), 1000),
    target("base", entries::base, (256, 64), 3000),
    target("door", entries::door, (512, 64), 600),
    target("list", entries::list, (512, 64), 600),
    target("draft", entries::draft, (512, 64), 600),
    target("csv", register::csv, (512, 16), 1500),
    // The decoder makes room for the largest block that the format allows.
    target("pbf", register::pbf, (80 * 1024, 16), 600),
    // A few packed bytes may unpack to a directory of two MiB, and that to half a million entries.
    target("pmtiles", register::pmtiles, (48 * 1024, 64), 1500),
    // A corner of few bytes is numbers of eight each.
    target("shapes", register::shapes, (512, 128), 1500),
    target("script_file", register::script_file, (16, 64), 3000),
    target("rescue_file", files::rescue_file, (64, 64), 1500),
    target("key_file", files::key_file, (512, 16), 150),
    target("settings_file", files::settings_file, (16, 16), 600),
    target("damaged_log", books::damaged_log, (512, 16), 40),
    target("damaged_book", books::damaged_book, (512, 16), 40),
];
