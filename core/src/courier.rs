//! The courier: what goes over the network. It knows HTTP and TLS, and nothing of what the messages say.
//!
//! It runs on a thread of its own, so that it works from whatever drives the app's futures; `core/decisions/0003` says why.

mod cancel;
mod failed;
mod problem;
mod transport;

pub use cancel::CancelToken;
pub use failed::SyncFailed;
pub(crate) use problem::Refusal;
pub(crate) use transport::{Answer, Body, Transport};

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use walkbook_sync::ServerUrl;

/// The connection to one server, kept open from one exchange to the next.
#[derive(Default)]
pub(crate) struct Courier {
    started: Mutex<Option<Started>>,
    /// The server has asked not to be asked before.
    rests_until: Mutex<Option<Instant>>,
}

struct Started {
    runtime: Runtime,
    transport: Transport,
}

impl Courier {
    /// How long the server still wants to be left in peace.
    pub(crate) fn rests_for(&self) -> Option<Duration> {
        let until = *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.and_then(|until| until.checked_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    /// Leaves the server in peace for so long.
    pub(crate) fn rest_for(&self, wait: Duration) {
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now().checked_add(wait);
    }

    /// Does work that needs the server. Where the caller no longer waits for it, it is dropped.
    pub(crate) async fn run<T, F>(
        &self,
        server: &ServerUrl,
        authority: Option<&[u8]>,
        work: impl FnOnce(Transport) -> F,
    ) -> Result<T, SyncFailed>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, SyncFailed>> + Send + 'static,
    {
        let task = {
            let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
            let known = started.take().filter(|known| known.transport.leads_to(server, authority));
            let known = match known {
                Some(known) => known,
                None => start(server, authority)?,
            };
            let task = known.runtime.spawn(work(known.transport.clone()));
            *started = Some(known);
            AbortOnDrop(task)
        };
        task.await.unwrap_or(Err(SyncFailed::Interrupted))
    }
}

fn start(server: &ServerUrl, authority: Option<&[u8]>) -> Result<Started, SyncFailed> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("walkbook-courier")
        .enable_all()
        .build()
        .map_err(|_| SyncFailed::Interrupted)?;
    Ok(Started { runtime, transport: Transport::new(server.clone(), authority)? })
}

impl Drop for Courier {
    fn drop(&mut self) {
        let started = self.started.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        // Waiting for it here could block an executor.
        started.into_iter().for_each(|started| started.runtime.shutdown_background());
    }
}

/// Work that ends with the wish for it.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Future for AbortOnDrop<T> {
    type Output = Option<T>;

    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Option<T>> {
        std::pin::Pin::new(&mut self.0).poll(cx).map(Result::ok)
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
