//! What the server does with a request, without HTTP: who asks, what came, what is answered.

mod answering;
mod cursor;
mod enrolment;
mod notices;
mod proof;
mod receiving;
mod refills;
mod sign_in;
mod tally;

pub(crate) use receiving::{Taken, Terms, changes_of_lists, take_on_terms, take_run};
pub use tally::{KINDS, REASONS, Tally};

use crate::access::Sender;
use crate::routes::Network;
use crate::sign_in::PasswordUnfit;
use crate::sign_in::provider::Providers;
use crate::store::audit::LogFlaw;
use crate::store::{self, By, Deed, Device, Spent, Stamp, Store};
use crate::telemetry::TRACED;
use notices::Notices;
use prometheus_client::metrics::histogram::Histogram;
use proof::Gate;
use receiving::Intake;
use sign_in::{Coming, SignIns, has_to_vouch_again};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tracing::field::Empty;
use walkbook_model::{Action, ContentHash, TenantId, Timestamp, Whose};
use walkbook_sync::{Request, Run, SyncRefused, Verdicts};
use walkbook_vault::Challenge;

/// What the routes ask for. Calls block; the routes bound how many run at once.
pub trait Exchange: Send + Sync + 'static {
    /// Redeems an invitation: the bytes of an `EnrolRequest` in, those of an `Enrolled` out.
    ///
    /// # Errors
    /// [`Refused`]; then nothing was changed.
    fn enrol(&self, tenant: TenantId, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused>;

    /// Chooses a password with a code: the bytes of a `PasswordRequest` in, those of a `PasswordChosen` out. Takes the work
    /// and the memory of hashing.
    ///
    /// # Errors
    /// [`Refused`]; then nothing was changed.
    fn choose_password(&self, tenant: TenantId, from: Network, body: &[u8], now: Timestamp)
    -> Result<Vec<u8>, Refused>;

    /// Lets a phone in whose user signs in: the bytes of a `SignInRequest` in, those of an `Enrolled` out. Takes the work and
    /// the memory of hashing.
    ///
    /// # Errors
    /// [`Refused`]; then nothing was changed.
    fn sign_in(&self, tenant: TenantId, from: Network, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused>;

    /// Where the tenant's people sign in, if it has a provider of its own: the bytes of a `Provider`. May wait for the provider.
    ///
    /// # Errors
    /// [`Refused`].
    fn provider(&self, tenant: TenantId, now: Timestamp) -> Result<Vec<u8>, Refused>;

    /// Lets a phone in for whose user the tenant's provider vouches: the bytes of a `ProviderSignIn` in, those of an
    /// `Enrolled` out. Waits for the provider.
    ///
    /// # Errors
    /// [`Refused`]; then no phone was let in.
    fn sign_in_at_provider(
        &self,
        tenant: TenantId,
        from: Network,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Vec<u8>, Refused>;

    /// Who asks: a device that has proven it, and may come. It takes little work, whatever comes.
    ///
    /// # Errors
    /// [`Refused`]; then nothing was changed.
    fn admit(&self, tenant: TenantId, asked: &Asked<'_>, now: Timestamp) -> Result<Sender, Refused>;

    /// Takes what an admitted device brings and answers with what it needs.
    ///
    /// # Errors
    /// [`Refused`]; what was stored before the error stays, and asking again is harmless.
    fn exchange(&self, sender: &Sender, body: &[u8], now: Timestamp) -> Result<Answered, Refused>;

    /// Both, one after the other. `proof` is the header's text, `path` stands in the request line.
    ///
    /// # Errors
    /// Those of both.
    fn sync(&self, tenant: TenantId, proof: &str, path: &str, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused> {
        let sender = self.admit(tenant, &Asked { method: "POST", path, proof, body }, now)?;
        Ok(self.exchange(&sender, body, now)?.bytes)
    }

    /// What has been done since the start, for the metrics.
    fn tally(&self) -> Tally;

    /// Seconds that runs with something new took to be judged and merged, for the metrics.
    fn merge_seconds(&self) -> Histogram;
}

/// What an exchange is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The message.
    pub bytes: Vec<u8>,
    /// What the device's next request is to name.
    pub challenge: Option<Challenge>,
}

/// A request, as much as its proof speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its method, in capitals.
    pub method: &'a str,
    /// Its path, as it stands in the request line.
    pub path: &'a str,
    /// The text of the proof's header.
    pub proof: &'a str,
    /// Its body; nothing where it has none.
    pub body: &'a [u8],
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
    /// The request is the device's, and names a challenge that is spent: it was signed ahead, or the phone has missed two
    /// answers' challenges, or one side was set back. The phone signs once more with the current one. Told only to whoever has
    /// signed with the device's key, and worth nothing without it.
    #[error("the request names a challenge that is spent")]
    Stale {
        /// The server's clock.
        now: Timestamp,
        /// The device's current challenge; nothing where it was given none yet.
        challenge: Option<Challenge>,
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
    /// The user, the password or the code is not right; which of them, nobody is told.
    #[error("the user, the password or the code is not right")]
    SignIn,
    /// The tenant's provider has to vouch for the user anew. What the phone has it keeps, and brings when it has signed in again:
    /// it is the same device then.
    #[error("the user has to sign in again")]
    SignInAgain,
    /// The tenant has no provider of its own: its people sign in with a password.
    #[error("the tenant has no provider of its own")]
    NoProvider,
    /// The tenant's provider is not there, or does not do what it has to. Nothing was changed; try again later.
    #[error("the tenant's provider cannot be reached")]
    ProviderUnreachable,
    /// The password that was chosen is none.
    #[error("{0}")]
    Password(PasswordUnfit),
    /// Too many tries were wrong. Nothing was looked at; try again after this.
    #[error("too many tries")]
    TooMany {
        /// How long to wait.
        after: Duration,
    },
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
    sign_ins: SignIns,
}

impl Engine {
    /// An engine for this region.
    pub fn new(store: Arc<dyn Store>, region: Region) -> Self {
        let (gate, intake, notices) = (Gate::default(), Intake::default(), Notices::default());
        Self { store, region, gate, intake, notices, sign_ins: SignIns::default() }
    }

    /// The same, but that a list's edits are folded into its base after so many; at least one.
    #[must_use]
    pub fn rebasing_every(mut self, edits: usize) -> Self {
        self.intake.rebased_every = edits.max(1);
        self
    }

    /// The same, and it asks the tenants' providers this way.
    #[must_use]
    pub fn asking(mut self, providers: Arc<dyn Providers>) -> Self {
        self.sign_ins.providers = providers;
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
    fn sender(
        &self,
        tenant: TenantId,
        device: &Device,
        spent: Option<Spent>,
        now: Timestamp,
    ) -> Result<Sender, Refused> {
        let user = self.store.user(tenant, device.user)?.ok_or(Refused::ShutOut)?;
        let is_in = device.is_in() && user.role.may(Action::Knock, Whose::Own);
        // Also a phone that was shut out comes in to send what it has, and to be told to destroy it.
        if !is_in && !device.is_to_be_wiped() {
            self.notices.came_shut_out(&*self.store, tenant, device, now)?;
            return Err(Refused::ShutOut);
        }
        if is_in && has_to_vouch_again(&*self.store, tenant, device, now)? {
            return Err(Refused::SignInAgain);
        }
        Ok(Sender { tenant, device: device.id, user, spent })
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

    fn choose_password(
        &self,
        tenant: TenantId,
        from: Network,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Vec<u8>, Refused> {
        self.check_region(tenant)?;
        self.sign_ins.choose_password(&*self.store, Coming { tenant, from, now }, body)
    }

    fn sign_in(&self, tenant: TenantId, from: Network, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused> {
        self.check_region(tenant)?;
        self.sign_ins.sign_in(&*self.store, &self.notices, Coming { tenant, from, now }, body)
    }

    fn provider(&self, tenant: TenantId, now: Timestamp) -> Result<Vec<u8>, Refused> {
        self.check_region(tenant)?;
        self.sign_ins.provider(&*self.store, tenant, now)
    }

    fn sign_in_at_provider(
        &self,
        tenant: TenantId,
        from: Network,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Vec<u8>, Refused> {
        self.check_region(tenant)?;
        self.sign_ins.sign_in_at_provider(&*self.store, &self.notices, Coming { tenant, from, now }, body)
    }

    fn admit(&self, tenant: TenantId, asked: &Asked<'_>, now: Timestamp) -> Result<Sender, Refused> {
        let _part = tracing::info_span!(target: TRACED, "proof").entered();
        self.check_region(tenant)?;
        let (device, spent) = self.gate.pass(&*self.store, tenant, asked, now)?;
        self.sender(tenant, &device, spent, now)
    }

    fn exchange(&self, sender: &Sender, body: &[u8], now: Timestamp) -> Result<Answered, Refused> {
        let request = Request::read(body)?;
        if request.hello.device != sender.device {
            return Err(Refused::Unproven { now });
        }
        let received = tracing::info_span!(target: TRACED, "receive", entries = entries_of(&request))
            .in_scope(|| self.intake.receive(&*self.store, sender, &request, now));
        let verdicts = received.or_else(|refused| self.refuse_log(sender, refused, now))?;
        let part = tracing::info_span!(target: TRACED, "answer", bytes = Empty).entered();
        let answer = answering::answer(&*self.store, sender, &request.hello, verdicts, now)?;
        part.record("bytes", answer.bytes.len());
        Ok(answer)
    }

    fn tally(&self) -> Tally {
        self.intake.tallies.read()
    }

    fn merge_seconds(&self) -> Histogram {
        self.intake.tallies.seconds.clone()
    }
}

fn entries_of(request: &Request) -> usize {
    request.runs.iter().map(Run::len).sum()
}

/// Takes what a device of this server's own brings, held against the same rules as any phone's.
pub(crate) fn take(store: &dyn Store, sender: &Sender, request: &Request, now: Timestamp) -> Result<Verdicts, Refused> {
    Intake::default().receive(store, sender, request, now)
}

#[cfg(test)]
pub(crate) mod tests;
