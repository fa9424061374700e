//! What the server did not take: shown until the person has seen it.

use super::{Error, Walkbook};
use crate::store::{EntryState, OwnEntry};
use walkbook_ledger::{Header, Payload, Subject};
use walkbook_model::{EntryId, Timestamp};
use walkbook_sync::Reason;

/// So many are shown, the latest: a phone where everything is refused needs help, not a longer list.
const SHOWN: u32 = 500;

/// Why an entry does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// The server has refused it. Nobody but this phone has it.
    Refused(Reason),
    /// It was written outside of any assignment: the server has it, and a lead decides.
    SetAside,
}

/// An entry of this phone that the server did not take as it was, and that has been rolled back here.
#[derive(Clone, PartialEq, Eq)]
pub struct NotTaken {
    /// The entry.
    pub entry: EntryId,
    /// The door, the list or the draft that it is about.
    pub about: Subject,
    /// Why.
    pub why: Why,
    /// When it was written, by the corrected clock.
    pub recorded_at: Timestamp,
    /// When the server said so, by its clock.
    pub told_at: Timestamp,
    /// Whether the person has seen it.
    pub seen: bool,
    /// What was written, so that nobody has to type it again; nothing, where it was erased or cannot be read.
    pub said: Option<Payload>,
    /// Why it was refused, in the words of whoever decided; nothing where the server did so by itself.
    pub words: Option<String>,
}

/// The words may speak of a person: prints the rest.
impl std::fmt::Debug for NotTaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NotTaken({}, {:?}, seen: {}, …)", self.entry, self.why, self.seen)
    }
}

impl Walkbook {
    /// What the server has refused or set aside, the latest first, at most 500. An edit that the phone has made again by
    /// itself is not among it.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], [`Error::LeaseOver`], [`Error::Store`].
    pub fn refused(&self) -> Result<Vec<NotTaken>, Error> {
        let inner = self.lock();
        inner.check_may_show()?;
        let device = inner.identity()?.device;
        let turned = inner.store.log.turned(SHOWN)?;
        Ok(turned.iter().filter_map(|own| not_taken(EntryId::new(device, own.seq), own)).collect())
    }

    /// Notes that the person has seen what became of this entry: the badge goes away, and it is not at risk any more.
    ///
    /// # Errors
    /// [`Error::NotHere`] if it is no entry of [`Walkbook::refused`]; [`Error::Store`].
    pub fn seen(&self, entry: EntryId) -> Result<(), Error> {
        let mut inner = self.lock();
        let own = inner.identity()?.device == entry.device;
        if !own || !inner.store.log.see(entry.seq)? {
            return Err(Error::NotHere { what: "entry" });
        }
        inner.news.status = true;
        Ok(())
    }
}

fn not_taken(entry: EntryId, own: &OwnEntry) -> Option<NotTaken> {
    let why = match own.state {
        EntryState::Refused { reason } => Why::Refused(Reason::of(reason)),
        EntryState::SetAside => Why::SetAside,
        EntryState::Saved | EntryState::OnServer | EntryState::InBackend => return None,
    };
    Some(NotTaken {
        entry,
        about: Header::from_bytes(&own.header).ok()?.subject,
        why,
        recorded_at: own.moment.at(),
        told_at: own.notice.told_at.unwrap_or_else(|| own.moment.at()),
        seen: own.notice.seen,
        words: own.notice.words.clone(),
        said: own.content.as_ref().and_then(|content| Payload::from_bytes(&content.payload).ok()),
    })
}
