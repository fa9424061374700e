//! Why an exchange did not come about.

use crate::walkbook::Error;
use std::time::Duration;
use thiserror::Error;
use walkbook_sync::{LinkRefused, VisitRefused};

/// Why an exchange did not come about, or not to its end. Whatever it is, nothing is lost: what the phone has it keeps,
/// what had come is worked in, and another exchange does the rest. No variant tells anything of anybody.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SyncFailed {
    /// The server cannot be reached, or the connection broke. Try again when there is signal.
    #[error("the server cannot be reached")]
    NoConnection,
    /// Whoever answers is not the server that the invitation named: another certificate, or one that has expired. Do not
    /// try again over this network; if it goes on, ask for a new invitation.
    #[error("whoever answers is not the server that was named")]
    NotTrusted,
    /// The invitation cannot be read.
    #[error(transparent)]
    Link(#[from] LinkRefused),
    /// The server knows no such invitation. Ask for a new one.
    #[error("the server knows no such invitation")]
    InvitationUnknown,
    /// The invitation has expired. Ask for a new one.
    #[error("the invitation has expired")]
    InvitationExpired,
    /// The invitation let another phone in. Ask for a new one.
    #[error("the invitation was used already")]
    InvitationUsed,
    /// The password or the code is not right, or the tenant's provider does not vouch for this user; which of it, nobody is told.
    /// Try again; whoever has forgotten the password, or is not known by the provider's word yet, asks a manager for a new link.
    #[error("the password or the code is not right, or the provider does not vouch for this user")]
    SignInRefused,
    /// The tenant's provider has to vouch for the user anew: [sign in](crate::Walkbook::begin_sign_in_at_provider) there again. What
    /// the phone has it keeps, and it is the same device then.
    #[error("the user has to sign in again")]
    SignInAgain,
    /// The tenant has no provider of its own: sign in with a password.
    #[error("the tenant has no provider of its own")]
    NoProvider,
    /// The tenant's provider is not there. Try again later; whoever is in stays in.
    #[error("the tenant's provider cannot be reached")]
    ProviderUnreachable,
    /// What came back from the provider signs nobody in: it was declined there, or answers another visit. Begin anew.
    #[error(transparent)]
    ProviderVisit(#[from] VisitRefused),
    /// The password has fewer than 12 characters, or more than 256 bytes. Choose another one.
    #[error("the password is too short or too long")]
    PasswordUnfit,
    /// The tenant belongs to another region. Ask for an invitation of that region's server.
    #[error("the tenant belongs to the region {region}")]
    Elsewhere {
        /// Its name.
        region: String,
        /// Where it is, if the server told.
        url: Option<String>,
    },
    /// The phone was shut out, or the tenant is gone. What is not on the server stays here: speak to a team lead.
    #[error("the server does not let this phone in")]
    ShutOut,
    /// The server does not know the phone any more: it was restored to a moment before the phone enrolled. Ask for a new
    /// invitation, and redeem it: the phone is the same device then, and brings what it has.
    #[error("the server does not know this phone")]
    UnknownDevice,
    /// The server does not take the phone's signature, also by the server's own clock. Write a rescue file, let the phone
    /// [begin anew](crate::Walkbook::begin_anew), and redeem a new invitation.
    #[error("the server does not take the phone's signature")]
    NotProven,
    /// The server has another log of this device: the phone's files were copied, or set back. As at
    /// [`NotProven`](Self::NotProven).
    #[error("the server has another log of this phone")]
    Forked,
    /// The server finds the log altered. As at [`NotProven`](Self::NotProven).
    #[error("the server finds the log altered")]
    Forged,
    /// The server is busy. Try again after this time.
    #[error("the server is busy")]
    Busy {
        /// How long it asks to wait.
        retry_after: Duration,
    },
    /// The server does not understand the app, or the app the server: one of them is of another version. Update the app.
    #[error("app and server do not understand each other")]
    NotUnderstood,
    /// Something failed on the server. Try again later; tell the operator if it goes on.
    #[error("the server failed with status {status}")]
    ServerFailed {
        /// HTTP's status.
        status: u16,
    },
    /// The phone itself could not go on.
    #[error(transparent)]
    Phone(#[from] Error),
    /// The app is ending. Try again at its next start.
    #[error("the exchange was interrupted")]
    Interrupted,
}
