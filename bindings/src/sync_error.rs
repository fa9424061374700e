//! Why an exchange did not come about.

use crate::error::WalkbookError;
use std::time::Duration;
use thiserror::Error;
use walkbook_core::{SyncFailed, VisitRefused};

/// Why an exchange, or an enrolment, did not come about. Whatever it is, nothing is lost: what the phone has it keeps, what
/// had come is worked in, and another exchange does the rest.
#[derive(Debug, Clone, PartialEq, Eq, Error, uniffi::Error)]
pub enum SyncError {
    /// The server cannot be reached, or the connection broke. Try again when there is signal.
    #[error("the server cannot be reached")]
    NoConnection,
    /// Whoever answers is not the server that the invitation named. Do not try again over this network; if it goes on, ask
    /// for a new invitation.
    #[error("whoever answers is not the server that was named")]
    NotTrusted,
    /// The invitation does not let the phone in. Ask for a new one.
    #[error("the invitation does not let this phone in")]
    Invitation {
        /// Why.
        problem: InvitationProblem,
    },
    /// The password or the code is not right, or the tenant's provider does not vouch for this user; which of it, nobody is told.
    /// Try again; whoever has forgotten the password, or is not known by the provider's word yet, asks a manager for a new link.
    #[error("the password or the code is not right, or the provider does not vouch for this user")]
    SignInRefused,
    /// The tenant's provider has to vouch for the user anew: sign in there again (`begin_sign_in_at_provider`). What the phone has
    /// it keeps, and it is the same device then.
    #[error("the user has to sign in again")]
    SignInAgain,
    /// The tenant has no provider of its own: sign in with a password.
    #[error("the tenant has no provider of its own")]
    NoProvider,
    /// The tenant's provider is not there. Try again later; whoever is in stays in.
    #[error("the tenant's provider cannot be reached")]
    ProviderUnreachable,
    /// What came back from the provider signs nobody in. Begin anew.
    #[error("what came back from the provider signs nobody in")]
    ProviderVisit {
        /// Why.
        problem: VisitProblem,
    },
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
    /// The server does not know this phone any more: it was restored to a moment before the phone enrolled. Ask for a new
    /// invitation and redeem it: the phone is the same device then, and brings what it has.
    #[error("the server does not know this phone")]
    UnknownDevice,
    /// This phone cannot go on as the device that it is. Write a rescue file, close the walkbook, let the phone begin anew
    /// (`begin_anew`), and redeem a new invitation.
    #[error("the phone has to be enrolled anew")]
    EnrolAnew {
        /// Why.
        reason: EnrolAnewReason,
    },
    /// The server is busy. Try again after this time.
    #[error("the server is busy")]
    Busy {
        /// How long it asks to wait.
        retry_after: Duration,
    },
    /// App and server do not understand each other: one of them is of another version. Update the app.
    #[error("app and server do not understand each other")]
    NotUnderstood,
    /// Something failed on the server. Try again later; tell the operator if it goes on.
    #[error("the server failed with status {status}")]
    ServerFailed {
        /// HTTP's status.
        status: u16,
    },
    /// The app is ending. Try again at its next start.
    #[error("the exchange was interrupted")]
    Interrupted,
    /// The phone itself could not go on; what the app can do stands at that error.
    #[error("{error}")]
    Phone {
        /// Why.
        error: WalkbookError,
    },
}

/// What is wrong with an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum InvitationProblem {
    /// The text is no invitation, or a part of one: ask for the link again, whole.
    Unreadable,
    /// The server knows no such invitation.
    Unknown,
    /// It has expired.
    Expired,
    /// It let another phone in.
    Used,
}

/// Why what came back from a provider signs nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum VisitProblem {
    /// It answers something else, or comes from another provider.
    NotTheAnswer,
    /// The user or the provider has declined.
    Declined,
}

/// Why a phone cannot go on as the device that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum EnrolAnewReason {
    /// The server does not take the phone's signature.
    NotProven,
    /// The server has another log of this device: the phone's files were copied, or set back.
    Forked,
    /// The server finds the log altered.
    Forged,
}

impl From<SyncFailed> for SyncError {
    fn from(failed: SyncFailed) -> Self {
        let invitation = |problem| Self::Invitation { problem };
        let anew = |reason| Self::EnrolAnew { reason };
        match failed {
            SyncFailed::NoConnection => Self::NoConnection,
            SyncFailed::NotTrusted => Self::NotTrusted,
            SyncFailed::Link(_) => invitation(InvitationProblem::Unreadable),
            SyncFailed::InvitationUnknown => invitation(InvitationProblem::Unknown),
            SyncFailed::InvitationExpired => invitation(InvitationProblem::Expired),
            SyncFailed::InvitationUsed => invitation(InvitationProblem::Used),
            SyncFailed::SignInRefused => Self::SignInRefused,
            SyncFailed::SignInAgain => Self::SignInAgain,
            SyncFailed::NoProvider => Self::NoProvider,
            SyncFailed::ProviderUnreachable => Self::ProviderUnreachable,
            SyncFailed::ProviderVisit(why) => Self::ProviderVisit { problem: why.into() },
            SyncFailed::PasswordUnfit => Self::PasswordUnfit,
            SyncFailed::Elsewhere { region, url } => Self::Elsewhere { region, url },
            SyncFailed::ShutOut => Self::ShutOut,
            SyncFailed::UnknownDevice => Self::UnknownDevice,
            SyncFailed::NotProven => anew(EnrolAnewReason::NotProven),
            SyncFailed::Forked => anew(EnrolAnewReason::Forked),
            SyncFailed::Forged => anew(EnrolAnewReason::Forged),
            SyncFailed::Busy { retry_after } => Self::Busy { retry_after },
            SyncFailed::NotUnderstood => Self::NotUnderstood,
            SyncFailed::ServerFailed { status } => Self::ServerFailed { status },
            SyncFailed::Interrupted => Self::Interrupted,
            SyncFailed::Phone(error) => Self::Phone { error: error.into() },
        }
    }
}

impl From<VisitRefused> for VisitProblem {
    fn from(refused: VisitRefused) -> Self {
        match refused {
            VisitRefused::NotTheAnswer => Self::NotTheAnswer,
            VisitRefused::Declined => Self::Declined,
        }
    }
}

impl From<WalkbookError> for SyncError {
    fn from(error: WalkbookError) -> Self {
        Self::Phone { error }
    }
}
