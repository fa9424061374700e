//! Who comes from where: each address at its pace.

use super::App;
use crate::problem::Problem;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::net::SocketAddr;
use std::sync::Arc;

pub(super) async fn keep_pace(
    State(app): State<Arc<App>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    app.keeper.comes_from(from.ip())?;
    Ok(next.run(request).await)
}
