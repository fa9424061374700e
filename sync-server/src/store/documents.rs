//! Documents: bases, scripts, who works what, and what is new on a list.

use super::{Error, Held, LogPosition, StoredEntry};
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, DeviceId, DoorId, EntryId, TenantId, Timestamp, UserId, WalkListId};

/// The name of a stretch of the store's history. Positions are given anew after a restore; with the life beside it, a
/// position that the store no longer stands by is told from one that it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Life(pub [u8; 8]);

/// Whether a door is a person's to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It is on a list of theirs, or they added it.
    Now,
    /// It was, until then.
    Until(Timestamp),
    /// It never was.
    Never,
}

impl Reach {
    /// The longer of the two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Now, _) | (_, Self::Now) => Self::Now,
            (Self::Until(one), Self::Until(another)) => Self::Until(one.max(another)),
            (until @ Self::Until(_), Self::Never) | (Self::Never, until) => until,
        }
    }
}

/// A base to be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct NewBase {
    /// Which document's.
    pub subject: Subject,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
}

/// A base as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredBase {
    /// Which document's.
    pub subject: Subject,
    /// Its canonical bytes.
    pub bytes: Held<Vec<u8>>,
    /// The hash of these bytes.
    pub content_hash: ContentHash,
    /// When it was put, among the tenant's changes.
    pub position: LogPosition,
}

macro_rules! unseen {
    ($($name:ident),+) => {$(
        /// May name a person: prints its subject only.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({:?}, …)"), self.subject)
            }
        }
    )+};
}
unseen!(NewBase, StoredBase);

/// A change of who works what. Doing it twice does it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListUpdate {
    /// A door comes onto a list, behind those that came before.
    Join(WalkListId, DoorId),
    /// A door leaves a list.
    Leave(WalkListId, DoorId),
    /// A person gets a list.
    Assign(WalkListId, UserId),
    /// A person loses a list.
    Unassign(WalkListId, UserId),
}

/// That a list was, or is, a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// Which list.
    pub list: WalkListId,
    /// From which position on.
    pub from: LogPosition,
    /// Up to which position; nothing while it lasts.
    pub until: Option<LogPosition>,
}

/// Something new on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The list or one of its doors has a new base.
    Base(StoredBase),
    /// Something happened to the list or at one of its doors.
    Entry(StoredEntry),
    /// An entry about this does not count any more: it had, before the store was restored.
    Recalled(Subject, EntryId),
    /// Less is left of this entry than was written, or nothing: it spoke of somebody who was erased.
    Erased(StoredEntry),
    /// A door came onto the list: its base and all its entries are new to the list's readers.
    Joined(DoorId),
    /// The list has other streets around its doors.
    Streets,
    /// The list has another map under its doors.
    Map,
    /// A door left the list: its readers are to forget it, unless it is on another list of theirs.
    Left(DoorId),
}

/// A page of what is new on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePage {
    /// The changes, by position.
    pub changes: Vec<(LogPosition, Change)>,
    /// Where to read on.
    pub next: LogPosition,
    /// Whether there is more to read now.
    pub more: bool,
}

/// The part of the store that keeps documents.
pub trait Documents {
    /// Stores bases, all or none, and returns their positions. A base that is there already changes nothing.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant, [`Error::KeyDestroyed`].
    fn put_bases(&self, tenant: TenantId, bases: &[NewBase]) -> Result<Vec<LogPosition>, Error>;

    /// Puts a base in the place of a list's, unless a base of that list was put, or an entry about it accepted or released,
    /// since `as_of`; who works what changes with it. Says whether it did.
    ///
    /// # Errors
    /// As [`put_bases`](Self::put_bases).
    fn replace_base(
        &self,
        tenant: TenantId,
        base: &NewBase,
        updates: &[ListUpdate],
        as_of: LogPosition,
        now: Timestamp,
    ) -> Result<bool, Error>;

    /// A document's base.
    ///
    /// # Errors
    /// Those of the database.
    fn base_of(&self, tenant: TenantId, subject: Subject) -> Result<Option<StoredBase>, Error>;

    /// Stores a version of a script and returns its name.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant, [`Error::KeyDestroyed`].
    fn put_script(&self, tenant: TenantId, bytes: &[u8]) -> Result<ContentHash, Error>;

    /// Keeps the streets around a list's doors, in the place of those there were, and tells the list's readers. The same
    /// streets change nothing.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant, [`Error::KeyDestroyed`].
    fn put_streets(&self, tenant: TenantId, list: WalkListId, bytes: &[u8]) -> Result<(), Error>;

    /// The streets around a list's doors.
    ///
    /// # Errors
    /// Those of the database.
    fn streets_of(&self, tenant: TenantId, list: WalkListId) -> Result<Option<Held<Vec<u8>>>, Error>;

    /// The version of a script with this name.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::KeyDestroyed`].
    fn script(&self, tenant: TenantId, hash: ContentHash) -> Result<Option<Vec<u8>>, Error>;

    /// A page of the documents that have a base, behind `after`: doors before lists before drafts, each by id.
    ///
    /// # Errors
    /// Those of the database.
    fn subjects(&self, tenant: TenantId, after: Option<Subject>, limit: u32) -> Result<Vec<Subject>, Error>;

    /// Changes who works what, all or nothing.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant or the user.
    fn update_lists(&self, tenant: TenantId, updates: &[ListUpdate], now: Timestamp) -> Result<(), Error>;

    /// Makes a list of doors that are on no list: its base is put and they join it in this order, all or nothing. Whoever
    /// else makes lists at the same time, no door comes onto two.
    ///
    /// # Errors
    /// [`Error::Taken`] if a door is on a list by now, [`Error::Exists`] if there is such a list; [`Error::Unknown`]
    /// without the tenant, [`Error::KeyDestroyed`].
    fn make_list(&self, tenant: TenantId, list: WalkListId, base: &[u8], doors: &[DoorId]) -> Result<(), Error>;

    /// A page of the doors that have a base and are on no list, by id, behind `after`.
    ///
    /// # Errors
    /// Those of the database.
    fn free_doors(&self, tenant: TenantId, after: Option<DoorId>, limit: u32) -> Result<Vec<DoorId>, Error>;

    /// Whether doors are, or were, a person's to work: of each in turn.
    ///
    /// # Errors
    /// Those of the database.
    fn reach(&self, tenant: TenantId, user: UserId, doors: &[DoorId]) -> Result<Vec<Reach>, Error>;

    /// The life that cursors given out now are of.
    fn life(&self) -> Life;

    /// Whether a position of this life still means what it meant: the store was not restored to a moment before it.
    ///
    /// # Errors
    /// Those of the database.
    fn stands_by(&self, tenant: TenantId, life: Life, position: LogPosition) -> Result<bool, Error>;

    /// The lists that a door is on.
    ///
    /// # Errors
    /// Those of the database.
    fn lists_with(&self, tenant: TenantId, door: DoorId) -> Result<Vec<WalkListId>, Error>;

    /// The lists that are or were a person's, by list and position.
    ///
    /// # Errors
    /// Those of the database.
    fn assignments_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Assignment>, Error>;

    /// A page of a list's doors, for the first download, in the order in which they joined. The rank is the position of
    /// joining: it never changes while the door stays, so that no door is skipped when the list changes meanwhile.
    ///
    /// The reader takes [`head`](super::Log::head) before the first page and reads [`changes_since`](Self::changes_since)
    /// from there when it has all pages.
    ///
    /// # Errors
    /// Those of the database.
    fn doors_of(
        &self,
        tenant: TenantId,
        list: WalkListId,
        after: LogPosition,
        limit: u32,
    ) -> Result<Vec<(LogPosition, DoorId)>, Error>;

    /// A page of what is new on a list since a position. What concerned a door that has left meanwhile is not in it, nor
    /// what the reader wrote, if one is named.
    ///
    /// # Errors
    /// Those of the database.
    fn changes_since(
        &self,
        tenant: TenantId,
        list: WalkListId,
        since: LogPosition,
        reader: Option<DeviceId>,
        limit: u32,
    ) -> Result<ChangePage, Error>;

    /// Destroys a document's data key: its base and every content sealed so far are gone, from every copy of the store
    /// too that does not hold the key. What is put later gets a new key. Says whether there was a key.
    ///
    /// # Errors
    /// Those of the database.
    fn destroy_document_key(&self, tenant: TenantId, subject: Subject, now: Timestamp) -> Result<bool, Error>;
}
