//! What the app wants of the network, on a thread of its own: the screen waits for nothing.

use crate::{Effect, Event, now};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use walkbook_core::{SyncFailed, SyncListener, SyncOptions, SyncProgress, Walkbook};

/// Performs an effect, and sends what came of it.
///
/// # Errors
/// The system gives no thread.
pub fn perform(effect: Effect, phone: Arc<Walkbook>, events: Sender<Event>) -> std::io::Result<()> {
    std::thread::Builder::new().name("network".into()).spawn(move || {
        let event = match effect {
            Effect::Enrol(link) => Event::Enrolled(Box::new(wait(phone.enrol(&link, Arc::new(now))))),
            Effect::Sync(cancel) => {
                let progress: Arc<dyn SyncListener> = Arc::new(SoFar(events.clone()));
                let options = SyncOptions { cancel, progress: Some(progress), ..SyncOptions::default() };
                Event::Synced(Box::new(wait(phone.sync(options, Arc::new(now)))))
            }
            Effect::Hear(cancel) => Event::Heard(wait(phone.wait_for_news(cancel, Arc::new(now)))),
        };
        // Let go of before the app hears of it: it may want to wipe the phone.
        drop(phone);
        // Nobody listens any more where the app has ended.
        let _ = events.send(event);
    })?;
    Ok(())
}

/// Tells the app how far an exchange is.
struct SoFar(Sender<Event>);

impl SyncListener for SoFar {
    fn progressed(&self, progress: SyncProgress) {
        // Nobody listens any more where the app has ended.
        let _ = self.0.send(Event::Progressed(progress));
    }
}

/// The walkbook's futures ask for no executor of any kind.
fn wait<T>(work: impl Future<Output = Result<T, SyncFailed>>) -> Result<T, SyncFailed> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|_| SyncFailed::Interrupted)?;
    runtime.block_on(work)
}
