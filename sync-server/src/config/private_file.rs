//! Files that their owner alone may read.

use super::Error;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

/// Writes a file that nobody else may read, unless there is one already; says whether it did. What is there is never
/// touched, and what is written is on the disk when this returns.
///
/// # Errors
/// [`Error::File`].
pub fn write_new(file: &Path, bytes: &[u8]) -> Result<bool, Error> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut handle = match options.open(file) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(false),
        opened => opened.map_err(|error| Error::file(file, error))?,
    };
    handle.write_all(bytes).and_then(|()| handle.sync_all()).map_err(|error| Error::file(file, error))?;
    Ok(true)
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
