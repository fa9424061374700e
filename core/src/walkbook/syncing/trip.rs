//! The requests of one exchange.

use super::progress::{SyncPhase, Telling};
use super::{Clock, Ended, SyncOptions, Synced};
use crate::courier::{Answer, Body, Line, Outgoing, Refusal, SyncFailed};
use crate::walkbook::wipe_order::WipeOrder;
use crate::walkbook::{Exchange, Walkbook};
use std::sync::Arc;
use std::time::{Duration, Instant};
use walkbook_model::Timestamp;
use walkbook_vault::{KeyedProof, Signer};

/// What a busy server asks for that the exchange itself waits.
const MOMENT: Duration = Duration::from_secs(3);
/// How often a request is signed anew with the challenge that the server names. Once is enough, unless the phone does something
/// else at the same time.
pub(in crate::walkbook) const SIGNED_ANEW: u32 = 3;

/// An exchange on its way.
pub(super) struct Trip<'a> {
    pub(super) walkbook: &'a Walkbook,
    pub(super) line: &'a Line,
    pub(super) signer: Arc<dyn Signer>,
    pub(super) clock: Clock,
    pub(super) path: String,
    pub(super) telling: Telling,
    pub(super) count: Count,
}

/// What has gone and come.
#[derive(Default)]
pub(super) struct Count {
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
    /// Goes on until there is no more, the time is up, or it is called off.
    pub(super) async fn within(mut self, options: SyncOptions) -> Result<Synced, SyncFailed> {
        let started = Instant::now();
        let ended = tokio::select! {
            biased;
            () = options.cancel.cancelled() => Ended::Cancelled,
            () = tokio::time::sleep(options.budget) => Ended::OutOfTime,
            done = self.all() => done?,
        };
        let Count { round_trips, sent, received } = self.count;
        Ok(Synced {
            ended,
            round_trips,
            sent_bytes: sent,
            received_bytes: received,
            elapsed: started.elapsed(),
            status: self.walkbook.status()?,
        })
    }

    /// Asks until the server has no more.
    async fn all(&mut self) -> Result<Ended, SyncFailed> {
        while self.once().await? {}
        let is_wiped = self.walkbook.lock().wipe == Some(WipeOrder::IsDone);
        Ok(if is_wiped { Ended::Wiped } else { Ended::Complete })
    }

    /// One round trip; whether there is more.
    async fn once(&mut self) -> Result<bool, SyncFailed> {
        let random = self.walkbook.draw()?;
        let asked_at = (self.clock)();
        let mut exchange = self.walkbook.begin_exchange(&*self.signer, random, asked_at)?;
        if self.telling.is_heard() {
            let unsent = exchange.is_watched()?;
            self.telling.change(|so_far| so_far.entries = so_far.answered_entries + unsent);
        }
        let bytes = exchange.request_bytes();
        let body = match self.ask_until_proven(&bytes, asked_at).await {
            Err(SyncFailed::ShutOut) if exchange.was_shut_out()? => return Ok(false),
            answer => answer?,
        };
        self.receive(body, &mut exchange).await?;
        if !exchange.is_done() {
            return Err(SyncFailed::NoConnection);
        }
        Ok(exchange.has_more())
    }

    async fn receive(&mut self, mut body: Body, exchange: &mut Exchange<'_>) -> Result<(), SyncFailed> {
        let mut doors_before = 0;
        self.telling.change(|so_far| {
            so_far.phase = SyncPhase::Receiving;
            so_far.answered_entries += exchange.entries();
            so_far.bytes_to_receive = body.length().map(|length| so_far.received_bytes + length);
            doors_before = so_far.doors;
        });
        while let Some(part) = body.next().await? {
            self.count.received += part.as_ref().len() as u64;
            exchange.handle_bytes(part.as_ref(), (self.clock)())?;
            let (come, awaited) = exchange.doors();
            self.telling.change(|so_far| {
                so_far.received_bytes = self.count.received;
                (so_far.doors, so_far.awaited_doors) = (doors_before + come, awaited);
            });
        }
        Ok(())
    }

    /// Signs again by the server's clock where the phone's is wrong, and with the server's challenge where the phone's is spent.
    async fn ask_until_proven(&mut self, bytes: &[u8], asked_at: Timestamp) -> Result<Body, SyncFailed> {
        let (mut is_by_servers_clock, mut signed_anew) = (false, 0);
        loop {
            match self.ask_patiently(bytes, Show::Proof).await? {
                Answer::Taken(body) => {
                    if let Some(challenge) = body.challenge() {
                        self.walkbook.take_challenge(Some(challenge));
                    }
                    return Ok(body);
                }
                Answer::Refused(Refusal::Failed(failed)) => return Err(failed),
                Answer::Refused(Refusal::Stale(challenge)) if signed_anew < SIGNED_ANEW => {
                    signed_anew += 1;
                    self.walkbook.take_challenge(challenge);
                }
                Answer::Refused(Refusal::Stale(_)) => return Err(SyncFailed::NotProven),
                Answer::Refused(Refusal::WrongClock(server_ms)) if !is_by_servers_clock => {
                    is_by_servers_clock = true;
                    self.walkbook.correct_clock(asked_at, (self.clock)(), Timestamp::from_ms(server_ms))?;
                }
                // Only to whoever shows the key does a server say that it does not know the device.
                Answer::Refused(Refusal::WrongClock(_)) => {
                    return Err(match self.ask_patiently(&[], Show::Key).await? {
                        Answer::Refused(Refusal::Failed(SyncFailed::UnknownDevice)) => SyncFailed::UnknownDevice,
                        _ => SyncFailed::NotProven,
                    });
                }
            }
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
        let proof = self.walkbook.prove(&*self.signer, &self.clock, ("POST", &self.path), bytes)?;
        let proof = match show {
            Show::Proof => proof.format(),
            Show::Key => KeyedProof { proof, key: self.signer.public_key() }.format(),
        };
        self.count.sent += bytes.len() as u64;
        self.telling.change(|so_far| {
            so_far.phase = SyncPhase::Connecting;
            so_far.bytes_to_send += bytes.len() as u64;
        });
        let body = match self.telling.counts_sent() {
            Some(counts) => Outgoing::new(bytes.to_vec(), counts).into(),
            // As a whole it can be sent again where a connection is gone before it was used.
            None => reqwest::Body::from(bytes.to_vec()),
        };
        let answer = self.line.transport.post(&self.path, Some(&proof), body).await?;
        self.count.round_trips += 1;
        Ok(answer)
    }
}
