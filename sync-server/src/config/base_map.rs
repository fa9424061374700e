//! The map file in the server's folder: a copy of the operator's, so that lists that are cut later get their maps out of the
//! same file as the others.

use super::{Error, Layout, private_file};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

impl Layout {
    /// The map that lists' maps are cut out of.
    pub fn base_map(&self) -> PathBuf {
        self.folder().join("base-map.pmtiles")
    }

    /// Whose data it is.
    fn base_map_attribution(&self) -> PathBuf {
        self.folder().join("base-map-attribution.txt")
    }

    /// The map file, and whose data it is, if one was taken.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn open_base_map(&self) -> Result<Option<(File, String)>, Error> {
        let file = self.base_map();
        let opened = match File::open(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| Error::file(&file, error))?,
        };
        let names = self.base_map_attribution();
        let attribution = std::fs::read_to_string(&names).map_err(|error| Error::file(&names, error))?;
        Ok(Some((opened, attribution)))
    }

    /// Puts a copy of another file in the place of the one that is there, all or nothing.
    ///
    /// # Errors
    /// [`Error::File`]; then the old one stays.
    pub fn replace_base_map(&self, from: &Path, attribution: &str) -> Result<(), Error> {
        let file = self.base_map();
        let failed = |error| Error::file(&file, error);
        let mut copied = File::open(from).map_err(|error| Error::file(from, error))?;
        let mut copy = NamedTempFile::new_in(self.folder()).map_err(failed)?;
        std::io::copy(&mut copied, copy.as_file_mut()).and_then(|_| copy.as_file().sync_all()).map_err(failed)?;
        private_file::replace(&self.base_map_attribution(), attribution.as_bytes())?;
        copy.persist(&file).map(drop).map_err(|error| failed(error.error))
    }

    /// Removes the map file, if there is one.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn remove_base_map(&self) -> Result<(), Error> {
        for file in [self.base_map(), self.base_map_attribution()] {
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(Error::file(&file, error)),
                _ => {}
            }
        }
        Ok(())
    }
}
