//! People sign in. Hashing takes memory and time, and so does a tenant's provider: so many at once, and nobody who syncs waits
//! for them.

use super::body::Received;
use super::exchange::{answer, body_of, look, tenant_of};
use super::observe::Size;
use super::{App, Network};
use crate::clock;
use crate::engine::{Exchange, Refused};
use crate::problem::Problem;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::Arc;
use tokio::sync::Semaphore;
use walkbook_model::TenantId;
use walkbook_sync::MAX_ENROL_BYTES;

type Named = Result<Path<String>, PathRejection>;

pub(super) async fn choose_password(
    State(app): State<Arc<App>>,
    Extension(from): Extension<Network>,
    tenant: Named,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    worked(&app, &app.hashes, tenant, headers, request, move |exchange, tenant, body| {
        exchange.choose_password(tenant, from, body, clock::now())
    })
    .await
}

pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    Extension(from): Extension<Network>,
    tenant: Named,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    worked(&app, &app.hashes, tenant, headers, request, move |exchange, tenant, body| {
        exchange.sign_in(tenant, from, body, clock::now())
    })
    .await
}

pub(super) async fn provider(State(app): State<Arc<App>>, tenant: Named) -> Result<Response, Problem> {
    let tenant = tenant_of(tenant)?;
    let asked = look(&app, &app.asks, Received::NOTHING, move |exchange, _| exchange.provider(tenant, clock::now()));
    Ok(answer(asked.await.map(|(bytes, _)| bytes), Size(0)))
}

pub(super) async fn sign_in_at_provider(
    State(app): State<Arc<App>>,
    Extension(from): Extension<Network>,
    tenant: Named,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    worked(&app, &app.asks, tenant, headers, request, move |exchange, tenant, body| {
        exchange.sign_in_at_provider(tenant, from, body, clock::now())
    })
    .await
}

async fn worked(
    app: &App,
    turns: &Semaphore,
    tenant: Named,
    headers: HeaderMap,
    request: Request,
    work_on: impl FnOnce(&dyn Exchange, TenantId, &[u8]) -> Result<Vec<u8>, Refused> + Send + 'static,
) -> Result<Response, Problem> {
    let tenant = tenant_of(tenant)?;
    let body = body_of(app, &headers, request.into_body(), MAX_ENROL_BYTES).await?;
    let size = Size(body.bytes.len() as u64);
    let worked = look(app, turns, body, move |exchange, body| work_on(exchange, tenant, body)).await;
    Ok(answer(worked.map(|(bytes, _)| bytes), size))
}
