//! Writes the corpus's seeds from real messages: `cargo run -p walkbook-fuzz --example seeds`. Those that are there stay,
//! like what a fuzzer has found; so a format that has changed keeps its old seeds too.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a seed that cannot be made is to be mended here")]

mod entries;
mod files;
mod messages;
mod sign_in;

use walkbook_fuzz::corpus_folder;

fn main() -> std::io::Result<()> {
    let seeds = [messages::seeds(), sign_in::seeds(), entries::seeds(), files::seeds()].concat();
    for (target, name, bytes) in &seeds {
        let folder = corpus_folder(target);
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(name);
        if !path.exists() {
            std::fs::write(path, bytes)?;
        }
    }
    println!("{} seeds, {} bytes", seeds.len(), seeds.iter().map(|(.., bytes)| bytes.len()).sum::<usize>());
    Ok(())
}

/// A target, the seed's name, its bytes.
pub(crate) type Made = (&'static str, String, Vec<u8>);

pub(crate) fn made(target: &'static str, name: &str, bytes: impl Into<Vec<u8>>) -> Made {
    (target, name.to_owned(), bytes.into())
}
