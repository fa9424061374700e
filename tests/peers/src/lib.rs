//! What the measurements share.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod crowd;
pub mod nodes;
pub mod region;
pub mod wire;

/// The machine that it runs on, as far as it tells.
pub fn machine() -> String {
    let about = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about.lines().find_map(|line| line.strip_prefix("model name\t: ")).unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{model}, {cores} cores usable")
}

/// Records as anybody would send them: JSON lines, and those under `zstd -19`.
pub struct JsonLines {
    /// How many bytes.
    pub bytes: usize,
    /// How many under `zstd -19`.
    pub packed: usize,
}

/// The size of these records as JSON lines.
pub fn json_lines(records: &[impl serde::Serialize]) -> JsonLines {
    let lines: String = records.iter().map(|record| serde_json::to_string(record).unwrap() + "\n").collect();
    let packed = zstd::bulk::compress(lines.as_bytes(), 19).unwrap().len();
    JsonLines { bytes: lines.len(), packed }
}

/// The middle and the 99th of a hundred.
pub fn percentiles(mut times: Vec<std::time::Duration>) -> [std::time::Duration; 2] {
    times.sort_unstable();
    [50, 99].map(|percent| times[(times.len() * percent / 100).min(times.len() - 1)])
}
