//! For the operator: whether the server answers, whether it can work, and what it has done.

use super::App;
use crate::problem::Problem;
use crate::registration::Registration;
use crate::store;
use crate::telemetry::Elsewhere;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;

/// A connection that has broken off is there again before that.
const UNHEARD: Duration = Duration::from_secs(30);

pub(super) const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

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
        // Whoever exchanges is served, so that it is no reason to send phones elsewhere.
        Ok(Ok(_)) if app.live().unheard() > UNHEARD => {
            Ok("ready; no bell of the store is heard: phones that are open hear of what is new up to a minute late\n")
        }
        Ok(Ok(_)) => Ok("ready\n"),
        _ => Err(not_ready("the store does not answer")),
    }
}

pub(super) async fn metrics(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if !app.may_see_metrics(token) {
        return ([(header::WWW_AUTHENTICATE, "Bearer")], Problem::token()).into_response();
    }
    let looks = Arc::clone(&app);
    let looked = tokio::task::spawn_blocking(move || {
        Ok::<_, store::Error>((looks.watched.waits(&*looks.store)?, looks.watched.phones(&*looks.store)?))
    });
    let Ok(Ok((waits, phones))) = looked.await else {
        return Problem::busy().with_detail("the store does not answer").into_response();
    };
    let [delivered, given_up, unfit] = app.backlog.counts();
    let [listeners, notices, listeners_turned_away] = app.live().counts();
    let elsewhere = Elsewhere {
        engine: app.exchange.tally(),
        delivered,
        given_up,
        unfit,
        waiting: waits.outbox.waiting,
        oldest_waiting: waits.oldest,
        dead_letters: waits.outbox.dead,
        set_aside: waits.set_aside,
        listeners,
        notices,
        listeners_turned_away,
        unheard: app.live().unheard(),
        phones,
        backup: app.backup(),
    };
    app.metrics().set_registrations(app.registration().map(Registration::known).unwrap_or_default());
    ([(header::CONTENT_TYPE, OPEN_METRICS)], app.metrics().text(&elsewhere)).into_response()
}
