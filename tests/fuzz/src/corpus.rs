//! The committed corpus: a folder a target, a file a seed.

use crate::Target;
use std::path::PathBuf;

/// An input that is replayed in every test run: a real message, or one that a fuzzer once broke something with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The file's name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Where a target's seeds lie.
pub fn corpus_folder(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// A target's seeds, by name.
///
/// # Errors
/// The folder or a file in it cannot be read.
pub fn seeds(target: &Target) -> std::io::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    for file in std::fs::read_dir(corpus_folder(target.name))? {
        let file = file?;
        seeds.push(Seed { name: file.file_name().to_string_lossy().into_owned(), bytes: std::fs::read(file.path())? });
    }
    seeds.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(seeds)
}
