//! `/.well-known/walkbook` (RFC 8615): where phones go, for whoever knows no more than a name.

use super::App;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where this server is, and the others. Nothing of tenants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Whereabouts {
    /// The region.
    pub region: String,
    /// Where phones find its server.
    pub url: String,
    /// Versions of the protocol that it speaks.
    pub versions: Vec<u8>,
    /// Where the servers of the other regions are, by region.
    pub regions: BTreeMap<String, String>,
}

pub(super) async fn walkbook(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let whereabouts = app.whereabouts.as_ref().ok_or_else(Problem::not_found)?;
    let text = serde_json::to_string(whereabouts).map_err(|_| Problem::internal())?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
