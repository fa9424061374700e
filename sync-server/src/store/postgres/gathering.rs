//! Runs of one tenant that come while another of its runs is being written wait, and are then written together: what takes
//! time is the turn, and not what is done in it.
//!
//! Whoever comes first writes, alone; those who come meanwhile are written by one of them. Nobody waits for somebody to come.

use super::merging::Brought;
use crate::store::Merged;
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use walkbook_model::TenantId;

/// Entries that are written together, unless one run alone has more.
const ENTRIES: usize = 2_000;
/// Bytes of their contents that are.
const BYTES: usize = 8 * 1024 * 1024;

/// Who waits, tenant by tenant.
#[derive(Default)]
pub(super) struct Gathered {
    rows: Mutex<HashMap<TenantId, Arc<Row>>>,
}

/// Those of one tenant.
#[derive(Default)]
struct Row {
    state: Mutex<State>,
    answered: Condvar,
}

#[derive(Default)]
struct State {
    is_written: bool,
    next: u64,
    waiting: Vec<(u64, Brought)>,
    /// What became of those who still have to hear of it; nothing where it is for them to try alone.
    answers: HashMap<u64, Option<Merged>>,
}

impl Gathered {
    /// Waits for its turn and is merged with those who wait too, by `work`, which says of each what became of it. Nothing, where
    /// it is to be merged alone: nothing was done with it then, or nobody knows.
    pub(super) fn merge(
        &self,
        tenant: TenantId,
        brought: &Brought,
        work: impl Fn(&[Brought]) -> Vec<Option<Merged>>,
    ) -> Option<Merged> {
        self.sit(tenant).row.merge(brought, work)
    }

    fn sit(&self, tenant: TenantId) -> Seat<'_> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        Seat { gathered: self, tenant, row: Arc::clone(rows.entry(tenant).or_default()) }
    }
}

/// A place in a tenant's row, which is there as long as somebody has one.
struct Seat<'a> {
    gathered: &'a Gathered,
    tenant: TenantId,
    row: Arc<Row>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut rows = self.gathered.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let seat = std::mem::take(&mut self.row);
        // This one and the map's own: nobody else is there, and nobody can come meanwhile.
        if Arc::strong_count(&seat) == 2 {
            rows.remove(&self.tenant);
        }
        // Before anybody else counts.
        drop(seat);
        drop(rows);
    }
}

#[cfg(test)]
impl Gathered {
    /// How many of a tenant's wait while others are written; nothing where none is.
    pub(super) fn waiting(&self, tenant: TenantId) -> Option<usize> {
        let row = Arc::clone(self.rows.lock().unwrap().get(&tenant)?);
        let state = row.state();
        state.is_written.then_some(state.waiting.len())
    }
}

impl Row {
    fn merge(&self, brought: &Brought, work: impl Fn(&[Brought]) -> Vec<Option<Merged>>) -> Option<Merged> {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.waiting.push((number, brought.clone()));
        loop {
            if let Some(answer) = state.answers.remove(&number) {
                return answer;
            }
            if state.is_written {
                state = self.answered.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.is_written = true;
            let (numbers, all) = state.take();
            drop(state);
            let mut turn = Turn { row: self, numbers, answers: Vec::new() };
            turn.answers = work(&all);
            drop(turn);
            state = self.state();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Those who have waited longest, as many as are written together.
    fn take(&mut self) -> (Vec<u64>, Vec<Brought>) {
        let (mut entries, mut bytes, mut count) = (0, 0, 0);
        for (_, Brought { batch, .. }) in &self.waiting {
            entries += batch.entries.len();
            bytes +=
                batch.entries.iter().filter_map(|entry| Some(entry.content.as_ref()?.payload.len())).sum::<usize>();
            if count > 0 && (entries > ENTRIES || bytes > BYTES) {
                break;
            }
            count += 1;
        }
        self.waiting.drain(..count).unzip()
    }
}

/// What is written now. However that ends, whoever waits for it hears of it.
struct Turn<'a> {
    row: &'a Row,
    numbers: Vec<u64>,
    answers: Vec<Option<Merged>>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.row.state();
        let answers = std::mem::take(&mut self.answers).into_iter().chain(std::iter::repeat(None));
        state.answers.extend(self.numbers.drain(..).zip(answers));
        state.is_written = false;
        self.row.answered.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::world::*;
    use walkbook_model::Timestamp;

    #[test]
    fn whoever_waits_for_one_who_fails_tries_alone() {
        let (gathered, now) = (Gathered::default(), Timestamp::from_ms(1));
        let brought = Brought { batch: Arc::new(first(vec![knock(1, at_door(1), "one")])), now };
        std::thread::scope(|scope| {
            let fails = scope.spawn(|| {
                gathered.merge(NORTH, &brought, |all| {
                    while all.len() == 1 && gathered.waiting(NORTH) != Some(1) {
                        std::thread::yield_now();
                    }
                    panic!("a fault")
                })
            });
            while gathered.waiting(NORTH) != Some(0) {
                std::thread::yield_now();
            }
            let waits = scope.spawn(|| gathered.merge(NORTH, &brought, |all| vec![None; all.len()]));
            assert!(fails.join().is_err());
            assert_eq!(waits.join().unwrap(), None);
        });
        assert!(gathered.rows.lock().unwrap().is_empty(), "nothing is kept of a tenant of whom nobody waits");
    }
}
