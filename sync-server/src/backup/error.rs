use std::path::PathBuf;
use thiserror::Error;

/// Why something could not be backed up or restored. Nothing here holds anything of anybody.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the backup could not be read or written. Look at the disk.
    #[error("{file}: {source}")]
    File {
        /// Which one.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Somebody else writes into the backup. There is one writer at a time.
    #[error("{folder}: another process writes this backup")]
    InUse {
        /// The backup.
        folder: PathBuf,
    },
    /// A file is not what was written: damaged, moved, or sealed with another key.
    #[error("{name} is damaged, or sealed with another key")]
    Damaged {
        /// Its name in the backup.
        name: String,
    },
    /// A file is gone. Every moment before it can still be restored.
    #[error("{name} is missing")]
    Missing {
        /// Its name in the backup.
        name: String,
    },
    /// The backup begins later, or there is none.
    #[error("the backup holds nothing of that moment{}", since.as_ref().map(|at| format!("; it begins at {at}")).unwrap_or_default())]
    NothingThen {
        /// The first moment that can be restored.
        since: Option<String>,
    },
    /// A database that came out of the backup is not sound.
    #[error("the restored database is not sound")]
    NotSound,
    /// The database to be backed up, or a restored one, failed.
    #[error("the database: {0}{detail}", detail = std::error::Error::source(.0).map(|source| format!(": {source}")).unwrap_or_default())]
    Store(#[from] crate::store::Error),
    /// A key or a setting could not be read.
    #[error(transparent)]
    Config(#[from] crate::config::Error),
    /// The system gave no random bytes. Try again.
    #[error("no random bytes")]
    NoRandomness,
}
