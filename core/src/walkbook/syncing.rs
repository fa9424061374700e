//! Enrolling and exchanging over the network.

mod progress;
mod trip;

pub use progress::{SyncListener, SyncPhase, SyncProgress};

use super::beginning::refuse_former;
use super::{Error, Identity, Status, Walkbook};
use crate::courier::{Answer, CancelToken, Line, Refusal, SyncFailed};
use minicbor::bytes::ByteVec;
use progress::Telling;
use std::sync::Arc;
use std::time::Duration;
pub(super) use trip::SIGNED_ANEW;
use trip::{Count, Trip};
use walkbook_model::{DeviceId, TenantId, Timestamp};
use walkbook_sync::{EnrolRequest, Enrolled, InvitationLink, MAX_ENROL_BYTES, ServerUrl};

/// Tells the time: the phone's own clock, right or wrong.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How an exchange is bounded, and who hears of it.
#[derive(Clone)]
pub struct SyncOptions {
    /// How long it may take. What has come by then is kept; the rest comes another time.
    pub budget: Duration,
    /// Ends it before.
    pub cancel: CancelToken,
    /// Is told how far it is.
    pub progress: Option<Arc<dyn SyncListener>>,
}

impl Default for SyncOptions {
    /// Half a minute: what a phone's system lets an app do in the background.
    fn default() -> Self {
        Self { budget: Duration::from_secs(30), cancel: CancelToken::new(), progress: None }
    }
}

impl std::fmt::Debug for SyncOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { budget, cancel, progress } = self;
        let is_heard = progress.is_some();
        f.debug_struct("SyncOptions")
            .field("budget", budget)
            .field("cancel", cancel)
            .field("is_heard", &is_heard)
            .finish()
    }
}

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// What an exchange did.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// What is saved where, afterwards.
    pub status: Status,
}

/// Whom a phone asks that is no device yet: a tenant's server.
pub(super) struct Office {
    pub(super) server: ServerUrl,
    pub(super) tenant: TenantId,
    pub(super) authority: Option<Vec<u8>>,
}

impl Office {
    fn path(&self, what: &str) -> String {
        format!("/v1/tenants/{}/{what}", self.tenant)
    }
}

/// Whom an enrolled phone asks, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) server: ServerUrl,
    pub(super) authority: Option<ByteVec>,
    tenant: TenantId,
    device: DeviceId,
}

impl Route {
    pub(super) fn path(&self, what: &str) -> String {
        format!("/v1/tenants/{}/{what}", self.tenant)
    }
}

/// What an office answers, as a whole.
pub(super) async fn told(answer: Answer) -> Result<Vec<u8>, SyncFailed> {
    match answer {
        Answer::Taken(body) => body.read(MAX_ENROL_BYTES).await,
        Answer::Refused(Refusal::WrongClock(_) | Refusal::Stale(_)) => Err(SyncFailed::NotProven),
        Answer::Refused(Refusal::Failed(failed)) => Err(failed),
    }
}

impl Walkbook {
    pub(super) fn route(&self) -> Result<Route, Error> {
        let Identity { server, authority, tenant, device, .. } = self.identity().ok_or(Error::NotEnrolled)?;
        let server = server.and_then(|server| server.parse().ok()).ok_or(Error::NotEnrolled)?;
        Ok(Route { server, authority, tenant, device })
    }

    /// Redeems an invitation: from then on the phone is a device of its user. `link` is the invitation's text. Where the
    /// answer was lost, redeeming it again is harmless.
    ///
    /// # Errors
    /// [`SyncFailed`] says what to do; the phone is not enrolled then.
    pub async fn enrol(self: &Arc<Self>, link: &str, clock: Clock) -> Result<Identity, SyncFailed> {
        let link = InvitationLink::parse(link)?;
        // Durable before the request: whoever the server lets in is able to sign ever after.
        let signer = self.signer()?;
        refuse_former(&self.lock().store.log, link.tenant, &signer.public_key())?;
        let request = EnrolRequest::new(link.tenant, *link.code.expose(), &*signer).map_err(Error::from)?;
        let office = Office { server: link.server, tenant: link.tenant, authority: link.authority };
        let answer = self.ask_office(&office, "enrol", request.to_bytes()).await?;
        self.become_device(office, &answer, &clock)
    }

    /// Asks what needs no device to be known.
    pub(super) async fn ask_office(&self, office: &Office, what: &str, body: Vec<u8>) -> Result<Vec<u8>, SyncFailed> {
        let path = office.path(what);
        let work = |line: Arc<Line>| async move { told(line.transport.post(&path, None, body).await?).await };
        self.courier.run(&office.server, office.authority.as_deref(), work).await
    }

    /// Looks up what anybody is told.
    pub(super) async fn look_up_office(&self, office: &Office, what: &str) -> Result<Vec<u8>, SyncFailed> {
        let path = office.path(what);
        let work = |line: Arc<Line>| async move { told(line.transport.get(&path).await?).await };
        self.courier.run(&office.server, office.authority.as_deref(), work).await
    }

    /// From then on the phone is the device that the server has let in.
    pub(super) fn become_device(&self, office: Office, answer: &[u8], clock: &Clock) -> Result<Identity, SyncFailed> {
        let enrolled = Enrolled::from_bytes(answer).map_err(|_| SyncFailed::NotUnderstood)?;
        let identity = Identity {
            device: enrolled.device,
            user: enrolled.user,
            role: enrolled.role,
            tenant: office.tenant,
            clock_offset_ms: enrolled.now.ms_since(clock()),
            server: Some(office.server.to_string()),
            authority: office.authority.map(Into::into),
        };
        self.enrolled_as(identity.clone())?;
        Ok(identity)
    }

    /// Exchanges with the server: brings what it lacks, takes what is new. A shift is one round trip; a first download of
    /// thousands of doors may take several. Works from any executor; a future that is dropped ends the exchange.
    ///
    /// A server that is busy is left in peace for as long as it asks: within a moment the exchange waits by itself, a longer
    /// wait it leaves to the caller, and until then asks nothing.
    ///
    /// # Errors
    /// [`SyncFailed`] says what to do. What had come before is worked in.
    pub async fn sync(self: &Arc<Self>, options: SyncOptions, clock: Clock) -> Result<Synced, SyncFailed> {
        let route = self.route()?;
        let (server, authority) = (route.server.clone(), route.authority.clone());
        let signer = self.signer()?;
        let telling = Telling::to(options.progress.clone())?;
        let walkbook = Arc::clone(self);
        let work = |line: Arc<Line>| async move {
            let (path, count) = (route.path("sync"), Count::default());
            let trip = Trip { walkbook: &walkbook, line: &line, signer, clock, path, telling, count };
            let synced = match line.rests_for() {
                Some(retry_after) => Err(SyncFailed::Busy { retry_after }),
                None => trip.within(options).await,
            };
            if let Err(SyncFailed::Busy { retry_after }) = synced {
                line.rest_for(retry_after);
            }
            if !matches!(&synced, Ok(Synced { ended: Ended::Complete | Ended::Cancelled | Ended::Wiped, .. })) {
                line.is_unfinished();
            }
            synced
        };
        self.courier.run(&server, authority.as_deref().map(Vec::as_slice), work).await
    }
}
