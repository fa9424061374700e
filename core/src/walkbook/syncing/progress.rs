//! How far an exchange is: told on a thread of its own, so that whoever is told takes no time from it.

use super::super::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So much time lies at least between two calls, but for the last.
const BREATH: Duration = Duration::from_millis(50);

/// What an exchange is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SyncPhase {
    /// The server is looked for.
    #[default]
    Connecting,
    /// The server is brought what it lacks, and works.
    Sending,
    /// What is new comes in.
    Receiving,
    /// It is over, whichever way: what the exchange gives says how. Nothing is told after this.
    Done,
}

/// How far an exchange is. One that takes several requests sends and receives by turns, and goes on counting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncProgress {
    /// What it is about.
    pub phase: SyncPhase,
    /// Entries of the phone's own that the server has answered.
    pub answered_entries: u64,
    /// Entries of the phone's own that are to be brought, with those that are answered. More, where some are recorded meanwhile.
    pub entries: u64,
    /// Bytes that have gone out.
    pub sent_bytes: u64,
    /// Bytes of the requests so far.
    pub bytes_to_send: u64,
    /// Doors that have come, new ones and changed ones.
    pub doors: u64,
    /// Doors on the phone's lists that it does not have yet: nothing, where none comes for the first time. More, once a further
    /// list has come.
    pub awaited_doors: u64,
    /// Bytes that have come.
    pub received_bytes: u64,
    /// Bytes of the answers so far, where the server says how long they are.
    pub bytes_to_receive: Option<u64>,
}

/// What an app implements to hear how far an exchange is.
pub trait SyncListener: Send + Sync {
    /// It has come so far. Comes a few times a second at most, on a thread that holds no lock: the walkbook may be asked from
    /// here. However long this takes, the exchange does not wait for it; what comes meanwhile is told in one piece. The last
    /// call has [`SyncPhase::Done`]; it may come when the exchange has returned.
    fn progressed(&self, progress: SyncProgress);
}

/// Has it told how far an exchange is, if somebody wants to know. Dropped, it has told that it is over.
pub(super) struct Telling(Option<Arc<Told>>);

struct Told {
    state: Mutex<State>,
    more: Condvar,
}

#[derive(Default)]
struct State {
    progress: SyncProgress,
    is_news: bool,
}

impl Telling {
    /// Tells this listener, from the first change on.
    ///
    /// # Errors
    /// [`Error::NoThread`] if the system gives none.
    pub(super) fn to(listener: Option<Arc<dyn SyncListener>>) -> Result<Self, Error> {
        let Some(listener) = listener else { return Ok(Self(None)) };
        let told = Arc::new(Told { state: Mutex::default(), more: Condvar::new() });
        let telling = Self(Some(Arc::clone(&told)));
        let tell = move || told.tell(&*listener);
        std::thread::Builder::new().name("walkbook-progress".into()).spawn(tell).map_err(|_| Error::NoThread)?;
        Ok(telling)
    }

    /// Whether anybody wants to know.
    pub(super) const fn is_heard(&self) -> bool {
        self.0.is_some()
    }

    /// It has come further.
    pub(super) fn change(&self, change: impl FnOnce(&mut SyncProgress)) {
        if let Some(told) = &self.0 {
            told.change(change);
        }
    }

    /// Counts bytes as they go out; nothing, where nobody wants to know.
    pub(super) fn counts_sent(&self) -> Option<impl FnMut(usize) + Send + Sync + use<>> {
        let told = self.0.clone()?;
        Some(move |count| {
            told.change(|so_far| {
                so_far.phase = SyncPhase::Sending;
                so_far.sent_bytes += count as u64;
            });
        })
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.change(|so_far| so_far.phase = SyncPhase::Done);
    }
}

impl Told {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut SyncProgress)) {
        let mut state = self.lock();
        // A request that was given up may count a last time.
        if state.progress.phase == SyncPhase::Done {
            return;
        }
        change(&mut state.progress);
        let is_first = !std::mem::replace(&mut state.is_news, true);
        if is_first || state.progress.phase == SyncPhase::Done {
            self.more.notify_one();
        }
    }

    fn tell(&self, listener: &dyn SyncListener) {
        loop {
            let progress = self.next();
            // One that panics has missed this, and hears what comes next all the same.
            let _ = catch_unwind(AssertUnwindSafe(|| listener.progressed(progress)));
            if progress.phase == SyncPhase::Done {
                return;
            }
            self.breathe();
        }
    }

    fn next(&self) -> SyncProgress {
        let mut state = self.lock();
        while !state.is_news {
            state = self.more.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_news = false;
        state.progress
    }

    /// Lets changes gather; not those of an exchange that is over.
    fn breathe(&self) {
        let goes_on = |state: &mut State| state.progress.phase != SyncPhase::Done;
        drop(self.more.wait_timeout_while(self.lock(), BREATH, goes_on));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Instant;

    /// Does this with what it is told.
    struct Does<F>(F);

    impl<F: Fn(SyncProgress) + Send + Sync> SyncListener for Does<F> {
        fn progressed(&self, progress: SyncProgress) {
            (self.0)(progress);
        }
    }

    fn told(
        with: impl Fn(&Sender<SyncProgress>, SyncProgress) + Send + Sync + 'static,
    ) -> (Telling, Receiver<SyncProgress>) {
        let (sender, receiver) = channel();
        let telling = Telling::to(Some(Arc::new(Does(move |progress| with(&sender, progress))))).unwrap();
        (telling, receiver)
    }

    fn one_more(telling: &Telling) {
        telling.change(|so_far| so_far.doors += 1);
    }

    #[test]
    fn however_much_happens_few_calls_tell_of_it_and_the_last_tells_all() {
        let (telling, calls) = told(|sender, progress| sender.send(progress).unwrap());
        let began = Instant::now();
        (0..100_000).for_each(|_| one_more(&telling));
        drop(telling);
        let calls: Vec<SyncProgress> = calls.iter().collect();
        let most = began.elapsed().as_millis() / BREATH.as_millis() + 2;
        assert!(calls.len() as u128 <= most, "{} calls", calls.len());
        let last = *calls.last().unwrap();
        assert_eq!((last.phase, last.doors), (SyncPhase::Done, 100_000));
        assert!(calls.iter().rev().skip(1).all(|call| call.phase != SyncPhase::Done), "told after it was over");
    }

    #[test]
    fn whoever_does_not_come_back_holds_nobody_up_and_is_told_the_rest_in_one_piece() {
        let (go_on, may) = channel::<()>();
        let may = Mutex::new(may);
        let (telling, calls) = told(move |sender, progress| {
            sender.send(progress).unwrap();
            may.lock().unwrap().recv().unwrap();
        });
        one_more(&telling);
        assert_eq!(calls.recv().unwrap().doors, 1);
        (0..1_000).for_each(|_| one_more(&telling));
        drop(telling);
        assert!(calls.try_recv().is_err());
        go_on.send(()).unwrap();
        let last = calls.recv().unwrap();
        assert_eq!((last.phase, last.doors), (SyncPhase::Done, 1_001));
        go_on.send(()).unwrap();
    }

    #[test]
    fn whoever_panics_is_told_what_comes_next() {
        let (telling, calls) = told(|sender, progress| {
            sender.send(progress).unwrap();
            panic!("a trial");
        });
        one_more(&telling);
        assert_eq!(calls.recv().unwrap().doors, 1);
        drop(telling);
        assert_eq!(calls.recv().unwrap().phase, SyncPhase::Done);
        assert!(calls.recv().is_err());
    }

    #[test]
    fn what_was_given_up_counts_no_more() {
        let (telling, calls) = told(|sender, progress| sender.send(progress).unwrap());
        let mut counts = telling.counts_sent().unwrap();
        drop(telling);
        counts(7);
        let last = calls.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!((last.phase, last.sent_bytes), (SyncPhase::Done, 0));
        assert!(calls.recv_timeout(Duration::from_secs(20)).is_err());
    }
}
