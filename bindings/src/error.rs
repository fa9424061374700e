//! What an app is told: few things, each of which it can do something about.

use std::fmt::Display;
use std::io::ErrorKind;
use thiserror::Error;
use walkbook_core::store;
use walkbook_core::{Error, KeyStoreRefused, RescueRefused};
use walkbook_model::{AnswerRefused, Invalid};

/// Why a call did nothing. No variant carries what was typed or who it was about: they may be logged.
#[derive(Debug, Clone, PartialEq, Eq, Error, uniffi::Error)]
pub enum WalkbookError {
    /// The device is not enrolled yet: redeem an invitation first.
    #[error("the device is not enrolled")]
    NotEnrolled,
    /// The walkbook is another device already: wipe it, or use another folder.
    #[error("the walkbook is enrolled as another device")]
    AlreadyEnrolled,
    /// The walkbook was closed. Open it again.
    #[error("the walkbook is closed")]
    Closed,
    /// The phone has no such thing: it was forgotten, or never came. Show the lists again.
    #[error("the phone has no such {what}")]
    NotHere {
        /// What: door, list, contact, entry, script, clash, interaction.
        what: String,
    },
    /// A value is not within its bounds: show it beside the field.
    #[error("{problem}")]
    Invalid {
        /// The field, by its name in these records.
        field: String,
        /// What is wrong with it, in English.
        problem: String,
    },
    /// An answer does not fit the script: show it beside the question.
    #[error("{problem}")]
    AnswerRefused {
        /// The question's number.
        question: u16,
        /// What is wrong, in English.
        problem: String,
    },
    /// Wiping would lose these entries. Nothing was wiped: sync, show what was refused, or write a rescue file.
    #[error("{entries} entries would be lost")]
    AtRisk {
        /// How many.
        entries: u64,
    },
    /// The key store is locked: ask the person to unlock the phone, and try again.
    #[error("the key store is locked")]
    Locked,
    /// The key store, or the signer, did not do it. Nothing was changed: try again.
    #[error("the app's keys: {problem}")]
    KeyStoreFailed {
        /// What it did not do, in English.
        problem: String,
    },
    /// Logs whose key is gone lie in the folder, and nobody can tell what in them is nowhere else. Nothing was wiped: bring the
    /// key back or, with the person's word, give them up first (`give_up_unreadable`).
    #[error("{logs} logs cannot be read")]
    Unreadable {
        /// How many.
        logs: u64,
    },
    /// The key is there and opens the files. Nothing was moved: open the walkbook.
    #[error("the key is there")]
    KeyIsThere,
    /// The app's signing key is that of a device that this phone was before. Open the walkbook with a new one.
    #[error("the signing key is a former device's")]
    FormerDevice,
    /// There is no key that opens the files. Bring the right one back; where it is gone for good, what only this phone had
    /// cannot be read by anyone: say so, let the folder begin without it (`begin_without_key`), and enrol anew.
    #[error("the key: {problem}")]
    KeyLost {
        /// How, in English.
        problem: String,
    },
    /// The device has no room left. What was to be written is not: ask the person to make room, and try again.
    #[error("the device has no room left")]
    NoRoom,
    /// A file is damaged. Close the walkbook and open it by `mend`: nothing is deleted.
    #[error("the {file} is damaged")]
    Damaged {
        /// Which file: log or book.
        file: String,
    },
    /// A newer version of the app wrote the files. Nothing was changed: update the app.
    #[error("a newer version of the app wrote the files")]
    NewerVersion,
    /// Someone else has the files open: another process, or a walkbook that was not closed. Close it, or try again.
    #[error("the files are in use elsewhere")]
    InUse,
    /// A wipe that had been cut off is finished now. Open again: it is a new, empty walkbook.
    #[error("the walkbook was wiped")]
    Wiped,
    /// The system did not do it: rights, a failing disk, a file that is there already, no thread. Try again.
    #[error("the system: {problem}")]
    Unreachable {
        /// What the system says, without a path, in English.
        problem: String,
    },
    /// The log has lost entries that no server has. Nothing can be recorded any more; what is there can be sent or rescued.
    /// Write a rescue file then, let the phone begin anew (`begin_anew`), and redeem a new invitation.
    #[error("the log has lost entries")]
    LogShort,
    /// The phone has been out of touch for longer than the tenant lets it show anybody, or its clock says so. Nothing is lost, and
    /// what was recorded can be sent: sync, which puts a wrong clock right too. Until then nobody is shown and nothing is
    /// recorded.
    #[error("the phone has been out of touch for too long")]
    LeaseOver,
    /// Somebody has ordered the phone to destroy what it has. It sends what only it has, and nothing else can be done with it: sync
    /// until that ends with `Wiped`.
    #[error("the phone is to destroy what it has")]
    WipeOrdered,
    /// A rescue file is not opened.
    #[error("{why}")]
    RescueFile {
        /// Why: whether to type the code again, or to distrust the file.
        why: RescueRefused,
    },
    /// A defect of the library, or of the app's use of it. Show the door by its row where it was about a door, and report
    /// it.
    #[error("a defect: {problem}")]
    Defect {
        /// What, in English.
        problem: String,
    },
}

/// Why a rescue file is not opened.
#[uniffi::remote(Enum)]
pub enum RescueRefused {
    /// What was typed is no code. Ask the person to type it again.
    NoCode,
    /// The bytes are no rescue file.
    NotRescue,
    /// A newer version of the app wrote it. Update the app.
    Newer,
    /// It is the code of another file, or the file was altered or cut off.
    WrongCode,
    /// It opens, but is not what the device signed. Do not trust it.
    Unverified,
    /// More than a rescue file may hold.
    TooLarge,
}

impl WalkbookError {
    pub(crate) fn invalid(field: &str, problem: &dyn Display) -> Self {
        Self::Invalid { field: field.into(), problem: problem.to_string() }
    }

    fn unreachable(problem: &dyn Display) -> Self {
        Self::Unreachable { problem: problem.to_string() }
    }

    fn key_lost(problem: &dyn Display) -> Self {
        Self::KeyLost { problem: problem.to_string() }
    }

    fn defect(problem: &dyn Display) -> Self {
        Self::Defect { problem: problem.to_string() }
    }
}

impl From<Error> for WalkbookError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotEnrolled => Self::NotEnrolled,
            Error::AlreadyEnrolled => Self::AlreadyEnrolled,
            Error::NotHere { what } => Self::NotHere { what: what.into() },
            Error::Invalid(invalid) => invalid.into(),
            Error::NotReady { .. } => Self::invalid("draft", &error),
            Error::Answer(refused) => refused.into(),
            Error::Store(error) => error.into(),
            Error::LogShort => Self::LogShort,
            Error::LeaseOver => Self::LeaseOver,
            Error::WipeOrdered => Self::WipeOrdered,
            Error::AtRisk { entries } => Self::AtRisk { entries },
            Error::Unreadable { logs } => Self::Unreadable { logs },
            Error::KeyIsThere => Self::KeyIsThere,
            Error::FormerDevice => Self::FormerDevice,
            Error::KeyStore(refused) => refused.into(),
            Error::NotSigned => Self::KeyStoreFailed { problem: error.to_string() },
            Error::KeyGone | Error::KeyDamaged => Self::key_lost(&error),
            Error::KeyFile(kind) | Error::RescueFile { kind }
                if matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded) =>
            {
                Self::NoRoom
            }
            Error::KeyFile(_) | Error::NoRandomness | Error::RescueFile { .. } | Error::NoThread => {
                Self::unreachable(&error)
            }
            Error::Document | Error::Answered(_) => Self::defect(&error),
        }
    }
}

impl From<store::Error> for WalkbookError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::WrongKey => Self::key_lost(&error),
            store::Error::Damaged { file } => Self::Damaged { file: file.to_string() },
            store::Error::DiskFull { .. } => Self::NoRoom,
            store::Error::NewerVersion { .. } => Self::NewerVersion,
            store::Error::Wiped => Self::Wiped,
            store::Error::Busy { .. } => Self::InUse,
            store::Error::Unreachable { .. } => Self::unreachable(&error),
            store::Error::OutOfOrder { .. } | store::Error::TooLarge | store::Error::Sqlite { .. } => {
                Self::defect(&error)
            }
        }
    }
}

impl From<KeyStoreRefused> for WalkbookError {
    fn from(refused: KeyStoreRefused) -> Self {
        match refused {
            KeyStoreRefused::Locked => Self::Locked,
            KeyStoreRefused::Lost => Self::key_lost(&refused),
            KeyStoreRefused::Failed => Self::KeyStoreFailed { problem: refused.to_string() },
        }
    }
}

impl From<Invalid> for WalkbookError {
    fn from(invalid: Invalid) -> Self {
        let (Invalid::TooLong { what, .. }
        | Invalid::TooMany { what, .. }
        | Invalid::Empty { what }
        | Invalid::Twice { what }
        | Invalid::Malformed { what, .. }) = invalid;
        Self::invalid(what, &invalid)
    }
}

impl From<AnswerRefused> for WalkbookError {
    fn from(refused: AnswerRefused) -> Self {
        let (AnswerRefused::UnknownQuestion(question)
        | AnswerRefused::Hidden(question)
        | AnswerRefused::Unfit(question)) = refused;
        Self::AnswerRefused { question: question.0, problem: refused.to_string() }
    }
}

impl From<RescueRefused> for WalkbookError {
    fn from(why: RescueRefused) -> Self {
        Self::RescueFile { why }
    }
}

#[cfg(test)]
mod tests;
