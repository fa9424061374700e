//! Who waits to hear of something new, and who is told: phones that are open, which then exchange as ever.
//!
//! What is new is read out of the store, from where its listeners have heard up to. A bell only says when to look: one that
//! nobody heard costs time and nothing else, since the clock rings too. All that came since the last look is one notice, and
//! only those are told whom it concerns.

mod looking;
mod room;

use crate::access::Sender;
use crate::store::Store;
use room::Room;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use thiserror::Error;
use tokio::sync::watch::Receiver;
use walkbook_model::{DeviceId, TenantId};

/// How many may listen at once. A device listens once: who comes again takes the place that was left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listeners {
    /// In all.
    pub in_all: usize,
    /// Of one tenant.
    pub of_tenant: usize,
    /// Of one user.
    pub of_user: usize,
}

impl Listeners {
    /// A part of so many connections: some are left for those who sync, and some places for other tenants.
    pub const fn among(connections: usize) -> Self {
        Self { in_all: connections - connections.div_ceil(4), of_tenant: connections / 2, of_user: 8 }
    }
}

/// There is no place to listen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoPlace {
    /// This user listens with as many devices as may.
    #[error("the user listens with too many devices")]
    OfUser,
    /// As many listen as may, or the server is about to stop.
    #[error("too many listen")]
    Busy,
}

/// Everybody who listens.
pub struct Live {
    store: Arc<dyn Store>,
    listeners: Listeners,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rooms: BTreeMap<TenantId, Room>,
    /// Whether somebody looks for them.
    is_looked_for: bool,
    is_over: bool,
    /// How many notices there were.
    notices: u64,
    /// How many have ever listened: a device that comes again is another listener.
    comings: u64,
    /// How many found no place.
    turned_away: u64,
    /// Since when no bell is heard, while somebody listens.
    unheard_since: Option<Instant>,
}

impl State {
    fn in_all(&self) -> usize {
        self.rooms.values().map(Room::len).sum()
    }
}

impl Live {
    /// Nobody yet.
    pub fn new(store: Arc<dyn Store>, listeners: Listeners) -> Arc<Self> {
        Arc::new(Self { store, listeners, state: Mutex::default() })
    }

    /// Lets a device listen, in the place of where it may have listened before. It is told at once: what was new before,
    /// nobody knows whether it has heard.
    ///
    /// # Errors
    /// [`NoPlace`]
    pub fn join(self: &Arc<Self>, sender: &Sender) -> Result<Ear, NoPlace> {
        let mut state = self.state();
        if state.is_over {
            return Err(NoPlace::Busy);
        }
        let in_all = state.in_all();
        let room = state.rooms.get(&sender.tenant);
        let (of_tenant, of_user) = room.map_or((0, 0), |room| (room.len(), room.of_user(sender.user.id)));
        let has_place = room.is_some_and(|room| room.has(sender.device));
        if !has_place && (in_all >= self.listeners.in_all || of_tenant >= self.listeners.of_tenant) {
            state.turned_away += 1;
            return Err(NoPlace::Busy);
        }
        if !has_place && of_user >= self.listeners.of_user {
            return Err(NoPlace::OfUser);
        }
        // Whoever looks waits for the state: nobody has a place for whom nobody looks.
        if !state.is_looked_for {
            looking::start(self).map_err(|_| NoPlace::Busy)?;
            state.is_looked_for = true;
        }
        state.comings += 1;
        let number = state.comings;
        let told = state.rooms.entry(sender.tenant).or_default().join(number, sender);
        drop(state);
        Ok(Ear { told, live: Arc::clone(self), place: (sender.tenant, sender.device, number) })
    }

    /// Ends it for everybody, and for whoever comes.
    pub fn end(&self) {
        let mut state = self.state();
        state.is_over = true;
        state.rooms.clear();
    }

    /// How many listen, and since the start how many notices there were, and how many found no place.
    pub fn counts(&self) -> [u64; 3] {
        let state = self.state();
        [state.in_all() as u64, state.notices, state.turned_away]
    }

    /// For how long no bell has been heard: what is new is then found by the clock alone, up to a minute late. Nothing while one
    /// is heard, or nobody listens.
    pub fn unheard(&self) -> Duration {
        self.state().unheard_since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hears of what is new, until it is dropped.
pub struct Ear {
    /// Changes when there is something new, and ends with the listener.
    told: Receiver<()>,
    live: Arc<Live>,
    place: (TenantId, DeviceId, u64),
}

impl Ear {
    /// Waits until there is something new; nothing, where there will not be any more.
    pub async fn hear(&mut self) -> Option<()> {
        self.told.changed().await.ok()
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        let (tenant, device, number) = self.place;
        let mut state = self.live.state();
        if let Some(room) = state.rooms.get_mut(&tenant) {
            room.leave(device, number);
            if room.len() == 0 {
                state.rooms.remove(&tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests;
