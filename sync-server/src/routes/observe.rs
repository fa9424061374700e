//! Counts and logs every request, by its route's pattern: paths hold names.

use super::App;
use crate::problem::Code;
use crate::telemetry::{Request as Counted, TRACED};
use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;
use tracing::field::Empty;

/// Bytes of a request's body, beside the answer for the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size(pub(super) u64);

pub(super) async fn observe(
    State(app): State<Arc<App>>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!(target: TRACED, "request", route, status = Empty, code = Empty);
    let response = next.run(request).instrument(span.clone()).await;
    let counted = Counted {
        route,
        status: response.status().as_u16(),
        took: started.elapsed(),
        received_bytes: response.extensions().get::<Size>().map_or(0, |size| size.0),
        sent_bytes: response.body().size_hint().lower(),
    };
    app.metrics().count(&counted);
    let code = response.extensions().get::<Code>().map_or("", |code| code.0);
    span.record("status", counted.status).record("code", code);
    let ms = u64::try_from(counted.took.as_millis()).unwrap_or(u64::MAX);
    let Counted { route, status, received_bytes, sent_bytes, .. } = counted;
    tracing::info!(route, status, code, ms, received_bytes, sent_bytes, "request");
    response
}
