//! Phones that are open hear of it when there is something new: server-sent events (HTML, section 9.2), which say that and
//! nothing else.

use super::App;
use super::body::Received;
use super::exchange::{admit, path_of, proof_of, tenant_of};
use crate::live::{Ear, NoPlace};
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::{Instant, interval_at, sleep, timeout};

/// There is something new: exchange.
const NEWS: &str = "data: news\n\n";
/// Nothing; that the connection is there. Well within what a phone, and whatever is between, waits for a sign of life.
const BEAT: &str = ":\n\n";
const BEATS: Duration = Duration::from_secs(20);
/// Who has not taken in what was said by then is cut off.
const SLOW: Duration = Duration::from_secs(30);
/// Who listens for so long comes again, and is judged anew.
const AGE: Duration = Duration::from_secs(20 * 60);
/// Who finds no place comes again after this.
const FULL: Duration = Duration::from_secs(60);

pub(super) async fn live(
    State(app): State<Arc<App>>,
    tenant: Result<Path<String>, PathRejection>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let tenant = tenant_of(tenant)?;
    let signed = ("GET", path_of(&uri), proof_of(&headers)?);
    let (sender, _) = admit(&app, tenant, signed, Received::NOTHING).await?;
    let ear = app.live().join(&sender).map_err(|why| match why {
        NoPlace::OfUser => Problem::too_many(FULL),
        NoPlace::Busy => Problem::busy().with_retry_after(FULL),
    })?;
    let (out, said) = channel(1);
    tokio::spawn(tell(ear, out));
    let said = unfold(said, async |mut said| Some((Ok::<_, Infallible>(said.recv().await?), said)));
    Ok(([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(said)).into_response())
}

/// Says what there is to say, until somebody has had enough.
async fn tell(mut ear: Ear, out: Sender<&'static str>) {
    let mut beats = interval_at(Instant::now() + BEATS, BEATS);
    let age = sleep(AGE);
    tokio::pin!(age);
    loop {
        let says = tokio::select! {
            heard = ear.hear() => match heard {
                Some(()) => NEWS,
                None => return,
            },
            _ = beats.tick() => BEAT,
            () = &mut age => return,
            () = out.closed() => return,
        };
        if !matches!(timeout(SLOW, out.send(says)).await, Ok(Ok(()))) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Sender as Who;
    use crate::live::{Listeners, Live};
    use crate::store::conformance::world::{AINO, NORTH, PHONE, settle_with_phone};
    use crate::store::{Directory, EmbeddedStore, Options};
    use walkbook_vault::{SealKey, SystemRandom};

    fn somebody() -> (Arc<Live>, Ear, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let (key, random) = (SealKey::from_bytes([7; 32]), Arc::new(SystemRandom::new()));
        let store = EmbeddedStore::open(folder.path(), "eu-west-1", key, random, Options::default()).unwrap();
        settle_with_phone(&store, NORTH);
        let user = store.user(NORTH, AINO).unwrap().unwrap();
        let live = Live::new(Arc::new(store), Listeners::among(64));
        let ear = live.join(&Who { tenant: NORTH, device: PHONE, user, spent: None }).unwrap();
        (live, ear, folder)
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_hears_a_beat_now_and_then_and_comes_again_after_a_while() {
        let (live, ear, _folder) = somebody();
        let (out, mut said) = channel(1);
        let started = Instant::now();
        tokio::spawn(tell(ear, out));
        let mut beats = 0;
        while let Some(says) = said.recv().await {
            beats += u32::from(says == BEAT);
        }
        assert!(beats >= 50 && started.elapsed() >= AGE && started.elapsed() < AGE + BEATS, "{beats}");
        assert_eq!(live.counts()[0], 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_cut_off_and_whoever_goes_leaves_a_place() {
        let (live, ear, _folder) = somebody();
        let (out, said) = channel(1);
        let started = Instant::now();
        tell(ear, out).await;
        assert!(started.elapsed() <= 3 * BEATS + SLOW);
        assert_eq!(live.counts()[0], 0);
        drop(said);
        let (live, ear, _folder) = somebody();
        let (out, said) = channel(1);
        let telling = tokio::spawn(tell(ear, out));
        drop(said);
        telling.await.unwrap();
        assert_eq!(live.counts()[0], 0);
    }
}
