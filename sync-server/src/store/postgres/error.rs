//! What PostgreSQL's failures mean. Its messages can quote what was written, so nothing of them is kept but the code and
//! the names of what is in the schema.

use crate::store::Error;
use std::sync::Arc;
use thiserror::Error as ThisError;
use tokio_postgres::error::{DbError, SqlState};

/// A failure as PostgreSQL names it.
#[derive(Debug, ThisError)]
#[error("SQLSTATE {code}{of}")]
struct Refused {
    code: String,
    of: String,
}

/// The database cannot be reached, or does not let this server in.
#[derive(Debug, ThisError)]
#[error("{why}")]
struct NotReached {
    why: String,
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(refused) => of_database(refused),
            None => not_reached(&error),
        }
    }
}

fn of_database(refused: &DbError) -> Error {
    let code = refused.code();
    if *code == SqlState::DISK_FULL {
        return Error::DiskFull;
    }
    let of = [refused.table(), refused.constraint()].into_iter().flatten();
    let of = of.map(|name| format!(", {name}")).collect();
    let error = Arc::new(Refused { code: code.code().to_owned(), of });
    // Connections, who may come in, which database, no room for more, deadlocks, locks, somebody who stops it: whoever tries
    // again may be let in.
    match code.code().get(..2) {
        Some("08" | "28" | "3D" | "53" | "40" | "55" | "57") => Error::Unreachable(error),
        _ => Error::Database(error),
    }
}

/// What went wrong below the database: sockets and TLS, whose words are about hosts and certificates.
fn not_reached(error: &(dyn std::error::Error + 'static)) -> Error {
    let mut why = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        why = format!("{why}: {cause}");
        below = cause.source();
    }
    Error::Unreachable(Arc::new(NotReached { why }))
}
