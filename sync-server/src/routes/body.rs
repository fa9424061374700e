//! A request's body: bounded before it is read, counted while it is, and cut off when it does not come.

use super::App;
use crate::problem::Problem;
use axum::body::{Body, HttpBody};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};

/// Memory is given out in blocks.
const BLOCK: usize = 64 * 1024;

/// How many blocks hold so many bytes.
pub(super) const fn blocks(bytes: usize) -> usize {
    bytes.div_ceil(BLOCK)
}

/// A body, and its share of the memory for bodies.
pub(super) struct Received {
    pub(super) bytes: Vec<u8>,
    /// Its first block's, which large bodies cannot take from small ones.
    first: Option<OwnedSemaphorePermit>,
    rest: Option<OwnedSemaphorePermit>,
}

impl Received {
    /// What a request without a body has.
    pub(super) const NOTHING: Self = Self { bytes: Vec::new(), first: None, rest: None };
}

/// Reads a body of at most so many bytes.
pub(super) async fn receive(app: &App, mut body: Body, limit: usize) -> Result<Received, Problem> {
    let announced = body.size_hint().lower();
    if announced > limit as u64 {
        return Err(Problem::too_large(limit));
    }
    let mut due = Instant::now() + app.limits.grace;
    let mut received = Received::NOTHING;
    loop {
        let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx));
        let Some(frame) = timeout_at(due, frame).await.map_err(|_| Problem::too_slow())? else { return Ok(received) };
        // A body that breaks off: the phone is gone, and nobody reads the answer.
        let frame = frame.map_err(|_| Problem::malformed())?;
        let Ok(data) = frame.into_data() else { continue };
        let total = received.bytes.len() + data.len();
        if total > limit {
            return Err(Problem::too_large(limit));
        }
        received.make_room(app, total)?;
        received.bytes.extend_from_slice(&data);
        // What came fast gives no right to stand still afterwards, and to keep the room it has.
        due = (due + worth(data.len(), app.limits.slowest)).min(Instant::now() + app.limits.grace);
    }
}

impl Received {
    fn make_room(&mut self, app: &App, total: usize) -> Result<(), Problem> {
        if self.first.is_none() {
            self.first = Some(Arc::clone(&app.first_room).try_acquire_owned().map_err(|_| Problem::busy())?);
        }
        let more = behind_first(total) - behind_first(self.bytes.len());
        let more = u32::try_from(more).map_err(|_| Problem::busy())?;
        let room = Arc::clone(&app.room).try_acquire_many_owned(more).map_err(|_| Problem::busy())?;
        match &mut self.rest {
            Some(known) => known.merge(room),
            none => *none = Some(room),
        }
        // Doubling would hold twice what was counted.
        self.bytes.reserve_exact((blocks(total) * BLOCK).saturating_sub(self.bytes.len()));
        Ok(())
    }
}

/// How many blocks so many bytes take besides the first.
const fn behind_first(bytes: usize) -> usize {
    blocks(bytes).saturating_sub(1)
}

/// How long so many bytes may take.
fn worth(bytes: usize, slowest: u64) -> Duration {
    Duration::from_secs_f64(bytes as f64 / slowest.max(1) as f64)
}
