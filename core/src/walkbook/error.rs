//! What an app is told: few things, each of which it can do something about.

use crate::key_store::KeyStoreRefused;
use crate::store;
use thiserror::Error;
use walkbook_model::{AnswerRefused, Invalid};
use walkbook_sync::SyncRefused;

/// Why a call did nothing. None of the variants carries what was typed or who it was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Error {
    /// The device is not enrolled yet: redeem an invitation first.
    #[error("the device is not enrolled")]
    NotEnrolled,
    /// The walkbook is another device already: wipe it, or use another folder.
    #[error("the walkbook is enrolled as another device")]
    AlreadyEnrolled,
    /// The phone has no such door, list or entry: it was forgotten, or never came. Show the lists again.
    #[error("the phone has no such {what}")]
    NotHere {
        /// A door, a list, a draft, an entry.
        what: &'static str,
    },
    /// The draft cannot be published as it stands: so many things are wrong with it, which
    /// [`ScriptState::published`](walkbook_ledger::ScriptState::published) tells.
    #[error("{flaws} things are wrong with the draft")]
    NotReady {
        /// How many.
        flaws: usize,
    },
    /// A value is not within its bounds: show it beside the field.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// An answer does not fit the script: show it beside the question.
    #[error(transparent)]
    Answer(#[from] AnswerRefused),
    /// The store did not do it; what the app can do stands at the store's error.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The log has lost entries that no server has, or the server has more of it than the phone. Nothing can be recorded any
    /// more; lists and doors are shown, and what is there can still be sent. Write a rescue file, let the phone
    /// [begin anew](crate::Walkbook::begin_anew), and redeem a new invitation.
    #[error("the log has lost entries")]
    LogShort,
    /// The phone has been out of touch for longer than the tenant lets it show anybody, or its clock says so. Nothing is lost, and
    /// what was recorded can be sent: sync, which puts a wrong clock right too. Until then nobody is shown and nothing is
    /// recorded.
    #[error("the phone has been out of touch for too long")]
    LeaseOver,
    /// Somebody has ordered the phone to destroy what it has. It sends what only it has, and nothing else can be done with it: sync
    /// until that ends with [`Ended::Wiped`](crate::Ended::Wiped).
    #[error("the phone is to destroy what it has")]
    WipeOrdered,
    /// A document's edits cannot be applied. The door is to be shown by its row; report it.
    #[error("a document could not be computed")]
    Document,
    /// The system gives no thread for a listener. Ask for the changes now and then instead.
    #[error("the system gives no thread")]
    NoThread,
    /// The server's answer could not be read. Nothing is lost; try again, or update the app.
    #[error(transparent)]
    Answered(#[from] SyncRefused),
    /// The app's key store did not wrap or unwrap the database's key; what the app can do stands there.
    #[error(transparent)]
    KeyStore(#[from] KeyStoreRefused),
    /// The databases are there and their key's file is not. Nothing was changed: bring the file back, or
    /// [begin without it](crate::Walkbook::begin_without_key).
    #[error("the file of the databases' key is gone")]
    KeyGone,
    /// The file of the databases' key cannot be read or written: no room, rights, a failing disk. Try again.
    #[error("the file of the databases' key cannot be reached ({0})")]
    KeyFile(std::io::ErrorKind),
    /// The file of the databases' key does not hold one. Bring the right one back, or
    /// [begin without it](crate::Walkbook::begin_without_key).
    #[error("the file of the databases' key is damaged")]
    KeyDamaged,
    /// The databases' key is there and opens them. Nothing was moved: open the walkbook.
    #[error("the databases' key is there")]
    KeyIsThere,
    /// There are logs whose key is gone, and nobody can tell what in them is nowhere else. Nothing was wiped. Bring the key
    /// back, or, with the person's word, [give them up](crate::Walkbook::give_up_unreadable) first.
    #[error("{logs} logs cannot be read")]
    Unreadable {
        /// How many.
        logs: u64,
    },
    /// The app's signing key is that of a device that this phone was before, whose log ended there. Give the walkbook a new
    /// one.
    #[error("the signing key is a former device's")]
    FormerDevice,
    /// The system gave no random bytes. Try again.
    #[error("no random bytes")]
    NoRandomness,
    /// The rescue file could not be written, or there is a file of that name already. Choose another place.
    #[error("the rescue file cannot be written ({kind})")]
    RescueFile {
        /// What the operating system says, without the path.
        kind: std::io::ErrorKind,
    },
    /// Wiping would lose these entries: they are on no server and in no rescue file, or they were refused and nobody has
    /// seen it. Nothing was wiped. Sync, show what was refused, or write a rescue file.
    #[error("{entries} entries would be lost")]
    AtRisk {
        /// How many.
        entries: u64,
    },
    /// The key store did not sign. Nothing is lost; unlock the phone and try again.
    #[error("the key store did not sign")]
    NotSigned,
}

impl From<walkbook_ledger::Error> for Error {
    fn from(_: walkbook_ledger::Error) -> Self {
        Self::Document
    }
}

impl From<walkbook_vault::SignFailed> for Error {
    fn from(_: walkbook_vault::SignFailed) -> Self {
        Self::NotSigned
    }
}
