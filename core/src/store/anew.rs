//! Beginning anew in the same folder: what was there is moved aside, and the next opening finds an empty store.

use crate::error::{Error, OnFile, StoreFile};
use crate::store::log::Log;
use crate::store::wiping::KEY_FILE;
use crate::store::{connection, files};
use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use walkbook_model::Timestamp;

/// What stands in the names of files that nobody has a key for.
pub(crate) const UNREADABLE: &str = ".unreadable-";
/// What stands in the name of the log of a device that this phone was before.
pub(crate) const FORMER: &str = ".former-";
/// Says that a log is about to be moved aside, and holds what the next one is to remember.
const BEGUN: &str = "anew.begun";
/// The same, once it lies aside.
const MOVED: &str = "anew.moved";
/// Where a log remembers what the one before it was told to.
pub(crate) const NOTE: &str = "former devices";

/// A log that nobody can read: its key is gone. Moved aside, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Where it lies. Beside it, under the same number, are the book and the wrapped key, where there was one: with the right
    /// key, and under their own names in a folder of their own, all three open again.
    pub log: PathBuf,
    /// How large it is.
    pub bytes: u64,
    /// When it was written to last, by the phone's clock: nothing in it is younger. Nothing, where the system does not tell.
    pub written_at: Option<Timestamp>,
}

/// Moves the log aside and drops the book, which can be had again; the new log remembers `note`. Once this has begun there
/// is no way back: cut off, it is finished at the next opening. No connection may be open, and no write-ahead log be left.
pub(crate) fn begin(folder: &Path, key: &[u8; 32], note: &[u8]) -> Result<(), Error> {
    files::write_new(&folder.join(BEGUN), note).on(StoreFile::Log)?;
    finish_interrupted(folder, key)
}

/// Finishes a beginning anew that was cut off.
///
/// # Errors
/// [`Error::WrongKey`] if the key does not open the log that was moved aside.
pub(crate) fn finish_interrupted(folder: &Path, key: &[u8; 32]) -> Result<(), Error> {
    let (begun, moved) = (folder.join(BEGUN), folder.join(MOVED));
    if begun.exists() {
        files::remove_working_copy(&files::path(folder, StoreFile::Book)).on(StoreFile::Book)?;
        if files::path(folder, StoreFile::Log).exists() {
            files::move_aside(folder, StoreFile::Log, FORMER)?;
        }
        std::fs::rename(&begun, &moved).and_then(|()| files::sync_folder(folder)).on(StoreFile::Log)?;
    }
    let note = match std::fs::read(&moved) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        read => read.on(StoreFile::Log)?,
    };
    // An empty log takes any key.
    if let Some(former) = files::aside(folder, StoreFile::Log, FORMER).last() {
        connection::unlock(&former, StoreFile::Log, key)?;
    }
    Log::open(folder, &files::path(folder, StoreFile::Log), key)?.set_note(NOTE, &note)?;
    std::fs::remove_file(moved).and_then(|()| files::sync_folder(folder)).on(StoreFile::Log)
}

/// Moves everything aside that the key which is gone has sealed, and whatever is left of that key. No connection may be open.
pub(crate) fn begin_without_key(folder: &Path) -> Result<(), Error> {
    let mut parts = Vec::new();
    for stem in [StoreFile::Log, StoreFile::Book].map(StoreFile::stem) {
        let names = |ending| (format!("{stem}.db{ending}"), format!("{stem}{UNREADABLE}"), format!(".db{ending}"));
        parts.extend(files::COMPANIONS.map(names));
    }
    // The key goes last: as long as it is there, somebody may yet bring back what unwraps it.
    parts.push((KEY_FILE.to_owned(), format!("{KEY_FILE}{UNREADABLE}"), String::new()));
    parts.retain(|(name, ..)| folder.join(name).exists());
    let aside = |n: u32, before: &str, behind: &str| folder.join(format!("{before}{n}{behind}"));
    // What a move that was cut off has left goes to the same number.
    let number = (1..=u32::MAX)
        .find(|n| parts.iter().all(|(_, before, behind)| !aside(*n, before, behind).exists()))
        .ok_or(Error::Unreachable { file: StoreFile::Log, kind: ErrorKind::AlreadyExists })?;
    for (name, before, behind) in &parts {
        std::fs::rename(folder.join(name), aside(number, before, behind)).on(StoreFile::Log)?;
    }
    for marker in [BEGUN, MOVED] {
        match std::fs::remove_file(folder.join(marker)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(Error::from_io(StoreFile::Log, &error)),
            _ => {}
        }
    }
    files::sync_folder(folder).on(StoreFile::Log)
}

/// The logs in this folder that nobody can read, oldest first.
pub(crate) fn unreadable(folder: &Path) -> std::io::Result<Vec<Unreadable>> {
    let mut logs = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let name = file?.file_name();
        let number =
            name.to_str().and_then(|name| name.strip_prefix("log")?.strip_prefix(UNREADABLE)?.strip_suffix(".db"));
        logs.extend(number.and_then(|number| number.parse::<u32>().ok()).map(|number| (number, folder.join(&name))));
    }
    logs.sort_unstable();
    let found = logs.into_iter().map(|(_, log)| {
        let parts: Vec<Metadata> =
            ["", "-wal"].into_iter().filter_map(|ending| std::fs::metadata(files::beside(&log, ending)).ok()).collect();
        let written = parts.iter().filter_map(|part| part.modified().ok()?.duration_since(UNIX_EPOCH).ok()).max();
        let written_at = written.and_then(|since| u64::try_from(since.as_millis()).ok()).map(Timestamp::from_ms);
        Unreadable { bytes: parts.iter().map(Metadata::len).sum(), written_at, log }
    });
    Ok(found.collect())
}
