//! What the server does with a request, without HTTP: who asks, what came, what is answered.

mod answering;
mod cursor;
mod enrolment;
mod notices;
mod proof;
mod receiving;
mod refills;
mod tally;

pub(crate) use receiving::{Taken, changes_of_lists, take_run};
pub use tally::Tally;

use crate::access::Sender;
use crate::store::{self, By, Deed, Device, Stamp, Store};
use notices::Notices;
use proof::{Gate, Seen};
use receiving::Intake;
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;
use walkbook_model::{Action, ContentHash, TenantId, Timestamp, Whose};
use walkbook_sync::{Request, SyncRefused};

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

    /// What has been done since the start, for the metrics.
    fn tally(&self) -> Tally;
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
    /// The request is the device's, and the server has no such device: it was restored to a moment before the phone enrolled.
    /// A new invitation makes the phone the same device again. Told only to whoever has shown the device's key.
    #[error("the server does not know this device")]
    UnknownDevice,
    /// The device was shut out, or its user may not do anything here, or its key is another device's: a phone that
    /// enrols anew makes a new key.
    #[error("the device is shut out")]
    ShutOut,
    /// The log is signed by another key, was altered, or its parts do not fit together. Nothing of it was taken.
    #[error("the log is not as its device signed it")]
    Forged,
    /// The log is not the one that the server has: the phone's files were copied or set back. It goes on as a new
    /// device; what only it has travels in its old log's rescue file.
    #[error("the log is another one than the server has")]
    Forked,
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
            // Without its key a tenant is erased.
            store::Error::Unknown { what: "tenant" } | store::Error::KeyDestroyed => Self::UnknownTenant,
            store::Error::Exists { what: "device" } => Self::ShutOut,
            other => Self::Store(other),
        }
    }
}

/// Which region this is, and where the others are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// The addresses of other regions' servers, by name.
    pub others: BTreeMap<String, String>,
}

/// The engine over a store.
pub struct Engine {
    store: Arc<dyn Store>,
    region: Region,
    gate: Gate,
    intake: Intake,
    notices: Notices,
}

impl Engine {
    /// An engine for this region.
    pub fn new(store: Arc<dyn Store>, region: Region) -> Self {
        Self { store, region, gate: Gate::default(), intake: Intake::default(), notices: Notices::default() }
    }

    /// The same, but that a list's edits are folded into its base after so many; at least one.
    #[must_use]
    pub fn rebasing_every(mut self, edits: usize) -> Self {
        self.intake.rebased_every = edits.max(1);
        self
    }

    /// Lets requests for tenants of this region pass; others learn where to go, and nothing else.
    fn check_region(&self, tenant: TenantId) -> Result<(), Refused> {
        let found = self.store.tenant(tenant)?.ok_or(Refused::UnknownTenant)?;
        if found.region == self.region.name {
            return Ok(());
        }
        let url = self.region.others.get(&found.region).cloned();
        Err(Refused::Elsewhere { region: found.region, url })
    }

    /// Whose device this is, if it may still do anything.
    fn sender(&self, tenant: TenantId, device: &Device, now: Timestamp) -> Result<Sender, Refused> {
        let user = self.store.user(tenant, device.user)?.ok_or(Refused::ShutOut)?;
        if device.revoked_at.is_some() || !user.role.may(Action::Knock, Whose::Own) {
            let deed = Deed::CameShutOut { user: user.id, device: device.id };
            let stamp = Stamp::new(By::Device(device.id), now);
            self.notices.note(&*self.store, tenant, ContentHash::of(&device.id.to_bytes()), deed, stamp)?;
            return Err(Refused::ShutOut);
        }
        Ok(Sender { tenant, device: device.id, user })
    }
}

impl Exchange for Engine {
    fn enrol(&self, tenant: TenantId, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused> {
        self.check_region(tenant)?;
        enrolment::enrol(&*self.store, &self.notices, tenant, body, now)
    }

    fn sync(&self, tenant: TenantId, proof: &str, path: &str, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused> {
        self.check_region(tenant)?;
        let seen = Seen { tenant, proof, path, body, now };
        let device = self.gate.pass(&*self.store, &seen)?;
        let sender = self.sender(tenant, &device, now)?;
        let request = Request::read(body)?;
        if request.hello.device != device.id {
            return Err(Refused::Unproven { now });
        }
        let verdicts = self.intake.receive(&*self.store, &sender, &request, now)?;
        answering::answer(&*self.store, &sender, &request.hello, verdicts, now)
    }

    fn tally(&self) -> Tally {
        self.intake.tallies.read()
    }
}

/// Takes what a device of this server's own brings, held against the same rules as any phone's.
pub(crate) fn take(
    store: &dyn Store,
    sender: &Sender,
    request: &Request,
    now: Timestamp,
) -> Result<walkbook_sync::Verdicts, Refused> {
    Intake::default().receive(store, sender, request, now)
}

#[cfg(test)]
pub(crate) mod tests;
