//! Files that a command is given.

use super::Error;
use std::path::PathBuf;

/// The file's bytes; the error names the file.
pub(super) fn read(file: PathBuf) -> Result<Vec<u8>, Error> {
    std::fs::read(&file).map_err(|source| Error::Io { file, source })
}
