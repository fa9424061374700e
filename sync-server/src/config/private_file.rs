//! Files that their owner alone may read.

use super::Error;
use std::io::{ErrorKind, Write};
use std::path::Path;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// Writes a file that nobody else may read, unless there is one already; says whether it did. What is there is never
/// touched, and what is written is on the disk when this returns. There is never half a file of this name, also where the
/// disk is full or the process is killed.
///
/// # Errors
/// [`Error::File`].
pub fn write_new(file: &Path, bytes: &[u8]) -> Result<bool, Error> {
    let failed = |error| Error::file(file, error);
    if std::fs::exists(file).map_err(failed)? {
        return Ok(false);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A temporary file is its owner's alone.
    let mut new = NamedTempFile::new_in(folder).map_err(failed)?;
    new.write_all(bytes).and_then(|()| new.as_file().sync_all()).map_err(failed)?;
    match new.persist_noclobber(file) {
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        written => written.map(|_| true).map_err(|error| failed(error.error)),
    }
}

/// Puts these bytes in the place of a file's, all or nothing.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    let new = file.with_extension("new");
    // What an interrupted attempt has left.
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Error::file(&new, error)),
        _ => {}
    }
    write_new(&new, bytes)?;
    std::fs::rename(&new, file).map_err(|error| Error::file(file, error))
}

/// Makes a folder that nobody else may enter, unless it is there.
///
/// # Errors
/// [`Error::File`].
pub fn make_private_folder(folder: &Path) -> Result<(), Error> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| Error::file(folder, error))
}

/// Reads a file that nobody else may read.
///
/// # Errors
/// [`Error::Exposed`], [`Error::File`].
pub fn read_private(file: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    check_private(file)?;
    std::fs::read(file).map(Zeroizing::new).map_err(|error| Error::file(file, error))
}

/// Makes sure that others cannot read a file.
pub(super) fn check_private(file: &Path) -> Result<(), Error> {
    let metadata = std::fs::metadata(file).map_err(|error| Error::file(file, error))?;
    if is_exposed(&metadata) { Err(Error::Exposed { file: file.to_owned() }) } else { Ok(()) }
}

#[cfg(unix)]
fn is_exposed(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o077 != 0
}

#[cfg(not(unix))]
const fn is_exposed(_: &std::fs::Metadata) -> bool {
    false
}
