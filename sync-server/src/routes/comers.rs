//! Who comes from where: each address at its pace. Whoever else asks where that is finds it with the request.

use super::{App, Network};
use crate::problem::Problem;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::net::SocketAddr;
use std::sync::Arc;

pub(super) async fn keep_pace(
    State(app): State<Arc<App>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let network = Network::of(from.ip());
    app.keeper.comes_from(network)?;
    request.extensions_mut().insert(network);
    Ok(next.run(request).await)
}
