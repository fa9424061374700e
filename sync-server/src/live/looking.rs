//! Looking for what is new, on a thread of its own, for as long as somebody listens.

use super::Live;
use super::room::{Comer, Looked};
use crate::store::audit::Record;
use crate::store::{self, Bell, News, Rung};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};
use walkbook_model::{DeviceId, TenantId, UserId, WalkListId};

/// So long at least lies between two looks: what comes meanwhile is one notice.
const GATHER: Duration = Duration::from_millis(250);
/// As often somebody looks though no bell rang.
const UNHEARD: Duration = Duration::from_secs(60);
/// Before the next look, after one that failed.
const REST: Duration = Duration::from_secs(5);
/// Records of the audit log that are read at once.
const RECORDS: u32 = 256;

pub(super) fn start(live: &Arc<Live>) -> io::Result<()> {
    let live = Arc::downgrade(live);
    thread::Builder::new().name("live".into()).spawn(move || look_for_ever(&live))?;
    Ok(())
}

fn look_for_ever(live: &Weak<Live>) {
    let mut bell: Option<Box<dyn Bell>> = None;
    while let Some(live) = live.upgrade() {
        if live.nobody_listens() {
            return;
        }
        let looked = live.look(&mut bell);
        drop(live);
        if let Err(error) = looked {
            tracing::warn!(%error, "nobody can be told what is new");
            thread::sleep(REST);
        }
        thread::sleep(GATHER);
    }
}

impl Live {
    /// Whether to stop looking: whoever comes next begins it again.
    fn nobody_listens(&self) -> bool {
        let mut state = self.state();
        state.is_looked_for = !state.rooms.is_empty();
        if !state.is_looked_for {
            state.unheard_since = None;
        }
        !state.is_looked_for
    }

    fn look(&self, bell: &mut Option<Box<dyn Bell>>) -> Result<(), store::Error> {
        let (rung, deaf) = match bell {
            Some(bell) => (bell.wait(GATHER), None),
            None => match self.store.listen() {
                Ok(new) => {
                    *bell = Some(new);
                    (Rung::Everybody, None)
                }
                // The clock rings all the same.
                Err(error) => (Rung::Quiet, Some(error)),
            },
        };
        self.note_whether_heard(bell.as_ref().is_some_and(|bell| bell.is_heard()));
        for tenant in self.due(&rung) {
            // One tenant's trouble holds up no other.
            let Err(error) = self.look_at(tenant) else { continue };
            tracing::warn!(%error, "a tenant's phones cannot be told what is new");
            if passes(&error) {
                self.state().rooms.entry(tenant).and_modify(|room| room.rest_until(Instant::now() + REST));
            } else {
                // What cannot be read will not be read later either. Phones come again after pauses that grow, and hear of
                // what is new from then on.
                self.state().rooms.remove(&tenant);
            }
        }
        deaf.map_or(Ok(()), Err)
    }

    fn note_whether_heard(&self, is_heard: bool) {
        let mut state = self.state();
        state.unheard_since = if is_heard { None } else { state.unheard_since.or_else(|| Some(Instant::now())) };
    }

    fn due(&self, rung: &Rung) -> Vec<TenantId> {
        let (mut state, now) = (self.state(), Instant::now());
        let mut due = Vec::new();
        for (tenant, room) in &mut state.rooms {
            room.is_rung |= rung.is_for(*tenant);
            if room.is_due(UNHEARD, now) {
                room.is_looked_at(now);
                due.push(*tenant);
            }
        }
        due
    }

    /// What is new is read first, and then who works which lists and how those stand who have come: whatever happens after that
    /// is found by the next look.
    fn look_at(&self, tenant: TenantId) -> Result<(), store::Error> {
        let Some((heard, watched, newcomers)) =
            self.state().rooms.get(&tenant).map(|room| (room.heard, room.watched(), room.newcomers()))
        else {
            return Ok(());
        };
        let (news, records) = match heard {
            None => (News { heard: self.store.heard(tenant)?, ..News::default() }, Vec::new()),
            Some(since) => {
                let news = self.store.news(tenant, &watched, since)?;
                let records = self.records(tenant, since.record, news.heard.record)?;
                (news, records)
            }
        };
        let users: BTreeSet<UserId> = newcomers.iter().map(|comer| comer.user).chain(news.users.clone()).collect();
        let lists = self.lists_of(tenant, &users)?;
        let stands = |comer: &Comer| Ok((comer.device, self.still_is(tenant, comer)?));
        let comers = newcomers.iter().map(stands).collect::<Result<BTreeMap<DeviceId, bool>, store::Error>>()?;
        let mut state = self.state();
        if let Some(room) = state.rooms.get_mut(&tenant) {
            let told = room.tell(&news, &Looked { records, lists, comers });
            state.notices += told;
            state.rooms.retain(|_, room| room.len() > 0);
        }
        Ok(())
    }

    /// The records of the audit log behind `after`, up to `last`.
    fn records(&self, tenant: TenantId, mut after: u64, last: u64) -> Result<Vec<Record>, store::Error> {
        let mut records = Vec::new();
        while after < last {
            let page = self.store.audit(tenant, after, RECORDS)?;
            // The log says that it goes further.
            let end = page.last().ok_or(store::Error::Damaged { what: "audit log" })?;
            after = end.number;
            records.extend(page);
        }
        Ok(records)
    }

    /// Whether somebody who was let in a moment ago would be let in now, and as the same: nobody looked at the records between.
    fn still_is(&self, tenant: TenantId, comer: &Comer) -> Result<bool, store::Error> {
        let is_in = self.store.device(tenant, comer.device)?.is_some_and(|device| device.is_in());
        Ok(is_in && self.store.user(tenant, comer.user)?.is_some_and(|user| user.role == comer.role))
    }

    fn lists_of(
        &self,
        tenant: TenantId,
        users: &BTreeSet<UserId>,
    ) -> Result<BTreeMap<UserId, BTreeSet<WalkListId>>, store::Error> {
        let lists = |user: &UserId| {
            let held = self.store.assignments_of(tenant, *user)?;
            let lasting = held.into_iter().filter(|held| held.until.is_none()).map(|held| held.list).collect();
            Ok((*user, lasting))
        };
        users.iter().map(lists).collect()
    }
}

/// Whether a failure passes by itself, so that waiting for it is worth a phone's while.
const fn passes(error: &store::Error) -> bool {
    matches!(error, store::Error::Unreachable(_) | store::Error::DiskFull | store::Error::Stopped)
}
