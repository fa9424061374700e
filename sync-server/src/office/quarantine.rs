//! What is set aside: looked at, released or refused.

use super::anew::{Renamed, anew};
use super::{Error, Pen};
use crate::access::{Judge, Sender, publishes};
use crate::engine::changes_of_lists;
use crate::store::{self, Decision, Reason, RescuedEntry, Store, StoredEntry, User, Verdict};
use std::collections::BTreeMap;
use walkbook_ledger::{Entry, Payload, Subject};
use walkbook_model::limits::LONG_TEXT_BYTES;
use walkbook_model::{DeviceId, EntryId, Invalid, InvalidEntryId, Moment, Role, TenantId, Timestamp, UserId};
use walkbook_sync::Reason as Because;

/// Leads who change the same list meanwhile: it is looked at anew.
const TRIES: usize = 5;
const PAGE: u32 = 1_000;

/// What an entry that is set aside is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// One of a log.
    Entry(EntryId),
    /// One out of a rescue file that belongs into no log, by its number.
    Rescued(u64),
}

impl std::fmt::Display for Which {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Entry(entry) => entry.fmt(f),
            Self::Rescued(number) => write!(f, "rescued#{number}"),
        }
    }
}

/// Reads what `Display` writes: `device_…#12`, `rescued#3`.
impl std::str::FromStr for Which {
    type Err = InvalidEntryId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("rescued#") {
            Some(number) => number.parse().map(Self::Rescued).map_err(|_| InvalidEntryId::Number),
            None => text.parse().map(Self::Entry),
        }
    }
}

/// An entry that is set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Which.
    pub which: Which,
    /// Who wrote it.
    pub user: UserId,
    /// What it is about.
    pub about: Subject,
    /// When it was written, by the phone's clock and no later than it came.
    pub written_at: Timestamp,
    /// What would become of it.
    pub would: Would,
    /// What it says; nothing where it was erased or cannot be read.
    pub said: Option<Payload>,
}

/// What would become of an entry that is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Would {
    /// The server would take it by itself today: what it rests on has come.
    Count,
    /// It counts if somebody lets it.
    CountIfReleased,
    /// It waits for another one that is set aside.
    Wait,
    /// It can only be refused.
    Not(Because),
}

impl std::fmt::Display for Would {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Count => "counts if sent today",
            Self::CountIfReleased => "counts if released",
            Self::Wait => "rests on another set aside",
            Self::Not(Because::Malformed) => "cannot count: malformed",
            Self::Not(Because::NotYours) => "cannot count: no such door or list",
            Self::Not(Because::NotAllowed) => "cannot count: not allowed",
            Self::Not(Because::Rebase) => "cannot count: made on what was refused",
            Self::Not(Because::Erased) => "cannot count: erased",
            Self::Not(Because::UnfitAnswer) => "cannot count: does not fit the script",
            Self::Not(Because::Declined) => "cannot count: declined",
        })
    }
}

/// Everything that is set aside, device by device in the order of their logs: what an entry rests on stands before it. Then
/// what came out of rescue files.
///
/// # Errors
/// Those of the store.
pub fn set_aside(store: &dyn Store, tenant: TenantId, now: Timestamp) -> Result<Vec<SetAside>, Error> {
    let mut aside = Vec::new();
    loop {
        let page = store.quarantined(tenant, aside.len() as u64, PAGE)?;
        if page.is_empty() {
            break;
        }
        for stored in page {
            aside.push(look(store, tenant, &stored, now)?);
        }
    }
    aside.sort_by_key(|aside| aside.which);
    for rescued in store.rescued(tenant, u32::MAX)? {
        aside.push(look_at_rescued(store, tenant, &rescued)?);
    }
    Ok(aside)
}

/// One that is set aside.
///
/// # Errors
/// [`Error::Unknown`] without it; those of the store.
pub fn one_set_aside(store: &dyn Store, tenant: TenantId, which: Which, now: Timestamp) -> Result<SetAside, Error> {
    match which {
        Which::Entry(entry) => {
            let stored = stored(store, tenant, entry)?.filter(|stored| stored.verdict == Verdict::Quarantined);
            look(store, tenant, &stored.ok_or(UNKNOWN)?, now)
        }
        Which::Rescued(number) => {
            let rescued = store.rescued_entry(tenant, number)?.filter(|rescued| rescued.decided_at.is_none());
            look_at_rescued(store, tenant, &rescued.ok_or(UNKNOWN)?)
        }
    }
}

const UNKNOWN: Error = Error::Unknown { what: "entry that is set aside" };

/// Lets what is set aside count from now on. It travels to phones and tables like an entry that came now, and its writer's
/// phone learns of it. What came out of a rescue file is written anew with the pen, on what is there now and as of the moment
/// when it was written first. Releasing it again changes nothing.
///
/// # Errors
/// [`Error::CannotCount`] if it would not fit to what is there; [`Error::Store`] with
/// [`Decided`](store::Error::Decided) if it was refused before; [`Error::Unknown`] or the store's without it.
pub fn release(store: &dyn Store, pen: &Pen, tenant: TenantId, which: Which, now: Timestamp) -> Result<(), Error> {
    match which {
        Which::Entry(entry) => release_entry(store, tenant, entry, now),
        Which::Rescued(number) => release_rescued(store, pen, tenant, number, now),
    }
}

/// Refuses it for good, with a word to its writer, whose phone shows it. Refusing it again changes nothing.
///
/// # Errors
/// [`Error::Invalid`] if the words are too long; else as at [`release`].
pub fn refuse(store: &dyn Store, tenant: TenantId, which: Which, words: &str, now: Timestamp) -> Result<(), Error> {
    if words.len() > LONG_TEXT_BYTES {
        return Err(Invalid::TooLong { what: "the reason", limit: LONG_TEXT_BYTES }.into());
    }
    match which {
        Which::Entry(entry) => {
            let reason = Reason(Because::Declined as u16);
            store.decide(tenant, entry, Decision::Refuse { reason, words: words.to_owned() }, now)?;
        }
        Which::Rescued(number) => {
            if !store.settle_rescued(tenant, number, false, now)? {
                let rescued = store.rescued_entry(tenant, number)?.ok_or(UNKNOWN)?;
                rescued.written_as.map_or(Ok(()), |_| Err(store::Error::Decided))?;
            }
        }
    }
    Ok(())
}

fn release_entry(store: &dyn Store, tenant: TenantId, entry: EntryId, now: Timestamp) -> Result<(), Error> {
    for _ in 0..TRIES {
        let updates_as_of = store.head(tenant)?;
        let mut updates = Vec::new();
        let aside = stored(store, tenant, entry)?.filter(|stored| stored.verdict == Verdict::Quarantined);
        if let Some(stored) = &aside {
            let released = as_lead(store, tenant, stored, now)?.map_err(Error::CannotCount)?;
            if let (Subject::List(list), Payload::List(_)) = (released.header.subject, &released.payload) {
                updates = changes_of_lists(store, tenant, &BTreeMap::from([(list, vec![released])]))?;
            }
        }
        match store.decide(tenant, entry, Decision::Release { updates, updates_as_of }, now) {
            Err(store::Error::Conflict { .. }) => {}
            decided => return Ok(decided.map(drop)?),
        }
    }
    Err(crate::engine::Refused::Busy.into())
}

fn release_rescued(store: &dyn Store, pen: &Pen, tenant: TenantId, number: u64, now: Timestamp) -> Result<(), Error> {
    let rescued = store.rescued_entry(tenant, number)?.ok_or(UNKNOWN)?;
    if rescued.decided_at.is_some() {
        return rescued.written_as.map(drop).ok_or(store::Error::Decided.into());
    }
    let moment = rescued.header.moment.min(Moment::new(now, 0));
    // A command that was cut off may have written it already.
    let is_written = match rescued.written_as {
        Some(entry) => stored(store, tenant, entry)?.is_some_and(|stored| stored.header.moment == moment),
        None => false,
    };
    if !is_written {
        let user = user_of(store, tenant, rescued.device)?.id;
        let renamed = Renamed::read(store, tenant, &rescued)?;
        let anew = |id| {
            let anew = anew(store, tenant, (&rescued, user, id), &renamed)?.map_err(Error::CannotCount)?;
            store.write_rescued_as(tenant, number, id)?;
            Ok(anew)
        };
        pen.write_anew(store, tenant, moment, anew, now)?;
    }
    store.settle_rescued(tenant, number, true, now)?;
    Ok(())
}

fn stored(store: &dyn Store, tenant: TenantId, entry: EntryId) -> Result<Option<StoredEntry>, store::Error> {
    let Some(before) = entry.seq.checked_sub(1) else { return Ok(None) };
    let found = store.log_of(tenant, entry.device, before, 1)?.into_iter().next();
    Ok(found.filter(|stored| stored.header.seq == entry.seq))
}

fn look(store: &dyn Store, tenant: TenantId, stored: &StoredEntry, now: Timestamp) -> Result<SetAside, Error> {
    let user = user_of(store, tenant, stored.device)?;
    let would = match (judge(store, tenant, &user, stored, now)?, as_lead(store, tenant, stored, now)?) {
        (Ok((_, Verdict::Accepted)), _) => Would::Count,
        (_, Ok(_)) => Would::CountIfReleased,
        (_, Err(would)) => would,
    };
    let bounded = stored.bound.map_or(stored.header.moment, |bound: Moment| bound.min(stored.header.moment));
    let content = stored.content.clone().readable();
    Ok(SetAside {
        which: Which::Entry(EntryId::new(stored.device, stored.header.seq)),
        user: user.id,
        about: stored.header.subject,
        written_at: bounded.at(),
        would,
        said: content.and_then(|content| Payload::from_bytes(&content.payload).ok()),
    })
}

/// The entry, if it counts once somebody who may lets it; else what keeps it.
fn as_lead(
    store: &dyn Store,
    tenant: TenantId,
    stored: &StoredEntry,
    now: Timestamp,
) -> Result<Result<Entry, Would>, Error> {
    let lets = User { role: Role::Manager, ..user_of(store, tenant, stored.device)? };
    Ok(match judge(store, tenant, &lets, stored, now)? {
        // Whoever wants it published by now looks at it, and does it again.
        Ok((entry, _)) if publishes(&entry) => Err(Would::Not(Because::Rebase)),
        Ok((entry, Verdict::Accepted)) => Ok(Entry { bound: stored.bound, ..entry }),
        Ok(_) => Err(Would::Wait),
        Err(reason) => Err(Would::Not(reason)),
    })
}

fn judge(
    store: &dyn Store,
    tenant: TenantId,
    user: &User,
    stored: &StoredEntry,
    now: Timestamp,
) -> Result<crate::access::Judged, store::Error> {
    let sender = Sender { tenant, device: stored.device, user: user.clone() };
    let content = stored.content.clone().readable();
    let payload = content.as_ref().map(|content| content.payload.as_slice());
    Judge::new(store, &sender, now, 0).judge(stored.header, payload)
}

fn look_at_rescued(store: &dyn Store, tenant: TenantId, rescued: &RescuedEntry) -> Result<SetAside, Error> {
    let user = user_of(store, tenant, rescued.device)?.id;
    let renamed = Renamed::read(store, tenant, rescued)?;
    // Whatever it will be called.
    let id = EntryId::new(rescued.device, rescued.header.seq);
    let would = match anew(store, tenant, (rescued, user, id), &renamed)? {
        Ok(_) => Would::CountIfReleased,
        Err(would) => would,
    };
    Ok(SetAside {
        which: Which::Rescued(rescued.number),
        user,
        about: rescued.header.subject,
        written_at: rescued.header.moment.at(),
        would,
        said: rescued.payload.clone().readable().and_then(|bytes| Payload::from_bytes(&bytes).ok()),
    })
}

/// Whose device it is.
fn user_of(store: &dyn Store, tenant: TenantId, device: DeviceId) -> Result<User, Error> {
    let device = store.device(tenant, device)?.ok_or(Error::Unknown { what: "device" })?;
    match store.user(tenant, device.user) {
        // Only the label is unreadable.
        Err(store::Error::Damaged { .. }) => Ok(User { id: device.user, label: String::new(), role: Role::Canvasser }),
        found => Ok(found?.ok_or(Error::Unknown { what: "user" })?),
    }
}
