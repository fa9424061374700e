//! The files in the phone's folder: their names, their rights, and setting them aside. Nothing here deletes what a
//! person wrote.

use crate::error::{Error, OnFile, StoreFile};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// A file and what SQLite keeps beside it.
pub(crate) const COMPANIONS: [&str; 3] = ["", "-wal", "-shm"];

/// Where a file of the store lies.
pub(crate) fn path(folder: &Path, file: StoreFile) -> PathBuf {
    folder.join(format!("{}.db", file.stem()))
}

/// The path of one of the files that belong to `main`.
pub(crate) fn beside(main: &Path, ending: &str) -> PathBuf {
    let mut path = main.as_os_str().to_owned();
    path.push(ending);
    PathBuf::from(path)
}

/// Makes the file if it is not there, and lets its owner alone read and write it. SQLite gives its companions the same
/// rights.
pub(crate) fn ensure_private(folder: &Path, path: &Path, file: StoreFile) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => sync_folder(folder).on(file),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => restrict(path).on(file),
        Err(error) => Err(Error::from_io(file, &error)),
    }
}

#[cfg(unix)]
fn restrict(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let rights = std::fs::metadata(path)?.permissions();
    if rights.mode() & 0o077 == 0 {
        return Ok(());
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A new file is only there after a power cut if its folder was written out too.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Writes a new file of its owner's alone: whole, and on the disk, or not at all. What is there already stays.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.try_exists()? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let part = beside(path, ".part");
    let written = write_private(&part, bytes).and_then(|()| std::fs::rename(&part, path));
    if let Err(error) = written {
        // What is half written is of no use; where it cannot be removed either, the next try overwrites it.
        let _ = std::fs::remove_file(&part);
        return Err(error);
    }
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => sync_folder(folder),
        None => sync_folder(Path::new(".")),
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

/// What stands in the name of a damaged file that was moved aside.
pub(crate) const DAMAGED: &str = ".damaged-";

/// Where a file of this form and number lies.
fn aside_at(folder: &Path, file: StoreFile, form: &str, number: u32) -> PathBuf {
    folder.join(format!("{}{form}{number}.db", file.stem()))
}

/// The files of this form that lie aside, by number.
pub(crate) fn aside(folder: &Path, file: StoreFile, form: &str) -> impl Iterator<Item = PathBuf> {
    (1..).map(move |number| aside_at(folder, file, form, number)).take_while(|path| path.exists())
}

/// Renames the file and its companions to `<stem><form>N.db…` with the first free N; says where the file is now.
/// No connection may be open on it.
pub(crate) fn move_aside(folder: &Path, file: StoreFile, form: &str) -> Result<PathBuf, Error> {
    let from = path(folder, file);
    let taken = |to: &Path| COMPANIONS.iter().any(|ending| beside(to, ending).exists());
    let to = (1..=u32::MAX)
        .map(|number| aside_at(folder, file, form, number))
        .find(|to| !taken(to))
        .ok_or(Error::Unreachable { file, kind: io::ErrorKind::AlreadyExists })?;
    rename_with_companions(&from, &to).on(file)?;
    sync_folder(folder).on(file)?;
    Ok(to)
}

/// Renames what is there of a file and its companions, the file first: what a crash leaves behind are companions without
/// a file, which [`gather_strays`] finds, never a file that has lost what was written last.
pub(crate) fn rename_with_companions(from: &Path, to: &Path) -> io::Result<()> {
    for ending in COMPANIONS {
        match std::fs::rename(beside(from, ending), beside(to, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Companions without a file, left by a crash amid moving it aside, follow it: beside a new file SQLite would take them
/// for its own.
pub(crate) fn gather_strays(folder: &Path, file: StoreFile) -> Result<(), Error> {
    let main = path(folder, file);
    if main.exists() {
        return Ok(());
    }
    let aside = |number| aside_at(folder, file, DAMAGED, number);
    let last = (1..).take_while(|n| aside(*n).exists()).last().unwrap_or(1);
    for ending in ["-wal", "-shm"] {
        let stray = beside(&main, ending);
        let free = (last..=u32::MAX).map(|n| beside(&aside(n), ending)).find(|to| !to.exists());
        if let (true, Some(to)) = (stray.exists(), free) {
            std::fs::rename(stray, to).on(file)?;
        }
    }
    Ok(())
}

/// Copies what is there of a file and its write-ahead log.
pub(crate) fn copy_with_companions(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::copy(from, to)?;
    match std::fs::copy(beside(from, "-wal"), beside(to, "-wal")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes a working copy of the store's own making, if it is there.
pub(crate) fn remove_working_copy(path: &Path) -> io::Result<()> {
    for ending in COMPANIONS {
        match std::fs::remove_file(beside(path, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
