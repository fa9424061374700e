//! Phones come: they enrol, and they exchange.

use super::App;
use super::body::{self, Received};
use super::observe::Size;
use crate::clock;
use crate::engine::{Exchange, InvitationRefused, Refused};
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tokio::time::timeout;
use walkbook_model::TenantId;
use walkbook_sync::{MAX_ENROL_BYTES, MAX_REQUEST_BYTES};

/// What phone and server speak.
const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/walkbook");
/// Where the device's signature of the request stands.
const PROOF: &str = "walkbook-proof";

pub(super) async fn enrol(
    State(app): State<Arc<App>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let tenant = tenant_of(&tenant)?;
    let body = body_of(&app, &headers, request.into_body(), MAX_ENROL_BYTES).await?;
    answer(app, body, move |exchange, body| exchange.enrol(tenant, body, clock::now())).await
}

pub(super) async fn sync(
    State(app): State<Arc<App>>,
    Path(tenant): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let tenant = tenant_of(&tenant)?;
    let unproven = || Problem::unproven(clock::now());
    let proof = headers.get(PROOF).ok_or_else(unproven)?.to_str().map_err(|_| unproven())?.to_owned();
    // The path as it stood in the request line: what the device has signed.
    let path = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let body = body_of(&app, &headers, request.into_body(), MAX_REQUEST_BYTES).await?;
    let backlog = Arc::clone(&app.backlog);
    let answered =
        answer(app, body, move |exchange, body| exchange.sync(tenant, &proof, &path, body, clock::now())).await?;
    backlog.nudge();
    Ok(answered)
}

/// What is no tenant's name is told apart from one that is by nothing.
fn tenant_of(text: &str) -> Result<TenantId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

async fn body_of(app: &App, headers: &HeaderMap, body: Body, limit: usize) -> Result<Received, Problem> {
    if headers.get(header::CONTENT_TYPE) != Some(&MEDIA_TYPE) {
        return Err(Problem::media_type());
    }
    body::receive(app, body, limit).await
}

/// Lets the engine work on a thread of its own, when it is this request's turn.
async fn answer(
    app: Arc<App>,
    body: Received,
    work: impl FnOnce(&dyn Exchange, &[u8]) -> Result<Vec<u8>, Refused> + Send + 'static,
) -> Result<Response, Problem> {
    let turn = timeout(app.limits.wait, app.turns.acquire()).await;
    // The semaphore is never closed: only the wait can fail.
    let Ok(Ok(_turn)) = turn else { return Err(Problem::busy()) };
    let exchange = Arc::clone(&app.exchange);
    let size = Size(body.bytes.len() as u64);
    let worked = tokio::task::spawn_blocking(move || work(&*exchange, &body.bytes)).await;
    let mut response = match worked {
        Ok(Ok(bytes)) => ([(header::CONTENT_TYPE, MEDIA_TYPE)], bytes).into_response(),
        Ok(Err(refused)) => problem(refused).into_response(),
        // The panic hook has logged where.
        Err(_) => Problem::internal().into_response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.extensions_mut().insert(size);
    Ok(response)
}

fn problem(refused: Refused) -> Problem {
    match refused {
        Refused::Unreadable(why) => Problem::malformed().with_detail(why),
        Refused::UnknownTenant => Problem::not_found(),
        Refused::Elsewhere { region, url } => Problem::elsewhere(&region, url.as_deref()),
        Refused::Unproven { now } => Problem::unproven(now),
        Refused::ShutOut => Problem::forbidden(),
        Refused::Forged => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "forged", "the log is not as its device signed it")
        }
        Refused::Forked => Problem::new(StatusCode::CONFLICT, "forked", "the log is another one than the server has"),
        Refused::Invitation(why) => invitation(why),
        Refused::Busy => Problem::busy(),
        Refused::Store(error) => {
            tracing::error!(%error, source = ?std::error::Error::source(&error).map(ToString::to_string), "the store failed");
            match error {
                crate::store::Error::DiskFull | crate::store::Error::Unreachable(_) => Problem::busy(),
                _ => Problem::internal(),
            }
        }
    }
}

const fn invitation(why: InvitationRefused) -> Problem {
    let (code, title) = match why {
        InvitationRefused::Unknown => ("invitation-unknown", "there is no such invitation"),
        InvitationRefused::Expired => ("invitation-expired", "the invitation has expired"),
        InvitationRefused::Used => ("invitation-used", "the invitation was used already"),
    };
    Problem::new(StatusCode::FORBIDDEN, code, title)
}
