//! The files' versions: numbered steps, each in a transaction of its own, never changed once released.

use crate::error::{Error, OnFile, StoreFile};
use rusqlite::{Connection, TransactionBehavior};

const LOG: &[&str] = &[
    include_str!("migrations/log/0001_entry.sql"),
    include_str!("migrations/log/0002_notice.sql"),
    include_str!("migrations/log/0003_words.sql"),
    include_str!("migrations/log/0004_settled.sql"),
    include_str!("migrations/log/0005_seed.sql"),
];
const BOOK: &[&str] = &[
    include_str!("migrations/book/0001_book.sql"),
    include_str!("migrations/book/0002_script.sql"),
    include_str!("migrations/book/0003_screens.sql"),
    include_str!("migrations/book/0004_settings.sql"),
    include_str!("migrations/book/0005_walks.sql"),
    include_str!("migrations/book/0006_entries_of_a_door.sql"),
    include_str!("migrations/book/0007_drafts.sql"),
    include_str!("migrations/book/0008_withheld.sql"),
    include_str!("migrations/book/0009_maps.sql"),
];

const fn steps(file: StoreFile) -> &'static [&'static str] {
    match file {
        StoreFile::Log => LOG,
        StoreFile::Book => BOOK,
    }
}

fn version(sqlite: &Connection, file: StoreFile) -> Result<usize, Error> {
    let found: i64 = sqlite.pragma_query_value(None, "user_version", |row| row.get(0)).on(file)?;
    usize::try_from(found).map_err(|_| Error::Damaged { file })
}

/// Refuses a file that a newer app wrote; changes nothing.
pub(crate) fn refuse_newer(sqlite: &Connection, file: StoreFile) -> Result<(), Error> {
    let (found, known) = (version(sqlite, file)?, steps(file).len());
    if found > known {
        let shown = |version| u32::try_from(version).unwrap_or(u32::MAX);
        return Err(Error::NewerVersion { file, found: shown(found), known: shown(known) });
    }
    Ok(())
}

/// Takes the steps that the file lacks.
pub(crate) fn apply(sqlite: &mut Connection, file: StoreFile) -> Result<(), Error> {
    if version(sqlite, file)? == steps(file).len() {
        return Ok(());
    }
    for (number, step) in (1_i64..).zip(steps(file)) {
        let transaction = sqlite.transaction_with_behavior(TransactionBehavior::Immediate).on(file)?;
        // Read inside the transaction: another process may have taken the step meanwhile.
        let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0)).on(file)?;
        if found < number {
            transaction.execute_batch(step).on(file)?;
            transaction.pragma_update(None, "user_version", number).on(file)?;
            transaction.commit().on(file)?;
        }
    }
    Ok(())
}
