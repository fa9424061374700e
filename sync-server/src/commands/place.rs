//! Where a command works, and for whom.

use super::Error;
use std::path::{Path, PathBuf};
use walkbook_model::UserId;

/// The server's folder, and the user for whom a command is given; nobody, where the operator gives it.
pub(super) struct Place {
    pub(super) folder: PathBuf,
    pub(super) by: Option<UserId>,
}

impl Place {
    /// The folder, for what only the operator does: it concerns every tenant, or none.
    pub(super) fn operator(&self) -> Result<&Path, Error> {
        match self.by {
            None => Ok(&self.folder),
            Some(_) => Err(Error::Operators),
        }
    }
}
