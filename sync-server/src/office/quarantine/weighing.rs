//! What would become of what is set aside, if whoever is at the desk let it count.

use super::{Renamed, Which};
use crate::access::{Judge, Sender, publishes};
use crate::office::anew::{Anew, anew};
use crate::office::{Desk, Error};
use crate::store::{self, RescuedEntry, StoredEntry, User, Verdict};
use walkbook_ledger::{Entry, Header, Payload, Subject};
use walkbook_model::{DeviceId, EntryId, Moment, Role, Timestamp, UserId};
use walkbook_sync::Reason as Because;

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
            Self::Not(Because::Withheld) => "cannot count: clears what is withheld",
        })
    }
}

pub(super) fn look(desk: &Desk<'_>, stored: &StoredEntry, now: Timestamp) -> Result<SetAside, Error> {
    let writer = Writer::of(desk, stored.device)?;
    let content = stored.content.clone().readable();
    let payload = content.as_ref().map(|content| content.payload.as_slice());
    let would = match writer.judged(desk, Rights::Writers, (stored.device, stored.header), payload, now)? {
        Ok(_) => Would::Count,
        Err(_) => match writer.judged(desk, Rights::Both, (stored.device, stored.header), payload, now)? {
            Ok(_) => Would::CountIfReleased,
            Err(would) => would,
        },
    };
    let bounded = stored.bound.map_or(stored.header.moment, |bound: Moment| bound.min(stored.header.moment));
    Ok(SetAside {
        which: Which::Entry(EntryId::new(stored.device, stored.header.seq)),
        user: writer.user.id,
        about: stored.header.subject,
        written_at: bounded.at(),
        would,
        said: payload.and_then(|payload| Payload::from_bytes(payload).ok()),
    })
}

pub(super) fn look_at_rescued(desk: &Desk<'_>, rescued: &RescuedEntry, now: Timestamp) -> Result<SetAside, Error> {
    let renamed = Renamed::read(desk.store(), desk.tenant(), rescued)?;
    // Whatever it will be called.
    let id = EntryId::new(rescued.device, rescued.header.seq);
    let would = match weigh_rescued(desk, (rescued, &renamed), id, now)? {
        Ok(_) => Would::CountIfReleased,
        Err(would) => would,
    };
    Ok(SetAside {
        which: Which::Rescued(rescued.number),
        user: Writer::of(desk, rescued.device)?.user.id,
        about: renamed.subject(rescued.header.subject),
        written_at: rescued.header.moment.at(),
        would,
        said: rescued.payload.clone().readable().and_then(|bytes| Payload::from_bytes(&bytes).ok()),
    })
}

/// The entry, if it counts once it is let; else what keeps it.
pub(super) fn weigh(desk: &Desk<'_>, stored: &StoredEntry, now: Timestamp) -> Result<Result<Entry, Would>, Error> {
    let content = stored.content.clone().readable();
    let payload = content.as_ref().map(|content| content.payload.as_slice());
    let judged =
        Writer::of(desk, stored.device)?.judged(desk, Rights::Both, (stored.device, stored.header), payload, now)?;
    Ok(judged.map(|entry| Entry { bound: stored.bound, ..entry }))
}

/// What is to be written as `id` in its place, if it counts once it is let; else what keeps it.
pub(super) fn weigh_rescued(
    desk: &Desk<'_>,
    (rescued, renamed): (&RescuedEntry, &Renamed),
    id: EntryId,
    now: Timestamp,
) -> Result<Result<Anew, Would>, Error> {
    let writer = Writer::of(desk, rescued.device)?;
    let anew = match anew(desk.store(), desk.tenant(), (rescued, writer.user.id, id), renamed)? {
        Ok(anew) => anew,
        Err(would) => return Ok(Err(would)),
    };
    let Header { moment, .. } = rescued.header;
    let header = Header { seq: id.seq, moment, subject: anew.subject, epoch: anew.epoch };
    let payload = anew.payload.to_bytes();
    Ok(writer.judged(desk, Rights::Both, (id.device, header), Some(&payload), now)?.map(|_| anew))
}

/// Whose rights an entry is held against.
#[derive(Clone, Copy)]
enum Rights {
    /// Its writer's: the server would take it by itself.
    Writers,
    /// Its writer's, and those of whoever is at the desk.
    Both,
}

struct Writer {
    user: User,
    is_shut_out: bool,
}

impl Writer {
    fn of(desk: &Desk<'_>, device: DeviceId) -> Result<Self, Error> {
        let (store, tenant) = (desk.store(), desk.tenant());
        let device = store.device(tenant, device)?.ok_or(Error::Unknown { what: "device" })?;
        let user = match store.user(tenant, device.user) {
            // Only the label is unreadable.
            Err(store::Error::Damaged { .. }) => User { id: device.user, label: String::new(), role: Role::Canvasser },
            found => found?.ok_or(Error::Unknown { what: "user" })?,
        };
        Ok(Self { user, is_shut_out: device.revoked_at.is_some() })
    }

    fn judged(
        &self,
        desk: &Desk<'_>,
        rights: Rights,
        (device, header): (DeviceId, Header),
        payload: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<Result<Entry, Would>, Error> {
        let sender = Sender { tenant: desk.tenant(), device, user: self.user.clone(), spent: None };
        // A phone that is shut out has no rights any more, whoever has it.
        let writers = (!self.is_shut_out).then(|| self.user.clone());
        let desks = matches!(rights, Rights::Both).then(|| desk.rights(&self.user));
        let mut judge = Judge::new(desk.store(), &sender, now, 0).by_rights_of(writers.into_iter().chain(desks));
        Ok(match judge.judge(header, payload)? {
            // Whoever wants it published by now looks at it, and does it again.
            Ok((entry, _)) if publishes(&entry) => Err(Would::Not(Because::Rebase)),
            Ok((entry, Verdict::Accepted)) => Ok(entry),
            Ok(_) => Err(Would::Wait),
            Err(reason) => Err(Would::Not(reason)),
        })
    }
}
