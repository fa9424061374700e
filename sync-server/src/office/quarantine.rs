//! What is set aside: looked at, released or refused.

use super::Error;
use crate::access::{Judge, Sender};
use crate::engine::changes_of_lists;
use crate::store::{self, Decision, Reason, Standing, Store, StoredEntry, User, Verdict};
use std::collections::BTreeMap;
use walkbook_ledger::{Entry, Payload, Subject};
use walkbook_model::limits::LONG_TEXT_BYTES;
use walkbook_model::{EntryId, Invalid, Moment, Role, TenantId, Timestamp, UserId};
use walkbook_sync::Reason as Because;

/// Leads who change the same list meanwhile: it is looked at anew.
const TRIES: usize = 5;
const PAGE: u32 = 1_000;

/// An entry that is set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Which.
    pub entry: EntryId,
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

/// Everything that is set aside, device by device in the order of their logs: what an entry rests on stands before it.
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
    aside.sort_by_key(|aside| aside.entry);
    Ok(aside)
}

/// An entry that is set aside.
///
/// # Errors
/// [`Error::Unknown`] without such an entry; those of the store.
pub fn set_aside_entry(store: &dyn Store, tenant: TenantId, entry: EntryId, now: Timestamp) -> Result<SetAside, Error> {
    let stored = stored(store, tenant, entry)?.filter(|stored| stored.verdict == Verdict::Quarantined);
    look(store, tenant, &stored.ok_or(Error::Unknown { what: "entry that is set aside" })?, now)
}

/// Lets an entry count from now on. It travels to phones and tables like one that came now, and its writer's phone learns
/// of it. Releasing it again changes nothing.
///
/// # Errors
/// [`Error::CannotCount`] if it would not fit to what is there; [`Error::Store`] with
/// [`Decided`](store::Error::Decided) if it was refused before, with [`Unknown`](store::Error::Unknown) without such an
/// entry.
pub fn release(store: &dyn Store, tenant: TenantId, entry: EntryId, now: Timestamp) -> Result<Standing, Error> {
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
            decided => return Ok(decided?),
        }
    }
    Err(crate::engine::Refused::Busy.into())
}

/// Refuses an entry for good, with a word to its writer, whose phone shows it. Refusing it again changes nothing.
///
/// # Errors
/// [`Error::Invalid`] if the words are too long; [`Error::Store`] as at [`release`].
pub fn refuse(
    store: &dyn Store,
    tenant: TenantId,
    entry: EntryId,
    words: &str,
    now: Timestamp,
) -> Result<Standing, Error> {
    if words.len() > LONG_TEXT_BYTES {
        return Err(Invalid::TooLong { what: "the reason", limit: LONG_TEXT_BYTES }.into());
    }
    let reason = Reason(Because::Declined as u16);
    Ok(store.decide(tenant, entry, Decision::Refuse { reason, words: words.to_owned() }, now)?)
}

fn stored(store: &dyn Store, tenant: TenantId, entry: EntryId) -> Result<Option<StoredEntry>, store::Error> {
    let Some(before) = entry.seq.checked_sub(1) else { return Ok(None) };
    let found = store.log_of(tenant, entry.device, before, 1)?.into_iter().next();
    Ok(found.filter(|stored| stored.header.seq == entry.seq))
}

fn look(store: &dyn Store, tenant: TenantId, stored: &StoredEntry, now: Timestamp) -> Result<SetAside, Error> {
    let user = writer(store, tenant, stored)?;
    let would = match (judge(store, tenant, &user, stored, now)?, as_lead(store, tenant, stored, now)?) {
        (Ok((_, Verdict::Accepted)), _) => Would::Count,
        (_, Ok(_)) => Would::CountIfReleased,
        (_, Err(would)) => would,
    };
    let bounded = stored.bound.map_or(stored.header.moment, |bound: Moment| bound.min(stored.header.moment));
    let content = stored.content.clone().readable();
    Ok(SetAside {
        entry: EntryId::new(stored.device, stored.header.seq),
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
    let lets = User { role: Role::Manager, ..writer(store, tenant, stored)? };
    Ok(match judge(store, tenant, &lets, stored, now)? {
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

fn writer(store: &dyn Store, tenant: TenantId, stored: &StoredEntry) -> Result<User, Error> {
    let device = store.device(tenant, stored.device)?.ok_or(Error::Unknown { what: "device" })?;
    match store.user(tenant, device.user) {
        // Only the label is unreadable.
        Err(store::Error::Damaged { .. }) => Ok(User { id: device.user, label: String::new(), role: Role::Canvasser }),
        found => Ok(found?.ok_or(Error::Unknown { what: "user" })?),
    }
}
