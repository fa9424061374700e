//! In which region somebody is: what phones ask, and what the servers of other regions ask.

use super::body::Received;
use super::exchange::{answer, body_of};
use super::observe::Size;
use super::{App, Network};
use crate::clock;
use crate::problem::Problem;
use crate::registration::{MAX_QUESTION_BYTES, Registration, Untold};
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::Arc;
use walkbook_model::{Email, Timestamp};
use walkbook_sync::{FindRegion, FoundRegions, MAX_FIND_BYTES};

pub(super) async fn find_region(
    State(app): State<Arc<App>>,
    Extension(from): Extension<Network>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    app.keeper.looks_for_somebody_from(from)?;
    worked(&app, MAX_FIND_BYTES, headers, request, |directory, asked| {
        let question = FindRegion::from_bytes(asked).map_err(|why| Problem::malformed().with_detail(why))?;
        let email: Email = question.email.parse().map_err(|why| Problem::malformed().with_detail(why))?;
        let regions = directory.find(&email).map_err(|why| untold(why, clock::now()))?;
        Ok(FoundRegions { regions }.to_bytes())
    })
    .await
}

pub(super) async fn registrations(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    worked(&app, MAX_QUESTION_BYTES, headers, request, |directory, asked| {
        let now = clock::now();
        directory.answer(asked, now).map_err(|why| untold(why, now))
    })
    .await
}

fn untold(why: Untold, now: Timestamp) -> Problem {
    match why {
        Untold::NotYet => Problem::busy(),
        Untold::NotOfUs => Problem::unproven(now),
    }
}

async fn worked(
    app: &App,
    limit: usize,
    headers: HeaderMap,
    request: Request,
    work_on: impl FnOnce(&Registration, &[u8]) -> Result<Vec<u8>, Problem>,
) -> Result<Response, Problem> {
    let directory = app.registration().ok_or_else(Problem::not_found)?;
    let Received { bytes, .. } = body_of(app, &headers, request.into_body(), limit).await?;
    let size = Size(bytes.len() as u64);
    Ok(answer(work_on(directory, &bytes), size))
}
