//! Those of one tenant who listen, and which news concern whom.

use crate::access::Sender;
use crate::store::audit::Record;
use crate::store::{Act, Deed, Heard, Held, News, Watched, Which};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use tokio::sync::watch::{Receiver, Sender as Teller, channel};
use walkbook_model::{Action, DeviceId, Role, UserId, WalkListId, Whose};

/// A tenant's listeners.
#[derive(Default)]
pub(super) struct Room {
    listeners: BTreeMap<DeviceId, Listener>,
    /// Up to where they have heard; nothing before the first look.
    pub(super) heard: Option<Heard>,
    /// Whether a bell rang since the last look.
    pub(super) is_rung: bool,
    looked_at: Option<Instant>,
    /// After a look that failed.
    rests_until: Option<Instant>,
}

struct Listener {
    /// A device that comes again is another listener.
    number: u64,
    user: UserId,
    /// What it was let in as.
    role: Role,
    /// What is worked on this device; nothing before the first look, which tells it that there may be something new.
    lists: Option<BTreeSet<WalkListId>>,
    told: Teller<()>,
}

/// Somebody who has come since the last look.
pub(super) struct Comer {
    pub(super) device: DeviceId,
    pub(super) user: UserId,
    /// What they were let in as.
    pub(super) role: Role,
}

/// What a look has found besides the news.
#[derive(Default)]
pub(super) struct Looked {
    /// What was written into the audit log.
    pub(super) records: Vec<Record>,
    /// The lists of users who have come since the last look, or work others now.
    pub(super) lists: BTreeMap<UserId, BTreeSet<WalkListId>>,
    /// Those who have come, and whether they still are what they were let in as.
    pub(super) comers: BTreeMap<DeviceId, bool>,
}

/// What a record of the audit log means for those who listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Concerns {
    Nobody,
    Everybody,
    Device(DeviceId),
    /// It is told, so that it asks, and hears nothing after that.
    IsLastOf(DeviceId),
    /// Who may be here no longer, or is another now: comes again, and is judged anew.
    EndsDevice(DeviceId),
    EndsUser(UserId),
    /// Nobody of the tenant can be known any more.
    EndsAll,
}

impl Room {
    pub(super) fn len(&self) -> usize {
        self.listeners.len()
    }

    pub(super) fn has(&self, device: DeviceId) -> bool {
        self.listeners.contains_key(&device)
    }

    pub(super) fn of_user(&self, user: UserId) -> usize {
        self.listeners.values().filter(|listener| listener.user == user).count()
    }

    /// A device comes; where it has listened before ends.
    pub(super) fn join(&mut self, number: u64, sender: &Sender) -> Receiver<()> {
        let (told, hears) = channel(());
        let listener = Listener { number, user: sender.user.id, role: sender.user.role, lists: None, told };
        self.listeners.insert(sender.device, listener);
        hears
    }

    pub(super) fn leave(&mut self, device: DeviceId, number: u64) {
        if self.listeners.get(&device).is_some_and(|listener| listener.number == number) {
            self.listeners.remove(&device);
        }
    }

    /// Whether somebody is to look: for a bell, for those who have come, or because nobody did for so long.
    pub(super) fn is_due(&self, unheard: Duration, now: Instant) -> bool {
        let is_new = self.listeners.values().any(|listener| listener.lists.is_none());
        let is_unheard = self.looked_at.is_none_or(|at| now.duration_since(at) >= unheard);
        let rests = self.rests_until.is_some_and(|until| now < until);
        !rests && (self.is_rung || is_new || is_unheard)
    }

    /// It is looked at now.
    pub(super) fn is_looked_at(&mut self, now: Instant) {
        (self.is_rung, self.looked_at, self.rests_until) = (false, Some(now), None);
    }

    /// A look has failed, and is to be tried again then.
    pub(super) fn rest_until(&mut self, then: Instant) {
        (self.is_rung, self.rests_until) = (true, Some(then));
    }

    /// Those who have come since the last look.
    pub(super) fn newcomers(&self) -> Vec<Comer> {
        let comers = self.listeners.iter().filter(|(_, listener)| listener.lists.is_none());
        comers
            .map(|(device, Listener { user, role, .. })| Comer { device: *device, user: *user, role: *role })
            .collect()
    }

    pub(super) fn watched(&self) -> Watched {
        let lists = self.listeners.values().filter_map(|listener| listener.lists.as_ref()).flatten().copied();
        Watched { lists: lists.collect(), users: self.listeners.values().map(|listener| listener.user).collect() }
    }

    /// Tells those whom it concerns, and says how many were told.
    pub(super) fn tell(&mut self, news: &News, looked: &Looked) -> u64 {
        // Where it was set back, nobody knows what was new.
        let was_set_back = self.heard.is_some_and(|heard| heard.position > news.heard.position);
        self.heard = Some(news.heard);
        let deeds: Vec<Concerns> = looked.records.iter().map(concerns).collect();
        let says = |concerned| deeds.contains(&concerned);
        let mut count = 0;
        self.listeners.retain(|device, listener| {
            let ends = [Concerns::EndsAll, Concerns::EndsDevice(*device), Concerns::EndsUser(listener.user)];
            if ends.into_iter().any(says) {
                return false;
            }
            let comer = looked.comers.get(device);
            let is_last = says(Concerns::IsLastOf(*device)) || comer == Some(&false);
            let mut is_told = was_set_back || is_last || says(Concerns::Everybody) || says(Concerns::Device(*device));
            is_told |= listener.has_news(*device, news);
            // Whoever has come while it was looked is looked at by the next one.
            let is_known = listener.lists.is_some();
            if (is_known || comer.is_some())
                && let Some(lists) = looked.lists.get(&listener.user)
            {
                is_told |= !is_known || news.users.contains(&listener.user);
                listener.lists = Some(lists.clone());
            }
            if is_told {
                listener.told.send_replace(());
                count += 1;
            }
            !is_last
        });
        count
    }
}

impl Listener {
    /// Whether something is new on a list of this device, or with drafts, that it did not write itself.
    fn has_news(&self, device: DeviceId, news: &News) -> bool {
        let is_new = |list: &WalkListId| {
            news.lists
                .range((*list, None)..)
                .take_while(|(of, _)| of == list)
                .any(|(_, writer)| *writer != Some(device))
        };
        let drafts =
            self.role.may(Action::WriteDraft, Whose::Tenant) && news.drafts.iter().any(|writer| *writer != device);
        drafts || self.lists.iter().flatten().any(is_new)
    }
}

/// What else is new has a position, or is no phone's affair.
fn concerns(record: &Record) -> Concerns {
    let Held::Readable(Act { deed, .. }) = &record.act else { return Concerns::EndsAll };
    match deed {
        Deed::SettingsChanged { .. } => Concerns::Everybody,
        Deed::Released { which: Which::Entry(entry) } | Deed::Declined { which: Which::Entry(entry) } => {
            Concerns::Device(entry.device)
        }
        Deed::WipeOrdered { device, .. } => Concerns::IsLastOf(*device),
        Deed::ShutOut { device, .. } | Deed::Wiped { device, .. } => Concerns::EndsDevice(*device),
        Deed::RoleChanged { user, .. } => Concerns::EndsUser(*user),
        Deed::TenantErased => Concerns::EndsAll,
        _ => Concerns::Nobody,
    }
}
