//! What the server answers to over HTTP.
//!
//! | route | |
//! |---|---|
//! | `POST /v1/tenants/{tenant}/sync` | a phone's exchange |
//! | `POST /v1/tenants/{tenant}/enrol` | a phone redeems an invitation |
//! | `GET /.well-known/walkbook` | where phones go |
//! | `GET /healthz` | the process answers |
//! | `GET /readyz` | it can work: the store answers, the backend is served, it is not stopping |
//! | `GET /metrics` | for the operator's monitoring, with its token |
//!
//! Every refusal is a problem document (RFC 9457).

mod app;
mod body;
mod comers;
mod exchange;
mod headers;
mod health;
mod observe;
mod paces;
mod turns;
mod well_known;

pub use app::{App, Backlog, Backup, Limits};
pub(crate) use paces::network;
pub use paces::{NoPace, Pace, Paces};
pub use well_known::Whereabouts;

use crate::problem::Problem;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use std::sync::Arc;

/// The routes of an app.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/tenants/{tenant}/sync", post(exchange::sync))
        .route("/v1/tenants/{tenant}/enrol", post(exchange::enrol))
        .route("/.well-known/walkbook", get(well_known::walkbook))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method())
        .layer(from_fn_with_state(Arc::clone(&app), comers::keep_pace))
        .layer(from_fn_with_state(Arc::clone(&app), observe::observe))
        .layer(from_fn(headers::finish))
        .with_state(app)
}

#[cfg(test)]
mod tests;
