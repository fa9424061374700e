//! What the server answers to over HTTP.
//!
//! | route | |
//! |---|---|
//! | `POST /v1/tenants/{tenant}/sync` | a phone's exchange |
//! | `GET /v1/tenants/{tenant}/live` | a phone that is open hears of it when there is something new |
//! | `POST /v1/tenants/{tenant}/enrol` | a phone redeems an invitation |
//! | `POST /v1/tenants/{tenant}/password` | a user chooses a password with a code |
//! | `POST /v1/tenants/{tenant}/sign-in` | a phone comes in by a password and a second factor |
//! | `GET /v1/tenants/{tenant}/provider` | where the tenant's people sign in, if it has a provider of its own |
//! | `POST /v1/tenants/{tenant}/provider-sign-in` | a phone comes in by what the tenant's provider says |
//! | `POST /v1/find-region` | a phone of somebody of whom only an e-mail address is known learns where to look |
//! | `POST /v1/registrations` | another region's server is told who is here, as keyed hashes |
//! | `GET /.well-known/walkbook` | where phones go |
//! | `GET /v1/openapi.json` | all of this, for programs |
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
mod live;
mod network;
mod observe;
mod openapi;
mod paces;
mod registration;
mod sign_in;
mod turns;
mod watched;
mod well_known;

pub use app::{App, Backlog, Backup, Limits};
pub use network::Network;
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
        .route("/v1/tenants/{tenant}/live", get(live::live))
        .route("/v1/tenants/{tenant}/enrol", post(exchange::enrol))
        .route("/v1/tenants/{tenant}/password", post(sign_in::choose_password))
        .route("/v1/tenants/{tenant}/sign-in", post(sign_in::sign_in))
        .route("/v1/tenants/{tenant}/provider", get(sign_in::provider))
        .route("/v1/tenants/{tenant}/provider-sign-in", post(sign_in::sign_in_at_provider))
        .route("/v1/find-region", post(registration::find_region))
        .route("/v1/registrations", post(registration::registrations))
        .route("/v1/openapi.json", get(openapi::openapi))
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
