//! For the operator: whether the server answers, whether it can work, and what it has done.

use super::App;
use crate::problem::Problem;
use crate::store::{self, OutboxCounts, Store};
use crate::telemetry::Elsewhere;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) async fn healthz() -> &'static str {
    "alive\n"
}

pub(super) async fn readyz(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    let not_ready = |why: &str| Problem::busy().with_detail(why);
    if app.is_stopping() {
        return Err(not_ready("the server is stopping"));
    }
    if !app.backlog.is_alive() {
        return Err(not_ready("nothing is handed on to the backend"));
    }
    let store = Arc::clone(&app.store);
    match tokio::task::spawn_blocking(move || store.tenants()).await {
        Ok(Ok(_)) => Ok("ready\n"),
        _ => Err(not_ready("the store does not answer")),
    }
}

pub(super) async fn metrics(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if !app.may_see_metrics(token) {
        let title = "the metrics are for the operator";
        let refused = Problem::new(StatusCode::UNAUTHORIZED, "token", title);
        return ([(header::WWW_AUTHENTICATE, "Bearer")], refused).into_response();
    }
    let store = Arc::clone(&app.store);
    let Ok(Ok((outbox, set_aside))) = tokio::task::spawn_blocking(move || what_waits(&*store)).await else {
        return Problem::busy().with_detail("the store does not answer").into_response();
    };
    let [delivered, given_up] = app.backlog.counts();
    let OutboxCounts { waiting, dead: dead_letters, .. } = outbox;
    let (engine, backup) = (app.exchange.tally(), app.backup());
    let elsewhere = Elsewhere { engine, delivered, given_up, waiting, dead_letters, set_aside, backup };
    ([(header::CONTENT_TYPE, OPEN_METRICS)], app.metrics().text(&elsewhere)).into_response()
}

/// What waits of all tenants: for the backend, and for somebody to look at it.
fn what_waits(store: &dyn Store) -> Result<(OutboxCounts, u64), store::Error> {
    let (mut all, mut set_aside) = (OutboxCounts::default(), 0);
    for tenant in store.tenants()? {
        let OutboxCounts { waiting, dead, dropped } = store.outbox_counts(tenant.id)?;
        all.waiting += waiting;
        all.dead += dead;
        all.dropped += dropped;
        set_aside += store.count_quarantined(tenant.id)? + store.count_rescued(tenant.id)?;
    }
    Ok((all, set_aside))
}
