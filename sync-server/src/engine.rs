//! What the server does with a request, without HTTP: who asks, what came, what is answered.

use crate::store;
use thiserror::Error;
use walkbook_model::{TenantId, Timestamp};
use walkbook_sync::SyncRefused;

/// What the routes ask for. Calls block; the routes bound how many run at once.
pub trait Exchange: Send + Sync + 'static {
    /// Redeems an invitation: the bytes of an `EnrolRequest` in, those of an `Enrolled` out.
    ///
    /// # Errors
    /// [`Refused`]; then nothing was changed.
    fn enrol(&self, tenant: TenantId, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused>;

    /// Takes what a phone brings and answers with what it needs. `proof` is the header's text, `path` stands in the
    /// request line.
    ///
    /// # Errors
    /// [`Refused`]; what was stored before the error stays, and asking again is harmless.
    fn sync(&self, tenant: TenantId, proof: &str, path: &str, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused>;
}

/// Why a request as a whole was refused. Single entries are refused in the answer.
#[derive(Debug, Clone, Error)]
pub enum Refused {
    /// The message cannot be read. A fault of the app, or of something between.
    #[error("the message cannot be read: {0}")]
    Unreadable(#[from] SyncRefused),
    /// There is no such tenant.
    #[error("there is no such tenant")]
    UnknownTenant,
    /// The tenant belongs to another region; nothing else is told.
    #[error("the tenant belongs to another region")]
    Elsewhere {
        /// Its name.
        region: String,
        /// Where it is, if this server knows.
        url: Option<String>,
    },
    /// The request is not proven to be the device's: forged, too old or too new, or seen before. A phone whose clock is
    /// wrong signs once more by this one.
    #[error("the request is not proven to be the device's")]
    Unproven {
        /// The server's clock.
        now: Timestamp,
    },
    /// The device was shut out, or its user may not do anything here.
    #[error("the device is shut out")]
    ShutOut,
    /// The invitation lets nobody in.
    #[error("{0}")]
    Invitation(InvitationRefused),
    /// There is too much to do. Nothing was taken; try again.
    #[error("the server is busy")]
    Busy,
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] store::Error),
}

/// What is wrong with an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvitationRefused {
    /// There is none with this code.
    #[error("there is no such invitation")]
    Unknown,
    /// Its time has passed.
    #[error("the invitation has expired")]
    Expired,
    /// Another device has redeemed it.
    #[error("the invitation was used already")]
    Used,
}

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::InvitationExpired => Self::Invitation(InvitationRefused::Expired),
            store::Error::InvitationUsed => Self::Invitation(InvitationRefused::Used),
            store::Error::Unknown { what: "invitation" } => Self::Invitation(InvitationRefused::Unknown),
            store::Error::Unknown { what: "tenant" } => Self::UnknownTenant,
            other => Self::Store(other),
        }
    }
}
