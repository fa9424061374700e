//! Where a backup lies: named things that are written once, whole or not at all.

use super::Error;
use crate::config::make_private_folder;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A place for a backup. Names are relative, with `/` between their parts.
pub trait Target: Send + Sync {
    /// Writes a thing; it is there, whole and durable, when this returns. One of this name is replaced.
    ///
    /// # Errors
    /// [`Error::File`].
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Error>;

    /// Whether there is such a thing.
    ///
    /// # Errors
    /// [`Error::File`].
    fn has(&self, name: &str) -> Result<bool, Error>;

    /// A thing.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::File`].
    fn get(&self, name: &str) -> Result<Vec<u8>, Error>;

    /// The names of what lies directly under this one, sorted, without what is half written.
    ///
    /// # Errors
    /// [`Error::File`].
    fn list(&self, under: &str) -> Result<Vec<String>, Error>;

    /// Takes a thing away, and everything under it.
    ///
    /// # Errors
    /// [`Error::File`].
    fn remove(&self, name: &str) -> Result<(), Error>;
}

/// A folder: a mounted disk, or anything that is copied elsewhere.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

/// What nobody has finished writing begins so.
const HALF: &str = ".half-";
const LOCK: &str = "writer.lock";

impl Folder {
    /// The backup in this folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Makes the folder, and keeps other writers out for as long as the file lives.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::File`].
    pub fn lock(&self) -> Result<File, Error> {
        make_private_folder(&self.root)?;
        let file = self.root.join(LOCK);
        let lock = File::options().create(true).truncate(false).write(true).open(&file).map_err(failed(&file))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(Error::InUse { folder: self.root.clone() }),
            Err(TryLockError::Error(error)) => Err(failed(&file)(error)),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }
}

impl Target for Folder {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let file = self.path(name);
        let folder = file.parent().unwrap_or(&self.root);
        // The root is there before anything is put, or else the disk is not mounted.
        if !self.root.is_dir() {
            return Err(failed(&self.root)(ErrorKind::NotFound.into()));
        }
        make_private_folder(folder)?;
        let write = || -> std::io::Result<()> {
            let mut half = tempfile::Builder::new().prefix(HALF).tempfile_in(folder)?;
            half.write_all(bytes)?;
            half.as_file().sync_all()?;
            NamedTempFile::persist(half, &file)?;
            File::open(folder)?.sync_all()
        };
        write().map_err(failed(&file))
    }

    fn has(&self, name: &str) -> Result<bool, Error> {
        let file = self.path(name);
        file.try_exists().map_err(failed(&file))
    }

    fn get(&self, name: &str) -> Result<Vec<u8>, Error> {
        let file = self.path(name);
        std::fs::read(&file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::Missing { name: name.to_owned() },
            _ => failed(&file)(error),
        })
    }

    fn list(&self, under: &str) -> Result<Vec<String>, Error> {
        let folder = self.path(under);
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed(&folder))?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed(&folder))?.file_name().to_string_lossy().into_owned();
            if name.starts_with(HALF) {
                continue;
            }
            names.push(name);
        }
        names.sort_unstable();
        Ok(names)
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        let path = self.path(name);
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(&path)(error)),
            _ => Ok(()),
        }
    }
}

fn failed(file: &Path) -> impl Fn(std::io::Error) -> Error {
    let file = file.to_owned();
    move |source| Error::File { file: file.clone(), source }
}
