//! Calling an exchange off.

/// Ends an exchange from another thread: the person has left the screen, or the system wants the app to sleep. Needed where a
/// language cannot take a waiting call back by itself; one token ends every exchange that it was given to.
#[derive(Default, uniffi::Object)]
pub struct CancelToken(walkbook_core::CancelToken);

#[uniffi::export]
impl CancelToken {
    /// A token that nobody has used.
    #[uniffi::constructor]
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
}

impl CancelToken {
    pub(crate) fn token(&self) -> walkbook_core::CancelToken {
        self.0.clone()
    }
}
