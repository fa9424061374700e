//! Destroying what the phone holds: the key first, for without it the rest cannot be read by anyone, then the files.

use crate::error::{Error, OnFile, StoreFile};
use crate::store::anew::{FORMER, UNREADABLE};
use crate::store::files::{DAMAGED, sync_folder};
use std::io;
use std::path::Path;

/// The wrapped key of the files, and its working copies. Whoever opens the files with a key store keeps it under this name.
pub(crate) const KEY_FILE: &str = "key.wrapped";
/// Says that a wipe has begun. It goes last.
const BEGUN: &str = "wipe.begun";
/// What may stand behind the name of one of the two files, before the ending.
const FORMS: [&str; 7] = ["", DAMAGED, FORMER, UNREADABLE, ".salvaged", ".scan", ".lender"];
const ENDINGS: [&str; 4] = [".db", ".db-wal", ".db-shm", ".db-journal"];

/// What a wipe has removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wiped {
    /// The names of the files, in the order in which they went.
    pub files: Vec<String>,
}

/// Removes the key and every file of the store; other files in the folder stay. Once this has begun there is no way back:
/// cut off, it is finished at the next opening. No connection may be open.
///
/// # Errors
/// [`Error::Unreachable`] if a file cannot be removed; the next try goes on from there.
pub(crate) fn wipe(folder: &Path) -> Result<Wiped, Error> {
    begin(folder).on(StoreFile::Log)?;
    finish(folder)
}

/// Begins to remove the store while connections are open: the key goes now, the rest when the wipe is finished.
///
/// # Errors
/// As [`wipe`].
pub(crate) fn destroy_key(folder: &Path) -> Result<(), Error> {
    begin(folder).on(StoreFile::Log)?;
    remove_all(folder, is_key, &mut Wiped::default()).on(StoreFile::Log)
}

/// Finishes a wipe that was cut off; nothing, where none had begun.
///
/// # Errors
/// As [`wipe`].
pub(crate) fn finish_interrupted(folder: &Path) -> Result<Option<Wiped>, Error> {
    if folder.join(BEGUN).exists() { finish(folder).map(Some) } else { Ok(None) }
}

/// Removes what nobody can read; the rest stays. Cut off, it is gone on with at the next call.
///
/// # Errors
/// As [`wipe`].
pub(crate) fn remove_unreadable(folder: &Path) -> Result<Wiped, Error> {
    let mut wiped = Wiped::default();
    remove_all(folder, is_unreadable, &mut wiped).on(StoreFile::Log)?;
    Ok(wiped)
}

fn begin(folder: &Path) -> io::Result<()> {
    std::fs::File::create(folder.join(BEGUN))?.sync_all()?;
    sync_folder(folder)
}

fn finish(folder: &Path) -> Result<Wiped, Error> {
    let mut wiped = Wiped::default();
    for belongs in [is_key as fn(&str) -> bool, is_of_store] {
        remove_all(folder, belongs, &mut wiped).on(StoreFile::Log)?;
    }
    std::fs::remove_file(folder.join(BEGUN)).and_then(|()| sync_folder(folder)).on(StoreFile::Log)?;
    Ok(wiped)
}

fn remove_all(folder: &Path, belongs: fn(&str) -> bool, wiped: &mut Wiped) -> io::Result<()> {
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder)? {
        names.extend(file?.file_name().into_string().ok().filter(|name| belongs(name)));
    }
    names.sort_unstable();
    for name in names {
        std::fs::remove_file(folder.join(&name))?;
        wiped.files.push(name);
    }
    sync_folder(folder)
}

pub(crate) fn is_key(name: &str) -> bool {
    name.strip_prefix(KEY_FILE).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn is_of_store(name: &str) -> bool {
    form(name).is_some_and(|form| FORMS.contains(&form))
}

/// Whether it is one that nobody has a key for, or what is left of that key.
fn is_unreadable(name: &str) -> bool {
    form(name) == Some(UNREADABLE) || name.strip_prefix(KEY_FILE).is_some_and(|rest| rest.starts_with(UNREADABLE))
}

/// What stands behind the name of one of the two files, without its number.
fn form(name: &str) -> Option<&str> {
    let rest = [StoreFile::Log, StoreFile::Book].iter().find_map(|file| name.strip_prefix(file.stem()))?;
    let form = ENDINGS.iter().find_map(|ending| rest.strip_suffix(ending))?;
    Some(form.trim_end_matches(|letter: char| letter.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_the_store_is_known_by_its_name_and_nothing_else_is() {
        let ours =
            ["log.db", "book.db-wal", "log.damaged-12.db-shm", "log.salvaged.db", "log.scan.db", "log.lender.db"];
        assert!(ours.iter().all(|name| is_of_store(name)));
        let others = ["log.txt", "catalog.db", "log.db.backup", "logbook.db", "book.md", "log.damaged-x.db", ".db"];
        assert!(!others.iter().any(|name| is_of_store(name) || is_key(name)));
        let unreadable = ["log.unreadable-1.db", "book.unreadable-12.db-wal", "key.wrapped.unreadable-3"];
        assert!(unreadable.iter().all(|name| is_unreadable(name) && (is_of_store(name) || is_key(name))));
        assert!(
            ["log.db", "log.former-1.db", "key.wrapped", "log.unreadable-x.db"].iter().all(|name| !is_unreadable(name))
        );
        assert!(is_key("key.wrapped") && is_key("key.wrapped.new") && !is_key("key.wrappedness"));
    }
}
