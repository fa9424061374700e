//! What is set aside: looked at, released or refused, by whoever may decide about it.

mod weighing;

pub use crate::store::Which;
pub use weighing::{SetAside, Would};

use super::anew::Renamed;
use super::{Desk, Error, Pen};
use crate::engine::changes_of_lists;
use crate::store::{self, Decision, Reason, RescuedEntry, StoredEntry, Verdict};
use std::collections::BTreeMap;
use walkbook_ledger::{Payload, Subject};
use walkbook_model::limits::LONG_TEXT_BYTES;
use walkbook_model::{Action, EntryId, Invalid, Moment, Timestamp};
use walkbook_sync::Reason as Because;
use weighing::{look, look_at_rescued, weigh, weigh_rescued};

/// Leads who change the same list meanwhile: it is looked at anew.
const TRIES: usize = 5;
const PAGE: u32 = 1_000;
const UNKNOWN: Error = Error::Unknown { what: "entry that is set aside" };

/// What is set aside and for whoever is at the desk to decide, device by device in the order of their logs: what an entry
/// rests on stands before it. Then what came out of rescue files.
///
/// # Errors
/// Those of the store.
pub fn set_aside(desk: &Desk<'_>, now: Timestamp) -> Result<Vec<SetAside>, Error> {
    let is_theirs = |about| Desk::is_allowed(desk.may_to(Action::DecideSetAside, about));
    let (store, tenant) = (desk.store(), desk.tenant());
    let (mut aside, mut read) = (Vec::new(), 0);
    loop {
        let page = store.quarantined(tenant, read, PAGE)?;
        if page.is_empty() {
            break;
        }
        read += page.len() as u64;
        for stored in page {
            if is_theirs(stored.header.subject)? {
                aside.push(look(desk, &stored, now)?);
            }
        }
    }
    aside.sort_by_key(|aside| aside.which);
    for rescued in store.rescued(tenant, u32::MAX)? {
        let looked_at = look_at_rescued(desk, &rescued, now)?;
        if is_theirs(looked_at.about)? {
            aside.push(looked_at);
        }
    }
    Ok(aside)
}

/// One that is set aside.
///
/// # Errors
/// [`Error::Unknown`] without it; [`Error::NotAllowed`] for who may not decide about it; those of the store.
pub fn one_set_aside(desk: &Desk<'_>, which: Which, now: Timestamp) -> Result<SetAside, Error> {
    let looked_at = match which {
        Which::Entry(entry) => look(desk, &waiting(desk, entry)?.ok_or(UNKNOWN)?, now)?,
        Which::Rescued(number) => {
            let rescued = desk.store().rescued_entry(desk.tenant(), number)?;
            let rescued = rescued.filter(|rescued| rescued.decided_at.is_none());
            look_at_rescued(desk, &rescued.ok_or(UNKNOWN)?, now)?
        }
    };
    desk.may_to(Action::DecideSetAside, looked_at.about)?;
    Ok(looked_at)
}

/// Lets what is set aside count from now on. It travels to phones and tables like an entry that came now, and its writer's
/// phone learns of it. What came out of a rescue file is written anew with the pen, on what is there now and as of the moment
/// when it was written first. Releasing it again changes nothing, whoever does.
///
/// Whatever the entry does, its writer may do, or whoever releases it: a lead lets nobody do to another team what the lead
/// may not do there.
///
/// # Errors
/// [`Error::NotAllowed`] for who may not decide about it; [`Error::CannotCount`] if it would not fit to what is there, or
/// does what neither of the two may; [`Error::Store`] with [`Decided`](store::Error::Decided) if it was refused before;
/// [`Error::Unknown`] or the store's without it.
pub fn release(desk: &Desk<'_>, pen: &Pen, which: Which, now: Timestamp) -> Result<(), Error> {
    match which {
        Which::Entry(entry) => release_entry(desk, entry, now),
        Which::Rescued(number) => release_rescued(desk, pen, number, now),
    }
}

/// Refuses it for good, with a word to its writer, whose phone shows it. Refusing it again changes nothing.
///
/// # Errors
/// [`Error::Invalid`] if the words are too long; else as at [`release`].
pub fn refuse(desk: &Desk<'_>, which: Which, words: &str, now: Timestamp) -> Result<(), Error> {
    if words.len() > LONG_TEXT_BYTES {
        return Err(Invalid::TooLong { what: "the reason", limit: LONG_TEXT_BYTES }.into());
    }
    let (store, tenant) = (desk.store(), desk.tenant());
    match which {
        Which::Entry(entry) => {
            if let Some(stored) = waiting(desk, entry)? {
                desk.may_to(Action::DecideSetAside, stored.header.subject)?;
            }
            let decision = Decision::Refuse { reason: Reason(Because::Declined as u16), words: words.to_owned() };
            store.decide(tenant, entry, decision, desk.stamp(now))?;
        }
        Which::Rescued(number) => {
            let rescued = store.rescued_entry(tenant, number)?.ok_or(UNKNOWN)?;
            if rescued.decided_at.is_some() {
                return rescued.written_as.map_or(Ok(()), |_| Err(store::Error::Decided.into()));
            }
            may_decide_rescued(desk, &rescued)?;
            store.settle_rescued(tenant, number, false, desk.stamp(now))?;
        }
    }
    Ok(())
}

fn release_entry(desk: &Desk<'_>, entry: EntryId, now: Timestamp) -> Result<(), Error> {
    let (store, tenant) = (desk.store(), desk.tenant());
    for _ in 0..TRIES {
        let updates_as_of = store.head(tenant)?;
        let mut updates = Vec::new();
        if let Some(stored) = waiting(desk, entry)? {
            desk.may_to(Action::DecideSetAside, stored.header.subject)?;
            let released = weigh(desk, &stored, now)?.map_err(Error::CannotCount)?;
            if let (Subject::List(list), Payload::List(_)) = (released.header.subject, &released.payload) {
                updates = changes_of_lists(store, tenant, &BTreeMap::from([(list, vec![released])]))?;
            }
        }
        match store.decide(tenant, entry, Decision::Release { updates, updates_as_of }, desk.stamp(now)) {
            Err(store::Error::Conflict { .. }) => {}
            decided => return Ok(decided.map(drop)?),
        }
    }
    Err(crate::engine::Refused::Busy.into())
}

fn release_rescued(desk: &Desk<'_>, pen: &Pen, number: u64, now: Timestamp) -> Result<(), Error> {
    let (store, tenant) = (desk.store(), desk.tenant());
    let rescued = store.rescued_entry(tenant, number)?.ok_or(UNKNOWN)?;
    if rescued.decided_at.is_some() {
        return rescued.written_as.map(drop).ok_or(store::Error::Decided.into());
    }
    let renamed = may_decide_rescued(desk, &rescued)?;
    let moment = rescued.header.moment.min(Moment::new(now, 0));
    // A command that was cut off may have written it already.
    let is_written = match rescued.written_as {
        Some(entry) => stored(desk, entry)?.is_some_and(|stored| stored.header.moment == moment),
        None => false,
    };
    if !is_written {
        let anew = |id| {
            let anew = weigh_rescued(desk, (&rescued, &renamed), id, now)?.map_err(Error::CannotCount)?;
            store.write_rescued_as(tenant, number, id)?;
            Ok(anew)
        };
        pen.write_anew(store, tenant, moment, anew, now)?;
    }
    store.settle_rescued(tenant, number, true, desk.stamp(now))?;
    Ok(())
}

/// Makes sure that whoever is at the desk may decide about it.
fn may_decide_rescued(desk: &Desk<'_>, rescued: &RescuedEntry) -> Result<Renamed, Error> {
    let renamed = Renamed::read(desk.store(), desk.tenant(), rescued)?;
    desk.may_to(Action::DecideSetAside, renamed.subject(rescued.header.subject))?;
    Ok(renamed)
}

/// The entry, as long as nobody has decided about it.
fn waiting(desk: &Desk<'_>, entry: EntryId) -> Result<Option<StoredEntry>, store::Error> {
    Ok(stored(desk, entry)?.filter(|stored| stored.verdict == Verdict::Quarantined))
}

fn stored(desk: &Desk<'_>, entry: EntryId) -> Result<Option<StoredEntry>, store::Error> {
    let Some(before) = entry.seq.checked_sub(1) else { return Ok(None) };
    let found = desk.store().log_of(desk.tenant(), entry.device, before, 1)?.into_iter().next();
    Ok(found.filter(|stored| stored.header.seq == entry.seq))
}
