//! Enrolling and exchanging over the network.

use super::{Status, Walkbook, now};
use crate::cancel::CancelToken;
use crate::error::WalkbookError;
use crate::sync_error::SyncError;
use std::sync::Arc;
use std::time::Duration;
use walkbook_core::{self as core, Ended};
use walkbook_model::{DeviceId, Role, TenantId, UserId};

/// Who this device is, since it was enrolled.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Identity {
    /// The device.
    pub device: DeviceId,
    /// The user it belongs to.
    pub user: UserId,
    /// The user's role when it was enrolled; the server decides anew at every request.
    pub role: Role,
    /// The tenant.
    pub tenant: TenantId,
    /// Where the server is.
    pub server: Option<String>,
}

/// How an exchange ended.
#[uniffi::remote(Enum)]
pub enum Ended {
    /// Both sides have everything.
    Complete,
    /// The time was up. Another exchange goes on where this one ended.
    OutOfTime,
    /// It was called off. Another exchange goes on where this one ended.
    Cancelled,
}

/// What an exchange did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Synced {
    /// How it ended.
    pub ended: Ended,
    /// Requests that were answered, or refused.
    pub round_trips: u32,
    /// Bytes of the requests' bodies.
    pub sent_bytes: u64,
    /// Bytes of the answers' bodies.
    pub received_bytes: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// How the phone stands afterwards.
    pub status: Status,
}

#[uniffi::export]
impl Walkbook {
    /// Who this device is; nothing before it is enrolled.
    pub fn identity(&self) -> Result<Option<Identity>, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.identity().map(Identity::from)))
    }

    /// Redeems an invitation: from then on the phone is a device of its user. `link` is the invitation's text. Where the
    /// answer was lost, redeeming it again is harmless.
    pub async fn enrol(&self, link: String) -> Result<Identity, SyncError> {
        let walkbook = self.share()?;
        let enrolling = walkbook.enrol(&link, Arc::new(now));
        let identity = self.closing.until(enrolling).await.ok_or(WalkbookError::Closed)??;
        Ok(identity.into())
    }

    /// Exchanges with the server: brings what it lacks, takes what is new. Within `budget_ms`: what has come by then is kept,
    /// the rest comes another time. Half a minute is what a phone's system lets an app do in the background.
    #[uniffi::method(default(budget_ms = 30000, cancel = None))]
    pub async fn sync(&self, budget_ms: u64, cancel: Option<Arc<CancelToken>>) -> Result<Synced, SyncError> {
        let walkbook = self.share()?;
        let cancel = cancel.map(|token| token.token()).unwrap_or_default();
        let options = core::SyncOptions { budget: Duration::from_millis(budget_ms), cancel };
        let syncing = walkbook.sync(options, Arc::new(now));
        let synced = self.closing.until(syncing).await.ok_or(WalkbookError::Closed)??;
        Ok(synced.into())
    }
}

impl From<core::Identity> for Identity {
    fn from(identity: core::Identity) -> Self {
        // The offset is the status's; the authority is the courier's.
        let core::Identity { device, user, role, tenant, clock_offset_ms: _, server, authority: _ } = identity;
        Self { device, user, role, tenant, server }
    }
}

impl From<core::Synced> for Synced {
    fn from(synced: core::Synced) -> Self {
        let core::Synced { ended, round_trips, sent_bytes, received_bytes, elapsed, status } = synced;
        Self { ended, round_trips, sent_bytes, received_bytes, elapsed, status: status.into() }
    }
}
