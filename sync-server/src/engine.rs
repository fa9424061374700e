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
use crate::store::audit::LogFlaw;
use crate::store::{self, By, Deed, Device, Stamp, Store};
use notices::Notices;
use proof::{Gate, Seen};
use receiving::Intake;
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;
use walkbook_model::{Action, ContentHash, TenantId, Timestamp, Whose};
use walkbook_sync::{Request, SyncRefused, Verdicts};

/// What the routes ask for. Calls block; the routes bound how many run at once.
pub trait Exchange: Send + Sync + 'static {
    /// Redeems an invitation: the bytes of an `EnrolRequest` in, those of an `Enrolled` out.
    ///
    /// # Errors
    /// [`Refused`]; then nothing was changed.
    fn enrol(&self, tenant: TenantId, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused>;

    /// Who asks: a device that has proven it, and may come. `proof` is the header's text, `path` stands in the request line.
    /// It takes little work, whatever comes.
    ///
    /// # Errors
    /// [`Refused`]; then nothing was changed.
    fn admit(&self, tenant: TenantId, proof: &str, path: &str, body: &[u8], now: Timestamp) -> Result<Sender, Refused>;

    /// Takes what an admitted device brings and answers with what it needs.
    ///
    /// # Errors
    /// [`Refused`]; what was stored before the error stays, and asking again is harmless.
    fn exchange(&self, sender: &Sender, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused>;

    /// Both, one after the other.
    ///
    /// # Errors
    /// Those of both.
    fn sync(&self, tenant: TenantId, proof: &str, path: &str, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused> {
        let sender = self.admit(tenant, proof, path, body, now)?;
        self.exchange(&sender, body, now)
    }

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

    /// The same, but that proofs from before this moment are not taken: which of them were seen is not known any more.
    #[must_use]
    pub fn started_at(mut self, now: Timestamp) -> Self {
        self.gate = Gate::opened_at(now);
        self
    }

    /// Lets requests for tenants of this region pass; others learn where to go, and nothing else. A tenant that there is not
    /// has no devices and no invitations: whoever asks is told no more than at another's.
    fn check_region(&self, tenant: TenantId) -> Result<(), Refused> {
        let Some(found) = self.store.tenant(tenant)? else { return Ok(()) };
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
            self.notices.came_shut_out(&*self.store, tenant, device, now)?;
            return Err(Refused::ShutOut);
        }
        Ok(Sender { tenant, device: device.id, user })
    }

    /// Writes down that a log was not as its device wrote it.
    fn refuse_log(&self, sender: &Sender, refused: Refused, now: Timestamp) -> Result<Verdicts, Refused> {
        let flaw = match refused {
            Refused::Forged => LogFlaw::Forged,
            Refused::Forked => LogFlaw::Forked,
            other => return Err(other),
        };
        let device = sender.device;
        let comer = ContentHash::of_parts("log refused", &[&device.to_bytes(), &[flaw as u8]]);
        let (deed, stamp) = (Deed::LogRefused { device, flaw }, Stamp::new(By::Device(device), now));
        self.notices.note(&*self.store, sender.tenant, comer, deed, stamp)?;
        Err(refused)
    }
}

impl Exchange for Engine {
    fn enrol(&self, tenant: TenantId, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused> {
        self.check_region(tenant)?;
        enrolment::enrol(&*self.store, &self.notices, tenant, body, now)
    }

    fn admit(&self, tenant: TenantId, proof: &str, path: &str, body: &[u8], now: Timestamp) -> Result<Sender, Refused> {
        self.check_region(tenant)?;
        let seen = Seen { tenant, proof, path, body, now };
        let device = self.gate.pass(&*self.store, &seen)?;
        self.sender(tenant, &device, now)
    }

    fn exchange(&self, sender: &Sender, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused> {
        let request = Request::read(body)?;
        if request.hello.device != sender.device {
            return Err(Refused::Unproven { now });
        }
        let received = self.intake.receive(&*self.store, sender, &request, now);
        let verdicts = received.or_else(|refused| self.refuse_log(sender, refused, now))?;
        answering::answer(&*self.store, sender, &request.hello, verdicts, now)
    }

    fn tally(&self) -> Tally {
        self.intake.tallies.read()
    }
}

/// Takes what a device of this server's own brings, held against the same rules as any phone's.
pub(crate) fn take(store: &dyn Store, sender: &Sender, request: &Request, now: Timestamp) -> Result<Verdicts, Refused> {
    Intake::default().receive(store, sender, request, now)
}

#[cfg(test)]
pub(crate) mod tests;
