//! Whose turn it is to be worked on. There are so many hands; whoever waits for one waits in a row of the own device's, and the
//! rows are served in turn: tenant by tenant, and in each device by device. A device has one hand at most, so that however
//! much it brings, the others wait no longer than for what each of them brings.

use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot::{Sender, channel};
use tokio::time::timeout;
use walkbook_model::{DeviceId, TenantId};

/// Requests of one device that may wait. A phone asks once, and then waits for the answer.
const WAITING_OF_DEVICE: usize = 4;

/// Who waits.
pub(super) type Who = (TenantId, DeviceId);

/// The hands, and the rows before them.
pub(super) struct Turns {
    state: Mutex<State>,
    wait: Duration,
}

/// A hand, until it is dropped.
pub(super) struct Turn {
    turns: Arc<Turns>,
    who: Who,
}

#[derive(Default)]
struct State {
    free: usize,
    rows: Rows,
}

impl Turns {
    /// So many hands, for which nobody waits longer than this.
    pub(super) fn new(hands: usize, wait: Duration) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State { free: hands, rows: Rows::default() }), wait })
    }

    /// Waits for a hand.
    ///
    /// # Errors
    /// The server is busy, or this device waits in too many places already.
    pub(super) async fn take(self: &Arc<Self>, who: Who) -> Result<Turn, Problem> {
        let (given, waits) = channel();
        if !self.with(|state| state.rows.join(who, given)) {
            return Err(Problem::too_many(Duration::from_secs(1)));
        }
        self.serve();
        match timeout(self.wait, waits).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Problem::busy()),
        }
    }

    /// Gives the free hands to those whose turn it is.
    fn serve(self: &Arc<Self>) {
        while let Some((who, given)) = self.with(State::next) {
            // Whoever has gone meanwhile lets the hand fall, which gives it back.
            let _ = given.send(Turn { turns: Arc::clone(self), who });
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.with(|state| {
            state.free += 1;
            state.rows.done(self.who);
        });
        self.turns.serve();
    }
}

impl State {
    fn next(&mut self) -> Option<(Who, Sender<Turn>)> {
        if self.free == 0 {
            return None;
        }
        let next = self.rows.next()?;
        self.free -= 1;
        Some(next)
    }
}

/// The rows of those who wait.
#[derive(Default)]
struct Rows {
    waiting: BTreeMap<Who, VecDeque<Sender<Turn>>>,
    worked_on: BTreeSet<Who>,
    /// Devices that wait and are not worked on, in the order of their turns.
    ready: BTreeMap<TenantId, VecDeque<DeviceId>>,
    /// Tenants with such devices, in the order of theirs.
    tenants: VecDeque<TenantId>,
}

impl Rows {
    /// Puts somebody at the end of a row; not where the row is too long.
    fn join(&mut self, who: Who, waiter: Sender<Turn>) -> bool {
        let row = self.waiting.entry(who).or_default();
        row.retain(|waiter| !waiter.is_closed());
        if row.len() >= WAITING_OF_DEVICE {
            return false;
        }
        row.push_back(waiter);
        let is_ready = self.ready.get(&who.0).is_some_and(|devices| devices.contains(&who.1));
        if !is_ready && !self.worked_on.contains(&who) {
            self.is_ready(who);
        }
        true
    }

    fn is_ready(&mut self, (tenant, device): Who) {
        let devices = self.ready.entry(tenant).or_default();
        if devices.is_empty() {
            self.tenants.push_back(tenant);
        }
        devices.push_back(device);
    }

    /// Whoever is to be worked on next.
    fn next(&mut self) -> Option<(Who, Sender<Turn>)> {
        while let Some(who) = self.next_device() {
            let Some(row) = self.waiting.get_mut(&who) else { continue };
            row.retain(|waiter| !waiter.is_closed());
            let first = row.pop_front();
            if row.is_empty() {
                self.waiting.remove(&who);
            }
            if let Some(waiter) = first {
                self.worked_on.insert(who);
                return Some((who, waiter));
            }
        }
        None
    }

    fn next_device(&mut self) -> Option<Who> {
        let tenant = self.tenants.pop_front()?;
        let devices = self.ready.get_mut(&tenant)?;
        let device = devices.pop_front()?;
        if devices.is_empty() {
            self.ready.remove(&tenant);
        } else {
            self.tenants.push_back(tenant);
        }
        Some((tenant, device))
    }

    fn done(&mut self, who: Who) {
        self.worked_on.remove(&who);
        if self.waiting.contains_key(&who) {
            self.is_ready(who);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn who(tenant: u8, device: u8) -> Who {
        (TenantId::from_bytes([tenant; 16]), DeviceId::from_bytes([device; 16]))
    }

    /// The order in which these are worked on by one pair of hands, while all of them wait.
    async fn order(waiting: &[Who]) -> Vec<Who> {
        let turns = Turns::new(1, Duration::from_secs(60));
        let first = turns.take(who(0, 0)).await.unwrap();
        let worked_on = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for &who in waiting {
            let (own, worked_on) = (Arc::clone(&turns), Arc::clone(&worked_on));
            tasks.push(tokio::spawn(async move {
                let turn = own.take(who).await.unwrap();
                worked_on.lock().unwrap().push(who);
                drop(turn);
            }));
            while turns.with(|state| state.rows.waiting.values().map(VecDeque::len).sum::<usize>()) < tasks.len() {
                tokio::task::yield_now().await;
            }
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        Arc::into_inner(worked_on).unwrap().into_inner().unwrap()
    }

    #[tokio::test]
    async fn a_device_that_asks_much_waits_behind_every_other() {
        let heavy = who(1, 1);
        let order = order(&[heavy, heavy, heavy, who(1, 2), who(1, 3)]).await;
        assert_eq!(order, [heavy, who(1, 2), who(1, 3), heavy, heavy]);
    }

    #[tokio::test]
    async fn a_tenant_with_many_devices_waits_behind_every_other() {
        let order = order(&[who(1, 1), who(1, 2), who(1, 3), who(2, 1), who(2, 2)]).await;
        assert_eq!(order, [who(1, 1), who(2, 1), who(1, 2), who(2, 2), who(1, 3)]);
    }

    #[tokio::test]
    async fn a_device_is_worked_on_once_at_a_time_however_many_hands_are_free() {
        let turns = Turns::new(8, Duration::from_millis(20));
        let first = turns.take(who(1, 1)).await.unwrap();
        assert!(turns.take(who(1, 1)).await.is_err());
        assert!(turns.take(who(1, 2)).await.is_ok());
        drop(first);
        assert!(turns.take(who(1, 1)).await.is_ok());
    }

    #[tokio::test]
    async fn whoever_goes_while_he_waits_holds_up_nobody_and_leaves_nothing_behind() {
        let turns = Turns::new(1, Duration::from_millis(1));
        let first = turns.take(who(1, 1)).await.unwrap();
        for device in 2..100 {
            assert!(turns.take(who(1, device)).await.is_err());
        }
        drop(first);
        let last = turns.take(who(2, 1)).await.unwrap();
        drop(last);
        turns.with(|state| {
            assert_eq!(state.free, 1);
            let Rows { waiting, worked_on, ready, tenants } = &state.rows;
            assert!(waiting.is_empty() && worked_on.is_empty() && ready.is_empty() && tenants.is_empty());
        });
    }

    #[tokio::test]
    async fn a_device_does_not_wait_in_more_places_than_a_phone_needs() {
        let turns = Turns::new(1, Duration::from_secs(60));
        let first = turns.take(who(1, 1)).await.unwrap();
        let waiting: Vec<_> = (0..WAITING_OF_DEVICE)
            .map(|_| {
                let turns = Arc::clone(&turns);
                tokio::spawn(async move { turns.take(who(1, 1)).await.map(drop) })
            })
            .collect();
        while turns.with(|state| state.rows.waiting.get(&who(1, 1)).map_or(0, VecDeque::len)) < WAITING_OF_DEVICE {
            tokio::task::yield_now().await;
        }
        assert_eq!(turns.take(who(1, 1)).await.err().map(|problem| problem.code()), Some("too-many"));
        drop(first);
        for task in waiting {
            task.await.unwrap().unwrap();
        }
    }
}
