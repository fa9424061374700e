//! Phones come: they enrol, and they exchange.

use super::App;
use super::body::{self, Received};
use super::observe::Size;
use crate::access::Sender;
use crate::clock;
use crate::engine::{Answered, Asked, Exchange, Refused};
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use walkbook_model::TenantId;
use walkbook_sync::{MAX_ENROL_BYTES, MAX_REQUEST_BYTES};

/// What phone and server speak.
const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/walkbook");
/// Where the device's signature of the request stands.
const PROOF: HeaderName = HeaderName::from_static("walkbook-proof");
/// What the device's next signature is to name.
const CHALLENGE: HeaderName = HeaderName::from_static("walkbook-challenge");

pub(super) async fn enrol(
    State(app): State<Arc<App>>,
    tenant: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let tenant = tenant_of(tenant)?;
    let body = body_of(&app, &headers, request.into_body(), MAX_ENROL_BYTES).await?;
    let size = Size(body.bytes.len() as u64);
    let enrolled = look(&app, &app.looks, body, move |exchange, body| exchange.enrol(tenant, body, clock::now())).await;
    Ok(answer(enrolled.map(|(bytes, _)| bytes), size))
}

pub(super) async fn sync(
    State(app): State<Arc<App>>,
    tenant: Result<Path<String>, PathRejection>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let tenant = tenant_of(tenant)?;
    let signed = ("POST", path_of(&uri), proof_of(&headers)?);
    let body = body_of(&app, &headers, request.into_body(), MAX_REQUEST_BYTES).await?;
    let size = Size(body.bytes.len() as u64);
    let exchanged = exchange(&app, tenant, signed, body).await;
    let challenge = exchanged.as_ref().ok().and_then(|answered| answered.challenge);
    let mut response = answer(exchanged.map(|answered| answered.bytes), size);
    if let Some(challenge) = challenge.and_then(|challenge| HeaderValue::try_from(challenge.to_string()).ok()) {
        response.headers_mut().insert(CHALLENGE, challenge);
    }
    Ok(response)
}

/// What a device has signed beside the body, and its proof.
pub(super) type Signed = (&'static str, String, String);

/// The device's proof, as its header has it.
pub(super) fn proof_of(headers: &HeaderMap) -> Result<String, Problem> {
    let proof = only(headers, &PROOF).and_then(|proof| proof.to_str().ok());
    Ok(proof.ok_or_else(|| Problem::unproven(clock::now()))?.to_owned())
}

/// The path as it stood in the request line: what the device has signed.
pub(super) fn path_of(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(String::new, ToString::to_string)
}

/// Finds out who asks, and whether it is not too often.
pub(super) async fn admit(
    app: &App,
    tenant: TenantId,
    (method, path, proof): Signed,
    body: Received,
) -> Result<(Sender, Received), Problem> {
    let admit = move |exchange: &dyn Exchange, body: &[u8]| {
        exchange.admit(tenant, &Asked { method, path: &path, proof: &proof, body }, clock::now())
    };
    let (sender, body) = look(app, &app.looks, body, admit).await?;
    app.keeper.comes(sender.tenant, sender.device, sender.user.id)?;
    Ok((sender, body))
}

/// Finds out who asks, waits until it is their turn, and works on what they bring.
async fn exchange(app: &App, tenant: TenantId, signed: Signed, body: Received) -> Result<Answered, Problem> {
    let (sender, body) = admit(app, tenant, signed, body).await?;
    let _turn = app.turns.take((sender.tenant, sender.device)).await?;
    let (answered, _) = work(app, body, move |exchange, body| exchange.exchange(&sender, body, clock::now())).await?;
    app.backlog.nudge();
    Ok(answered)
}

/// What is no tenant's name is told apart from one that is by nothing.
pub(super) fn tenant_of(path: Result<Path<String>, PathRejection>) -> Result<TenantId, Problem> {
    path.ok().and_then(|Path(text)| text.parse().ok()).ok_or_else(Problem::not_found)
}

/// A header that is there once: of two, everybody might mean another one.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

pub(super) async fn body_of(app: &App, headers: &HeaderMap, body: Body, limit: usize) -> Result<Received, Problem> {
    if only(headers, &header::CONTENT_TYPE) != Some(&MEDIA_TYPE) {
        return Err(Problem::media_type());
    }
    body::receive(app, body, limit).await
}

/// Lets the engine work once there is a turn of this kind.
pub(super) async fn look<T: Send + 'static>(
    app: &App,
    turns: &Semaphore,
    body: Received,
    work_on: impl FnOnce(&dyn Exchange, &[u8]) -> Result<T, Refused> + Send + 'static,
) -> Result<(T, Received), Problem> {
    let turn = timeout(app.limits.wait, turns.acquire()).await;
    // The semaphore is never closed: only the wait can fail.
    let Ok(Ok(_turn)) = turn else { return Err(Problem::busy()) };
    work(app, body, work_on).await
}

/// Lets the engine work on a thread of its own.
async fn work<T: Send + 'static>(
    app: &App,
    body: Received,
    work_on: impl FnOnce(&dyn Exchange, &[u8]) -> Result<T, Refused> + Send + 'static,
) -> Result<(T, Received), Problem> {
    let exchange = Arc::clone(&app.exchange);
    let span = tracing::Span::current();
    let worked = tokio::task::spawn_blocking(move || (span.in_scope(|| work_on(&*exchange, &body.bytes)), body)).await;
    // The panic hook has logged where.
    let (done, body) = worked.map_err(|_| Problem::internal())?;
    Ok((done.map_err(problem)?, body))
}

pub(super) fn answer(worked: Result<Vec<u8>, Problem>, received: Size) -> Response {
    let mut response = match worked {
        Ok(bytes) => ([(header::CONTENT_TYPE, MEDIA_TYPE)], bytes).into_response(),
        Err(problem) => problem.into_response(),
    };
    response.extensions_mut().insert(received);
    response
}

fn problem(refused: Refused) -> Problem {
    match refused {
        Refused::Unreadable(why) => Problem::malformed().with_detail(why),
        Refused::UnknownTenant => Problem::not_found(),
        Refused::Elsewhere { region, url } => Problem::elsewhere(&region, url.as_deref()),
        Refused::Unproven { now } => Problem::unproven(now),
        Refused::Stale { now, challenge } => Problem::stale(now, challenge),
        Refused::UnknownDevice => Problem::unknown_device(),
        Refused::ShutOut => Problem::forbidden(),
        Refused::Forged => Problem::forged(),
        Refused::Forked => Problem::forked(),
        Refused::Invitation(why) => Problem::invitation(why),
        Refused::SignIn => Problem::sign_in(),
        Refused::SignInAgain => Problem::sign_in_again(),
        Refused::NoProvider => Problem::no_provider(),
        Refused::ProviderUnreachable => Problem::provider_unreachable(),
        Refused::Password(why) => Problem::password_unfit().with_detail(why),
        Refused::TooMany { after } => Problem::too_many(after),
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
