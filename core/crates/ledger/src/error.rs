//! What can go wrong when a document is computed.

use thiserror::Error;

/// A document could not be computed. Entries are untouched; the document is to be shown by its base alone and
/// reported, everything else goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The document library refused an operation that the ledger had held to be sound.
    #[error("the document could not be computed")]
    Document,
}

impl From<automerge::AutomergeError> for Error {
    // The library's message may hold a value: it goes no further.
    fn from(_: automerge::AutomergeError) -> Self {
        Self::Document
    }
}
