//! The courier: what goes over the network. It knows HTTP and TLS, and nothing of what the messages say.
//!
//! It runs on a thread of its own, so that it works from whatever drives the app's futures; `core/decisions/0004` says why.

mod cancel;
mod ear;
mod failed;
mod line;
mod outgoing;
mod problem;
mod transport;

pub use cancel::CancelToken;
pub(crate) use ear::Ear;
pub use failed::SyncFailed;
pub(crate) use line::{Line, left_until};
pub(crate) use outgoing::Outgoing;
pub(crate) use problem::Refusal;
pub(crate) use transport::{Answer, Body, Heard, Transport};

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Runtime;
use walkbook_sync::ServerUrl;

/// The connection to one server, kept open from one exchange to the next.
#[derive(Default)]
pub(crate) struct Courier {
    started: Mutex<Option<Started>>,
}

struct Started {
    runtime: Runtime,
    line: Arc<Line>,
}

impl Courier {
    /// Does work that needs the server. Where the caller no longer waits for it, it is dropped.
    pub(crate) async fn run<T, F>(
        &self,
        server: &ServerUrl,
        authority: Option<&[u8]>,
        work: impl FnOnce(Arc<Line>) -> F,
    ) -> Result<T, SyncFailed>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, SyncFailed>> + Send + 'static,
    {
        let task = {
            let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
            let known = match started.take() {
                Some(known) if known.line.transport.leads_to(server, authority) => known,
                elsewhere => {
                    elsewhere.into_iter().for_each(stop);
                    start(server, authority)?
                }
            };
            let task = known.runtime.spawn(work(Arc::clone(&known.line)));
            *started = Some(known);
            AbortOnDrop(task)
        };
        task.await.unwrap_or(Err(SyncFailed::Interrupted))
    }
}

fn start(server: &ServerUrl, authority: Option<&[u8]>) -> Result<Started, SyncFailed> {
    let transport = Transport::new(server.clone(), authority)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("walkbook-courier")
        .enable_all()
        .build()
        .map_err(|_| SyncFailed::Interrupted)?;
    Ok(Started { runtime, line: Arc::new(Line::new(transport)) })
}

fn stop(started: Started) {
    // Waiting for it here could block an executor, and one by tokio does not allow it.
    started.runtime.shutdown_background();
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.started.get_mut().unwrap_or_else(PoisonError::into_inner).take().into_iter().for_each(stop);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_app_that_lives_in_tokio_may_go_to_another_server() {
        let courier = Courier::default();
        for server in ["https://localhost:1", "https://localhost:2"] {
            let server = server.parse().unwrap();
            let refused = courier.run(&server, Some(b"no certificate"), |_| async { Ok(()) }).await;
            assert!(refused.is_err());
            assert_eq!(courier.run(&server, None, |_| async { Ok(()) }).await, Ok(()));
        }
    }
}
