//! Enrolling and exchanging over the network.

use super::beginning::refuse_former;
use super::{Error, Identity, Status, Walkbook};
use crate::courier::{Answer, Body, CancelToken, Refusal, SyncFailed, Transport};
use std::sync::Arc;
use std::time::{Duration, Instant};
use walkbook_model::{ContentHash, Timestamp};
use walkbook_sync::{EnrolRequest, Enrolled, InvitationLink, MAX_ENROL_BYTES};
use walkbook_vault::{KeyedProof, RequestParts, RequestProof, SecureRandom, Signer, sign_request};

/// What a busy server asks for that the exchange itself waits.
const MOMENT: Duration = Duration::from_secs(3);

/// Tells the time: the phone's own clock, right or wrong.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How an exchange is bounded.
#[derive(Debug, Clone)]
pub struct SyncOptions {
    /// How long it may take. What has come by then is kept; the rest comes another time.
    pub budget: Duration,
    /// Ends it before.
    pub cancel: CancelToken,
}

impl Default for SyncOptions {
    /// Half a minute: what a phone's system lets an app do in the background.
    fn default() -> Self {
        Self { budget: Duration::from_secs(30), cancel: CancelToken::new() }
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

impl Walkbook {
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
        let path = format!("/v1/tenants/{}/enrol", link.tenant);
        let answer = self.courier.run(&link.server, link.authority.as_deref(), |transport| async move {
            match transport.post(&path, None, request.to_bytes()).await? {
                Answer::Taken(body) => body.read(MAX_ENROL_BYTES).await,
                Answer::Refused(Refusal::WrongClock(_)) => Err(SyncFailed::NotProven),
                Answer::Refused(Refusal::Failed(failed)) => Err(failed),
            }
        });
        let enrolled = Enrolled::from_bytes(&answer.await?).map_err(|_| SyncFailed::NotUnderstood)?;
        let identity = Identity {
            device: enrolled.device,
            user: enrolled.user,
            role: enrolled.role,
            tenant: link.tenant,
            clock_offset_ms: enrolled.now.ms_since(clock()),
            server: Some(link.server.to_string()),
            authority: link.authority.map(Into::into),
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
        let identity = self.identity().ok_or(Error::NotEnrolled)?;
        let server = identity.server.as_deref().and_then(|server| server.parse().ok()).ok_or(Error::NotEnrolled)?;
        let authority = identity.authority.as_deref().map(Vec::as_slice);
        if let Some(retry_after) = self.courier.rests_for() {
            return Err(SyncFailed::Busy { retry_after });
        }
        let signer = self.signer()?;
        let walkbook = Arc::clone(self);
        let started = Instant::now();
        let work = |transport| async move {
            let mut trip = Trip { walkbook: &walkbook, transport, signer, clock, round_trips: 0, sent: 0, received: 0 };
            let ended = tokio::select! {
                biased;
                () = options.cancel.cancelled() => Ended::Cancelled,
                () = tokio::time::sleep(options.budget) => Ended::OutOfTime,
                done = trip.all() => done.map(|()| Ended::Complete)?,
            };
            Ok(Synced {
                ended,
                round_trips: trip.round_trips,
                sent_bytes: trip.sent,
                received_bytes: trip.received,
                elapsed: started.elapsed(),
                status: walkbook.status()?,
            })
        };
        let synced = self.courier.run(&server, authority, work).await;
        if let Err(SyncFailed::Busy { retry_after }) = synced {
            self.courier.rest_for(retry_after);
        }
        synced
    }
}

/// The requests of one exchange.
struct Trip<'a> {
    walkbook: &'a Walkbook,
    transport: Transport,
    signer: Arc<dyn Signer>,
    clock: Clock,
    round_trips: u32,
    sent: u64,
    received: u64,
}

/// What a request shows of who asks.
#[derive(Clone, Copy)]
enum Show {
    Proof,
    /// The key, too.
    Key,
}

impl Trip<'_> {
    /// Asks until the server has no more.
    async fn all(&mut self) -> Result<(), SyncFailed> {
        while self.once().await? {}
        Ok(())
    }

    /// One round trip; whether there is more.
    async fn once(&mut self) -> Result<bool, SyncFailed> {
        let random = self.draw()?;
        let asked_at = (self.clock)();
        let mut exchange = self.walkbook.begin_exchange(&*self.signer, random, asked_at)?;
        let bytes = exchange.request_bytes();
        let mut body = self.ask_by_either_clock(&bytes, asked_at).await?;
        while let Some(part) = body.next().await? {
            self.received += part.as_ref().len() as u64;
            exchange.handle_bytes(part.as_ref(), (self.clock)())?;
        }
        if !exchange.is_done() {
            return Err(SyncFailed::NoConnection);
        }
        Ok(exchange.has_more())
    }

    async fn ask_by_either_clock(&mut self, bytes: &[u8], asked_at: Timestamp) -> Result<Body, SyncFailed> {
        let server_ms = match self.ask_patiently(bytes, Show::Proof).await? {
            Answer::Taken(body) => return Ok(body),
            Answer::Refused(Refusal::Failed(failed)) => return Err(failed),
            Answer::Refused(Refusal::WrongClock(server_ms)) => server_ms,
        };
        // The phone's clock is wrong. By the server's, the same request is proven.
        self.walkbook.correct_clock(asked_at, (self.clock)(), Timestamp::from_ms(server_ms))?;
        match self.ask_patiently(bytes, Show::Proof).await? {
            Answer::Taken(body) => Ok(body),
            Answer::Refused(Refusal::Failed(failed)) => Err(failed),
            // Only to whoever shows the key does a server say that it does not know the device.
            Answer::Refused(Refusal::WrongClock(_)) => Err(match self.ask_patiently(&[], Show::Key).await? {
                Answer::Refused(Refusal::Failed(SyncFailed::UnknownDevice)) => SyncFailed::UnknownDevice,
                _ => SyncFailed::NotProven,
            }),
        }
    }

    /// Asks, and asks again where the server is busy for a moment only.
    async fn ask_patiently(&mut self, bytes: &[u8], show: Show) -> Result<Answer, SyncFailed> {
        loop {
            match self.ask(bytes, show).await? {
                Answer::Refused(Refusal::Failed(SyncFailed::Busy { retry_after })) if retry_after <= MOMENT => {
                    tokio::time::sleep(retry_after).await;
                }
                answer => return Ok(answer),
            }
        }
    }

    async fn ask(&mut self, bytes: &[u8], show: Show) -> Result<Answer, SyncFailed> {
        let identity = self.walkbook.identity().ok_or(Error::NotEnrolled)?;
        let path = format!("/v1/tenants/{}/sync", identity.tenant);
        let at_ms = (self.clock)().shifted_ms(identity.clock_offset_ms).as_ms();
        let nonce = self.draw()?;
        let parts = RequestParts { method: "POST", path: &path, at_ms, nonce, body_hash: ContentHash::of(bytes) };
        let signature = sign_request(&*self.signer, &parts).map_err(Error::from)?;
        let proof = RequestProof { device: identity.device, at_ms, nonce, signature };
        let proof = match show {
            Show::Proof => proof.format(),
            Show::Key => KeyedProof { proof, key: self.signer.public_key() }.format(),
        };
        self.sent += bytes.len() as u64;
        let answer = self.transport.post(&path, Some(&proof), bytes.to_vec()).await?;
        self.round_trips += 1;
        Ok(answer)
    }

    fn draw(&self) -> Result<[u8; 16], SyncFailed> {
        let mut bytes = [0; 16];
        self.walkbook.random.fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
        Ok(bytes)
    }
}
