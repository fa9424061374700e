//! Enrolling and exchanging over the network.

use super::{Status, Walkbook, now};
use crate::cancel::CancelToken;
use crate::error::WalkbookError;
use crate::progress::{AppsSyncListener, SyncListener};
use crate::sync_error::SyncError;
use std::sync::Arc;
use std::time::Duration;
use walkbook_core::{self as core, Ended, Heard};
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

/// What somebody is told once who has chosen a password. The phone keeps nothing of it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct SecondFactor {
    /// What an authenticator app reads, as a link: `otpauth://totp/…` (RFC 6238). Show it as a QR code.
    pub authenticator: String,
    /// Each is good once in the place of the authenticator's code. To be written down.
    pub recovery_codes: Vec<String>,
}

walkbook_model::redacted!(SecondFactor);

/// A sign-in at a provider that was begun.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProviderSignInBegun {
    /// Where the browser is sent: the system's own (`ASWebAuthenticationSession`, Custom Tabs), never one within the app.
    pub url: String,
    /// What the app keeps until it is called back, also over a restart. Keep it as the link is kept: where that has a code, it
    /// is a secret until the sign-in has ended.
    pub visit: String,
}

walkbook_model::redacted!(ProviderSignInBegun);

/// A region, and where its server is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// The server's address.
    pub server: String,
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
    /// Somebody had ordered the phone to destroy what it has. The server has all of it, and the key is gone: close the walkbook.
    /// Opened again, it is a new and empty one.
    Wiped,
}

/// Why waiting for news came to its end.
#[uniffi::remote(Enum)]
pub enum Heard {
    /// The server may have something new: `sync`.
    News,
    /// It was called off.
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

    /// Chooses the password of the user whose link this is: with the code in it, once. Where the answer was lost, the same
    /// phone may ask again; what was told before is worth nothing then.
    pub async fn choose_password(&self, link: String, password: String) -> Result<SecondFactor, SyncError> {
        let walkbook = self.share()?;
        let choosing = walkbook.choose_password(&link, &password);
        let chosen = self.closing.until(choosing).await.ok_or(WalkbookError::Closed)??;
        Ok(chosen.into())
    }

    /// Signs in: from then on the phone is a device of the user whose link this is. `code` is what the authenticator shows, or
    /// a recovery code; without one only where the tenant demands no second factor and the user has never used one. Where the
    /// answer was lost, sign in again with the next code.
    #[uniffi::method(default(code = None))]
    pub async fn enrol_by_sign_in(
        &self,
        link: String,
        password: String,
        code: Option<String>,
    ) -> Result<Identity, SyncError> {
        let walkbook = self.share()?;
        let signing_in = walkbook.enrol_by_sign_in(&link, &password, code.as_deref(), Arc::new(now));
        let identity = self.closing.until(signing_in).await.ok_or(WalkbookError::Closed)??;
        Ok(identity.into())
    }

    /// Begins a sign-in at the provider of the tenant whose link this is (RFC 8252). `redirect` is the address at which the
    /// provider calls the app back, as it is registered there.
    pub async fn begin_sign_in_at_provider(
        &self,
        link: String,
        redirect: String,
    ) -> Result<ProviderSignInBegun, SyncError> {
        let walkbook = self.share()?;
        let beginning = walkbook.begin_sign_in_at_provider(&link, &redirect);
        let begun = self.closing.until(beginning).await.ok_or(WalkbookError::Closed)??;
        Ok(begun.into())
    }

    /// Ends a sign-in at a provider: from then on the phone is a device of its user. `visit` is what
    /// `begin_sign_in_at_provider` gave, `called_back` the whole address at which the app was called back. Where the answer
    /// was lost, begin anew.
    pub async fn enrol_by_provider(&self, visit: String, called_back: String) -> Result<Identity, SyncError> {
        let walkbook = self.share()?;
        let enrolling = walkbook.enrol_by_provider(&visit, &called_back, Arc::new(now));
        let identity = self.closing.until(enrolling).await.ok_or(WalkbookError::Closed)??;
        Ok(identity.into())
    }

    /// Asks any server in which regions to look for somebody of whom no more is known than an e-mail address: all of them, where it is
    /// registered first. Of an address that is registered nowhere the same is told; empty where the server has no directory. The
    /// server has to have a certificate of a public authority, or of `authority` (DER).
    #[uniffi::method(default(authority = None))]
    pub async fn find_regions(
        &self,
        server: String,
        email: String,
        authority: Option<Vec<u8>>,
    ) -> Result<Vec<Region>, SyncError> {
        let walkbook = self.share()?;
        let finding = walkbook.find_regions(&server, authority.as_deref(), &email);
        let found = self.closing.until(finding).await.ok_or(WalkbookError::Closed)??;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// Exchanges with the server: brings what it lacks, takes what is new. Within `budget_ms`: what has come by then is kept,
    /// the rest comes another time. Half a minute is what a phone's system lets an app do in the background. `progress` is told
    /// how far it is.
    #[uniffi::method(default(budget_ms = 30000, cancel = None, progress = None))]
    pub async fn sync(
        &self,
        budget_ms: u64,
        cancel: Option<Arc<CancelToken>>,
        progress: Option<Arc<dyn SyncListener>>,
    ) -> Result<Synced, SyncError> {
        let walkbook = self.share()?;
        let cancel = cancel.map(|token| token.token()).unwrap_or_default();
        let progress = progress.map(|listener| Arc::new(AppsSyncListener(listener)) as Arc<dyn core::SyncListener>);
        let options = core::SyncOptions { budget: Duration::from_millis(budget_ms), cancel, progress };
        let syncing = walkbook.sync(options, Arc::new(now));
        let synced = self.closing.until(syncing).await.ok_or(WalkbookError::Closed)??;
        Ok(synced.into())
    }

    /// Waits until the server may have something new for this phone: for an app that is open, and syncs whenever this ends.
    /// The first waiting ends at once. Where there is no signal it is waited for, with growing pauses. The languages' own
    /// layers make a Flow, an AsyncSequence, an asynchronous iterator of it.
    #[uniffi::method(default(cancel = None))]
    pub async fn wait_for_news(&self, cancel: Option<Arc<CancelToken>>) -> Result<Heard, SyncError> {
        let walkbook = self.share()?;
        let cancel = cancel.map(|token| token.token()).unwrap_or_default();
        let waiting = walkbook.wait_for_news(cancel, Arc::new(now));
        Ok(self.closing.until(waiting).await.ok_or(WalkbookError::Closed)??)
    }
}

impl From<core::Identity> for Identity {
    fn from(identity: core::Identity) -> Self {
        // The offset is the status's; the authority is the courier's.
        let core::Identity { device, user, role, tenant, clock_offset_ms: _, server, authority: _ } = identity;
        Self { device, user, role, tenant, server }
    }
}

impl From<core::Region> for Region {
    fn from(region: core::Region) -> Self {
        let core::Region { name, server } = region;
        Self { name, server }
    }
}

impl From<core::SecondFactor> for SecondFactor {
    fn from(told: core::SecondFactor) -> Self {
        let core::SecondFactor { authenticator, recovery_codes } = told;
        Self { authenticator, recovery_codes }
    }
}

impl From<core::ProviderSignInBegun> for ProviderSignInBegun {
    fn from(begun: core::ProviderSignInBegun) -> Self {
        let core::ProviderSignInBegun { url, visit } = begun;
        Self { url, visit }
    }
}

impl From<core::Synced> for Synced {
    fn from(synced: core::Synced) -> Self {
        let core::Synced { ended, round_trips, sent_bytes, received_bytes, elapsed, status } = synced;
        Self { ended, round_trips, sent_bytes, received_bytes, elapsed, status: status.into() }
    }
}
