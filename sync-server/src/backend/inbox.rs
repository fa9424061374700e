//! What others change in the tables, on its way to the phones.
//!
//! Each change becomes an entry of the server's own device, made on top of the edits that stood in the tables when it was
//! made. So it follows what whoever made it had seen, and stands beside what a phone wrote meanwhile: a clash, which people
//! settle. What the server writes itself is not noticed, and what says what stands already writes nothing: nothing goes in
//! circles.
//!
//! A change is forgotten once its entry is stored. After a crash in between it finds its entry there, by what that was made on:
//! where that is not what stood in the tables, it is noted there before. With a change its door's later ones go on top of its
//! entry, for whoever made them had seen it. So no two entries out of the tables are made on the same and say the same.

use super::{Error, Records, publish};
use crate::office::{self, Pen};
use crate::reading;
use crate::store::audit::LastWord;
use crate::store::{self, Store};
use std::collections::{BTreeSet, VecDeque};
use walkbook_ledger::{DoorChange, DoorState, Entry, Payload, Subject};
use walkbook_model::limits::NAMED_ENTRIES;
use walkbook_model::{ContactField, ContactId, DoorId, EntryId, TenantId, Timestamp};

/// Changes that are asked for at once.
pub(super) const PAGE: u32 = 200;
/// So often a change is tried about a door that cannot be read.
const TRIES: u32 = 5;
/// The first wait before it is tried again; doubled with every try.
const RETRY_MS: i64 = 30_000;
/// A door's own field.
pub const ACCESS_NOTES: &str = "access_notes";
const NOTHING: &str = "it names nothing that there is";

/// Something that somebody changed in the tables, as it stands there.
#[derive(Clone, PartialEq, Eq)]
pub struct Noticed {
    /// Its number; they rise.
    pub number: i64,
    /// At which door.
    pub door: String,
    /// Whose field it is; nobody's where it is the door's.
    pub contact: Option<String>,
    /// The field's name.
    pub field: String,
    /// What it is to be; nothing where it was cleared.
    pub value: String,
    /// The epoch of what stood there.
    pub epoch: u32,
    /// The latest edits that stood there, with spaces between.
    pub tips: String,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// Why it was not taken.
    pub reason: Option<String>,
    /// Who has the last word on the field; nobody, where people are asked.
    pub wins: Option<LastWord>,
}

walkbook_model::redacted!(Noticed);

impl Noticed {
    fn made_on(&self) -> MadeOn {
        // What is none names nothing that there is, and is looked for in vain.
        let tips = self.tips.split_whitespace().filter_map(|tip| tip.parse().ok()).collect();
        MadeOn::new(self.epoch, tips)
    }

    /// Goes on top of the entry that was made of an earlier change at the door.
    fn follow(&mut self, earlier: &Self, entry: EntryId) {
        let is_same = (&self.tips, self.epoch) == (&earlier.tips, earlier.epoch);
        self.tips = if is_same { entry.to_string() } else { format!("{} {entry}", self.tips) };
    }
}

/// Edits of a door, of an epoch, in rising order: on top of what something is made.
#[derive(Debug, PartialEq, Eq)]
struct MadeOn {
    epoch: u32,
    tips: Vec<EntryId>,
}

impl MadeOn {
    /// Of very many as many as an entry may name.
    fn new(epoch: u32, tips: Vec<EntryId>) -> Self {
        let tips: BTreeSet<EntryId> = tips.into_iter().collect();
        Self { epoch, tips: tips.into_iter().take(NAMED_ENTRIES).collect() }
    }
}

fn written(tips: &[EntryId]) -> String {
    tips.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Which changes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// Those to be taken now, behind this number.
    Due(i64, Timestamp),
    /// Those that were given up.
    GivenUp,
}

/// What becomes of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It is taken, or dropped.
    Done,
    /// It is this entry now, on top of which its door's later changes are made: instead of what this one was made on, or besides.
    Made(EntryId),
    /// It is about to be made on top of these edits, of this epoch.
    MadeOn(u32, String),
    /// It is tried again then.
    PutOff(&'static str, Timestamp),
    /// Somebody has to look at it.
    GivenUp(&'static str),
    /// It is tried once more.
    Again,
}

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Changes that are entries now, or say what stood already.
    pub taken: u64,
    /// Changes that were put back.
    pub put_back: u64,
    /// Changes to be tried again later.
    pub put_off: u64,
    /// Changes given up.
    pub given_up: u64,
}

/// Takes everything that was noticed of a tenant's and is due.
///
/// # Errors
/// Those of the tables and of the store; what was taken before stays taken.
pub fn take_in(
    store: &dyn Store,
    records: &dyn Records,
    pen: &Pen,
    tenant: TenantId,
    now: Timestamp,
) -> Result<TakenIn, Error> {
    let mut done = TakenIn::default();
    let mut after = 0;
    loop {
        let mut page: VecDeque<Noticed> = records.noticed(tenant, Asking::Due(after, now))?.into();
        if page.is_empty() {
            return Ok(done);
        }
        while let Some(mut noticed) = page.pop_front() {
            after = noticed.number;
            let settled = taking(store, records, pen, tenant, &mut noticed, now)?;
            let is_put_back = match &settled {
                Some(settled) => matches!(settled, Settled::GivenUp(_)),
                None => noticed.wins == Some(LastWord::Ours),
            };
            if is_put_back && let Ok(door) = noticed.door.parse() {
                publish(store, records, tenant, &[Subject::Door(door)])?;
            }
            match settled {
                None => done.put_back += 1,
                Some(Settled::PutOff(..)) => done.put_off += 1,
                Some(Settled::GivenUp(_)) => done.given_up += 1,
                Some(_) => done.taken += 1,
            }
            if let Some(Settled::Made(entry)) = settled {
                page.iter_mut()
                    .filter(|later| later.door == noticed.door)
                    .for_each(|later| later.follow(&noticed, entry));
            }
            records.settle(tenant, noticed.number, settled.unwrap_or(Settled::Done))?;
        }
    }
}

/// What becomes of a change; nothing where the phones have the last word.
fn taking(
    store: &dyn Store,
    records: &dyn Records,
    pen: &Pen,
    tenant: TenantId,
    noticed: &mut Noticed,
    now: Timestamp,
) -> Result<Option<Settled>, Error> {
    if noticed.wins == Some(LastWord::Ours) {
        return Ok(None);
    }
    let Some((door, change)) = read(noticed) else {
        return Ok(Some(Settled::GivenUp(NOTHING)));
    };
    let on = match ground(store, tenant, door, noticed, &change) {
        Ok(Some(on)) => on,
        Ok(None) => return Ok(Some(Settled::GivenUp(NOTHING))),
        Err(store::Error::Damaged { .. } | store::Error::KeyDestroyed) => return Ok(Some(later(noticed, now))),
        Err(error) => return Err(error.into()),
    };
    if on != noticed.made_on() {
        // A crash behind the entry finds it by this.
        noticed.tips = written(&on.tips);
        noticed.epoch = on.epoch;
        records.settle(tenant, noticed.number, Settled::MadeOn(on.epoch, noticed.tips.clone()))?;
    }
    let made = || -> Result<Option<EntryId>, store::Error> {
        let entries = reading::entries_of(store, tenant, Subject::Door(door))?;
        Ok(entries.iter().find(|entry| is_made(entry, &on.tips, &change)).map(Entry::id))
    };
    let wanted = |state: &DoorState| {
        let is_there = stands(state, &change) || made()?.is_some();
        Ok((!is_there).then(|| (on.tips.clone(), change.clone())))
    };
    match pen.edit_door(store, tenant, door, wanted, now) {
        Ok(()) => Ok(Some(made()?.map_or(Settled::Done, Settled::Made))),
        Err(office::Error::Invalid(_)) => Ok(Some(Settled::GivenUp("the value is not within its bounds"))),
        Err(office::Error::Refused(_) | office::Error::Unknown { .. }) => Ok(Some(Settled::GivenUp(NOTHING))),
        Err(office::Error::Store(store::Error::Damaged { .. } | store::Error::KeyDestroyed)) => {
            Ok(Some(later(noticed, now)))
        }
        Err(office::Error::Store(error)) => Err(error.into()),
        Err(_) => Err(Error::Store(store::Error::Stopped)),
    }
}

fn later(noticed: &Noticed, now: Timestamp) -> Settled {
    let why = "the door cannot be read";
    if noticed.attempts + 1 >= TRIES {
        return Settled::GivenUp(why);
    }
    Settled::PutOff(why, now.shifted_ms(RETRY_MS << noticed.attempts.min(TRIES)))
}

/// The fields of the tables, as fields of a door.
fn read(noticed: &Noticed) -> Option<(DoorId, DoorChange)> {
    let door = noticed.door.parse().ok()?;
    let value = noticed.value.clone();
    let change = match &noticed.contact {
        None if noticed.field == ACCESS_NOTES => DoorChange::SetAccessNotes(value),
        None => return None,
        Some(contact) => {
            let contact: ContactId = contact.parse().ok()?;
            DoorChange::SetContactField(contact, ContactField::from_name(&noticed.field), value)
        }
    };
    Some((door, change))
}

/// On top of what a change is made; nothing where there is no such door. Where its entry is there already, what that was made
/// on; else what whoever made the change had seen; or, where they have the last word, or history was dropped meanwhile, all
/// there is.
fn ground(
    store: &dyn Store,
    tenant: TenantId,
    door: DoorId,
    noticed: &Noticed,
    change: &DoorChange,
) -> Result<Option<MadeOn>, store::Error> {
    let Some(state) = reading::door_state(store, tenant, door)? else { return Ok(None) };
    let entries = reading::entries_of(store, tenant, Subject::Door(door))?;
    let seen = noticed.made_on();
    if entries.iter().any(|entry| is_made(entry, &seen.tips, change)) {
        return Ok(Some(seen));
    }
    let is_there = |id: &EntryId| entries.iter().any(|entry| entry.id() == *id);
    let is_good = noticed.wins.is_none() && seen.epoch == state.epoch && seen.tips.iter().all(is_there);
    Ok(Some(if is_good { seen } else { MadeOn::new(state.epoch, state.tips) }))
}

fn stands(state: &DoorState, change: &DoorChange) -> bool {
    match change {
        DoorChange::SetAccessNotes(notes) => state.door.access_notes == *notes,
        DoorChange::SetContactField(contact, field, value) => {
            let found = state.contacts.iter().find(|found| found.contact.id == *contact);
            found.is_some_and(|found| found.contact.fields.get(field).map_or("", String::as_str) == value)
        }
        _ => false,
    }
}

fn is_made(entry: &Entry, on: &[EntryId], change: &DoorChange) -> bool {
    matches!(&entry.payload, Payload::Door(edit) if edit.on == on && edit.change == *change)
}
