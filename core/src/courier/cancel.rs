//! Calling an exchange off.

use tokio_util::sync::CancellationToken;

/// Ends an exchange from another thread: the person has left the screen, or the system wants the app to sleep. Clones
/// end the same exchange.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(CancellationToken);

impl CancelToken {
    /// A token that nobody has used.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the exchange at once. What was worked in stays, what was not will come again.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether it was used.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Works until it is used; nothing, where it was used before the work was done. Work that is left is dropped.
    pub async fn until<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.0.run_until_cancelled(work).await
    }

    /// Waits until it is used.
    pub(crate) async fn cancelled(&self) {
        self.0.cancelled().await;
    }
}
