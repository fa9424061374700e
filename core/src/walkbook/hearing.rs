//! Waiting until the server has something new.

use super::syncing::{Route, SIGNED_ANEW};
use super::{Clock, Error, Walkbook};
use crate::courier::{CancelToken, Ear, Heard as Answer, Line, Refusal, SyncFailed, left_until};
use std::sync::Arc;
use std::time::{Duration, Instant};
use walkbook_model::Timestamp;
use walkbook_vault::{SecureRandom, Signer};

/// A server that tells nothing is asked by the clock.
const BY_THE_CLOCK: Duration = Duration::from_secs(5 * 60);
/// The longest wait before the first new try, and before any: it doubles from the one to the other.
const FIRST: Duration = Duration::from_secs(2);
const LAST: Duration = Duration::from_secs(5 * 60);
/// A stream that held for so long was a good one.
const GOOD: Duration = Duration::from_secs(60);

/// Why the waiting came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The server may have something new: [sync](Walkbook::sync).
    News,
    /// It was called off.
    Cancelled,
}

/// What the phone listens to, kept from one waiting to the next: news that came in between are heard then.
#[derive(Default)]
pub(crate) struct Listening {
    stream: Option<Stream>,
    /// Tries that came to nothing since the last good one.
    failures: u32,
    /// The server has asked not to be listened to before. Exchanges do not wait for that.
    rests_until: Option<Instant>,
}

struct Stream {
    ear: Ear,
    began: Instant,
    /// How many exchanges had not come to their end by then.
    unfinished: u64,
}

impl Walkbook {
    /// Waits until the server may have something new for this phone: for an app that is open, and syncs whenever this ends.
    /// The first waiting ends at once, and so does the first behind an interruption. No signal is waited for with growing
    /// pauses, without asking anybody; a server of an earlier version, which tells nothing, is asked every five minutes. An
    /// exchange that does not come to its end is an interruption, too: after a pause, the waiting ends, and it is tried again.
    /// What travels says that there is something, and nothing of it. Works from any executor; a future that is dropped ends
    /// the waiting.
    ///
    /// # Errors
    /// [`SyncFailed`] where waiting helps nothing: [`ShutOut`](SyncFailed::ShutOut), [`NotProven`](SyncFailed::NotProven) and
    /// the like, [`Phone`](SyncFailed::Phone). An exchange says what to do.
    pub async fn wait_for_news(self: &Arc<Self>, cancel: CancelToken, clock: Clock) -> Result<Heard, SyncFailed> {
        let route = self.route()?;
        let signer = self.signer()?;
        let walkbook = Arc::clone(self);
        let (server, authority) = (route.server.clone(), route.authority.clone());
        let work = |line: Arc<Line>| async move {
            let waiting = Waiting { walkbook: &walkbook, line: &line, signer, clock, route };
            tokio::select! {
                biased;
                () = cancel.cancelled() => Ok(Heard::Cancelled),
                heard = waiting.news() => heard.map(|()| Heard::News),
            }
        };
        self.courier.run(&server, authority.as_deref().map(Vec::as_slice), work).await
    }
}

struct Waiting<'a> {
    walkbook: &'a Walkbook,
    line: &'a Line,
    signer: Arc<dyn Signer>,
    clock: Clock,
    route: Route,
}

impl Waiting<'_> {
    async fn news(&self) -> Result<(), SyncFailed> {
        let mut listening = self.line.listening.lock().await;
        loop {
            match &mut listening.stream {
                Some(stream) => {
                    if self.says_something(stream).await {
                        return Ok(());
                    }
                    listening.ends();
                }
                None => {
                    self.pause(&listening).await?;
                    let unfinished = self.line.unfinished();
                    match self.listen().await {
                        Ok(Some(ear)) => listening.stream = Some(Stream { ear, began: Instant::now(), unfinished }),
                        Ok(None) => {
                            tokio::time::sleep(BY_THE_CLOCK).await;
                            return Ok(());
                        }
                        Err(failed) => {
                            listening.ends();
                            listening.outlasts(failed)?;
                        }
                    }
                }
            }
        }
    }

    /// Whether there are news, before the stream's end or that of its use.
    async fn says_something(&self, stream: &mut Stream) -> bool {
        tokio::select! {
            biased;
            () = self.line.one_more_than(stream.unfinished) => false,
            // What breaks off has an end, too.
            heard = stream.ear.hear() => heard.unwrap_or(false),
        }
    }

    /// Opens a stream; nothing where the server has none.
    async fn listen(&self) -> Result<Option<Ear>, SyncFailed> {
        let asked_at = (self.clock)();
        let (mut is_by_servers_clock, mut signed_anew) = (false, 0);
        loop {
            match self.ask().await? {
                Answer::Listening(ear) => return Ok(Some(ear)),
                Answer::Deaf => return Ok(None),
                Answer::Refused(Refusal::Failed(failed)) => return Err(failed),
                Answer::Refused(Refusal::Stale(challenge)) if signed_anew < SIGNED_ANEW => {
                    signed_anew += 1;
                    self.walkbook.take_challenge(challenge);
                }
                Answer::Refused(Refusal::WrongClock(server_ms)) if !is_by_servers_clock => {
                    is_by_servers_clock = true;
                    self.walkbook.correct_clock(asked_at, (self.clock)(), Timestamp::from_ms(server_ms))?;
                }
                Answer::Refused(Refusal::Stale(_) | Refusal::WrongClock(_)) => return Err(SyncFailed::NotProven),
            }
        }
    }

    async fn ask(&self) -> Result<Answer, SyncFailed> {
        let path = self.route.path("live");
        let proof = self.walkbook.prove(&*self.signer, &self.clock, ("GET", &path), &[])?;
        self.line.transport.listen(&path, &proof.format()).await
    }

    /// As long as the server wants to be left in peace, and then anything up to a time that doubles: those who were cut off
    /// together do not come back together.
    async fn pause(&self, listening: &Listening) -> Result<(), SyncFailed> {
        let rest = self.line.rests_for().max(left_until(listening.rests_until)).unwrap_or_default();
        let mut drawn = [0; 2];
        self.walkbook.random.fill(&mut drawn).map_err(|_| Error::NoRandomness)?;
        let part = f64::from(u16::from_be_bytes(drawn)) / f64::from(u16::MAX);
        tokio::time::sleep(rest + longest_pause(listening.failures).mul_f64(part)).await;
        Ok(())
    }
}

impl Listening {
    fn ends(&mut self) {
        let was_good = self.stream.take().is_some_and(|stream| stream.began.elapsed() >= GOOD);
        self.failures = if was_good { 1 } else { self.failures.saturating_add(1) };
    }

    /// What passes by itself is waited for; the rest is told.
    fn outlasts(&mut self, failed: SyncFailed) -> Result<(), SyncFailed> {
        match failed {
            SyncFailed::NoConnection | SyncFailed::ServerFailed { .. } => Ok(()),
            SyncFailed::Busy { retry_after } => {
                self.rests_until = Instant::now().checked_add(retry_after);
                Ok(())
            }
            other => Err(other),
        }
    }
}

fn longest_pause(failures: u32) -> Duration {
    match failures.checked_sub(1) {
        Some(doubled) => FIRST.saturating_mul(1 << doubled.min(16)).min(LAST),
        None => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_five_minutes() {
        let pauses = [0, 1, 2, 3, 9, u32::MAX].map(|failures| longest_pause(failures).as_secs());
        assert_eq!(pauses, [0, 2, 4, 8, 300, 300]);
    }
}
