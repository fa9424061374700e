//! Who may connect: so many at once, and nobody who only waits.

use super::patience::Patient;
use crate::telemetry::Metrics;
use axum_server::accept::Accept;
use std::future::{Ready, ready};
use std::io;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// Counts connections, and closes those above the bound at once: phones come again by themselves.
#[derive(Clone)]
pub(super) struct Admission {
    free: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

impl Admission {
    pub(super) fn new(connections: usize, metrics: Arc<Metrics>) -> Self {
        Self { free: Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS))), metrics }
    }
}

impl<S> Accept<TcpStream, S> for Admission {
    type Stream = Patient<TcpStream>;
    type Service = S;
    type Future = Ready<io::Result<(Self::Stream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let Ok(place) = Arc::clone(&self.free).try_acquire_owned() else {
            self.metrics.turned_away();
            return ready(Err(io::ErrorKind::ConnectionRefused.into()));
        };
        let connected = self.metrics.connected();
        ready(stream.set_nodelay(true).map(|()| (Patient::new(stream, (place, connected)), service)))
    }
}
