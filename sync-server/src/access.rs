//! Who may write what. A phone is never trusted: each entry is held against its sender's role and lists before it counts.
//!
//! What each role may do, and how far it reaches, is in one table: [`walkbook_model::rights`]. Here it is found out whose
//! a door, a list or a user is (`ties`), and what else an entry must hold against:
//!
//! | what | becomes |
//! |---|---|
//! | at a door that the right reaches, or an own new door | accepted |
//! | at a door that it reached, written before it left | accepted |
//! | at a door that it reached, written afterwards | set aside |
//! | at any other door | refused |
//!
//! What a phone brings again to a server that was restored is set aside where it would be refused.

mod drafts;
mod edits;
mod facts;
mod known;
pub(crate) mod ties;

pub(crate) use drafts::publishes;

use crate::store::{self, Reach, Spent, Store, User, Verdict};
use known::Known;
use std::collections::BTreeSet;
use ties::Ties;
use walkbook_ledger::{Entry, Header, ListBase, Payload, Subject};
use walkbook_model::limits::PAYLOAD_BYTES;
use walkbook_model::{Action, DeviceId, DoorId, Moment, TenantId, Timestamp, Whose};
use walkbook_sync::Reason;

/// As many epochs of a document as a server can have lost that was restored, and more.
const EPOCHS_LOST: u32 = 1_000;

/// Who sends.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The tenant.
    pub tenant: TenantId,
    /// The device, whose log is read.
    pub device: DeviceId,
    /// The user it belongs to.
    pub user: User,
    /// The challenge that its request has spent; nothing where it named an earlier one, and for the office.
    pub spent: Option<Spent>,
}

/// What is made of an entry: the entry itself where it counts, or is set aside.
pub(crate) type Judged = Result<(Entry, Verdict), Reason>;

/// Holds the entries of one run, in order, against what their sender may do. Remembers what it has looked up and what
/// it has judged: later entries of a run build on earlier ones.
pub(crate) struct Judge<'a> {
    store: &'a dyn Store,
    sender: &'a Sender,
    now: Timestamp,
    refilled_up_to: u64,
    /// Those by whose rights it judges.
    ties: Vec<Ties<'a>>,
    known: Known,
}

/// Why an entry goes no further: it is refused, or the store failed.
enum Stop {
    Refused(Reason),
    Failed(store::Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason)
    }
}

/// Goes on, or refuses for this reason.
fn require(holds: bool, otherwise: Reason) -> Result<(), Reason> {
    if holds { Ok(()) } else { Err(otherwise) }
}

/// Whether what an entry is refused for may lie in what others have written.
const fn rests_on_others(reason: Reason) -> bool {
    match reason {
        Reason::NotYours | Reason::NotAllowed | Reason::Rebase | Reason::UnfitAnswer | Reason::Withheld => true,
        Reason::Malformed | Reason::Erased | Reason::Declined => false,
    }
}

impl<'a> Judge<'a> {
    /// A judge of the next entries of the sender's log. Those up to and including `refilled_up_to` were
    /// written before the phone knew that the server had been restored to an earlier state.
    pub(crate) fn new(store: &'a dyn Store, sender: &'a Sender, now: Timestamp, refilled_up_to: u64) -> Self {
        let ties = vec![Ties::new(store, sender.tenant, sender.user.clone())];
        Self { store, sender, now, refilled_up_to, ties, known: Known::default() }
    }

    /// Judges by the rights of these users, in place of the sender's: whatever an entry does, one of them may do.
    pub(crate) fn by_rights_of(mut self, users: impl IntoIterator<Item = User>) -> Self {
        self.ties = users.into_iter().map(|user| Ties::new(self.store, self.sender.tenant, user)).collect();
        self
    }

    /// Looks up at once what judging entries of these headers will ask for.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn look_up<'h>(&mut self, headers: impl Iterator<Item = &'h Header>) -> Result<(), store::Error> {
        let doors = headers.filter_map(|header| match header.subject {
            Subject::Door(door) => Some(door),
            Subject::List(_) | Subject::Script(_) => None,
        });
        let doors: BTreeSet<DoorId> = doors.collect();
        self.ties.iter_mut().try_for_each(|ties| ties.look_up(doors.clone()))
    }

    /// Judges the next entry of the log; `payload` is missing where the phone has erased it.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn judge(&mut self, header: Header, payload: Option<&[u8]>) -> Result<Judged, store::Error> {
        let judged = match self.open(header, payload) {
            Err(reason) => Err(reason),
            Ok(entry) => match self.weigh(&entry) {
                Ok(verdict) => Ok((entry, verdict)),
                Err(Stop::Refused(reason)) if self.may_wait(&entry, reason) => Ok((entry, Verdict::Quarantined)),
                Err(Stop::Refused(reason)) => Err(reason),
                Err(Stop::Failed(error)) => return Err(error),
            },
        };
        self.known.remember(header, judged.as_ref().map(|(entry, verdict)| (entry, *verdict)).ok());
        Ok(judged)
    }

    /// The time of receipt, where the device's clock has run ahead of it.
    pub(crate) fn bound(&self, header: &Header) -> Option<Moment> {
        let receipt = Moment::new(self.now, u16::MAX);
        (header.moment > receipt).then_some(receipt)
    }

    /// Whether it is set aside in place of being refused: what it rests on may have been lost with the server's last hours.
    /// Nothing is published of what nobody can read any more.
    fn may_wait(&self, entry: &Entry, reason: Reason) -> bool {
        entry.header.seq <= self.refilled_up_to && rests_on_others(reason) && !publishes(entry)
    }

    /// The entry, if it is well-formed and within its bounds.
    fn open(&self, header: Header, payload: Option<&[u8]>) -> Result<Entry, Reason> {
        let bytes = payload.ok_or(Reason::Erased)?;
        require(bytes.len() <= PAYLOAD_BYTES, Reason::Malformed)?;
        let payload = Payload::from_bytes(bytes).map_err(|_| Reason::Malformed)?;
        let entry = Entry { device: self.sender.device, header, bound: self.bound(&header), payload };
        entry.check().map_err(|_| Reason::Malformed)?;
        Ok(entry)
    }

    fn weigh(&mut self, entry: &Entry) -> Result<Verdict, Stop> {
        require(self.may(Action::Knock, Whose::Own), Reason::NotAllowed)?;
        require(self.may_be_of_epoch(&entry.header)?, Reason::Malformed)?;
        match entry.header.subject {
            Subject::Door(door) => self.weigh_at_door(entry, door),
            Subject::List(list) => self.weigh_on_list(entry, list),
            Subject::Script(script) => self.weigh_on_draft(entry, script),
        }
    }

    /// Whether the writer can have had a base of this epoch. Epochs are cut one by one: one far ahead never was.
    fn may_be_of_epoch(&self, header: &Header) -> Result<bool, store::Error> {
        if header.epoch <= EPOCHS_LOST {
            return Ok(true);
        }
        let Subject::List(_) = header.subject else { return Ok(false) };
        let base = self.store.base_of(self.sender.tenant, header.subject)?.and_then(|base| base.bytes.readable());
        let base = base.and_then(|bytes| ListBase::from_bytes(&bytes).ok());
        Ok(base.is_some_and(|base| header.epoch <= base.epoch.saturating_add(EPOCHS_LOST)))
    }

    fn weigh_at_door(&mut self, entry: &Entry, door: DoorId) -> Result<Verdict, Stop> {
        let reached = self.weigh_reach(entry, door)?;
        let said = match &entry.payload {
            Payload::Interaction(interaction) => self.weigh_interaction(interaction)?,
            Payload::Correction(correction) => self.weigh_correction(entry, door, correction)?,
            Payload::Consent(consent) => self.weigh_consent(consent)?,
            Payload::Lift(_) => {
                require(self.reach_for(Action::LiftNo, door)? != Reach::Never, Reason::NotAllowed)?;
                Verdict::Accepted
            }
            Payload::Suppression(_) => Verdict::Accepted,
            Payload::Door(edit) => self.weigh_door_edit(entry, edit)?,
            Payload::List(_) | Payload::Script(_) => return Err(Reason::Malformed.into()),
        };
        Ok(if said == Verdict::Accepted { reached } else { said })
    }

    /// Whether the door is the sender's to write at, by lists and time.
    fn weigh_reach(&mut self, entry: &Entry, door: DoorId) -> Result<Verdict, Stop> {
        if known::adds(entry, door) {
            self.known.added(door);
            self.ties.iter_mut().for_each(|ties| ties.added(door));
            return Ok(Verdict::Accepted);
        }
        match self.reach_for(Action::Knock, door)? {
            Reach::Now => Ok(Verdict::Accepted),
            // What was written while the door was theirs counts, whenever it arrives.
            Reach::Until(ended) if entry.moment().at() <= ended => Ok(Verdict::Accepted),
            Reach::Until(_) => Ok(Verdict::Quarantined),
            Reach::Never => Err(Reason::NotYours.into()),
        }
    }
}

#[cfg(test)]
mod tests;
