//! Bases, and the entries about them.

use super::{View, Writer, unsigned};
use crate::error::Error;
use crate::store::signed;
use rusqlite::{Row, params};
use walkbook_model::{DeviceId, DoorId, EntryId, Moment, ScriptId, WalkListId};

/// What a base or an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// A door, with its contacts.
    Door(DoorId),
    /// A walk list.
    List(WalkListId),
    /// A script's draft. It has no base.
    Draft(ScriptId),
}

impl Document {
    pub(super) const fn columns(self) -> (i64, [u8; 16]) {
        match self {
            Self::Door(door) => (0, door.to_bytes()),
            Self::List(list) => (1, list.to_bytes()),
            Self::Draft(script) => (2, script.to_bytes()),
        }
    }

    pub(super) fn from_row(row: &Row<'_>, kind: usize, id: usize) -> rusqlite::Result<Self> {
        let id = row.get(id)?;
        match row.get::<_, i64>(kind)? {
            0 => Ok(Self::Door(DoorId::from_bytes(id))),
            1 => Ok(Self::List(WalkListId::from_bytes(id))),
            2 => Ok(Self::Draft(ScriptId::from_bytes(id))),
            other => Err(rusqlite::Error::IntegralValueOutOfRange(kind, other)),
        }
    }
}

/// A base as the server cut it.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldBase {
    /// Its epoch.
    pub epoch: u32,
    /// Its canonical bytes.
    pub record: Vec<u8>,
}

/// May name a person: prints its epoch only.
impl std::fmt::Debug for HeldBase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HeldBase(epoch {}, …)", self.epoch)
    }
}

/// An entry of any device, this one's too once it has been worked in, so that a door's entries lie in one place.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldEntry {
    /// Whose, and which.
    pub id: EntryId,
    /// What it is about.
    pub about: Document,
    /// The server's time of receipt, where the device's clock had run ahead of it.
    pub bound: Option<Moment>,
    /// The header's canonical bytes.
    pub header: Vec<u8>,
    /// The payload's canonical bytes; nothing once erased.
    pub payload: Option<Vec<u8>>,
}

/// May name a person: prints its identity only.
impl std::fmt::Debug for HeldEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HeldEntry({}, …)", self.id)
    }
}

impl View<'_> {
    /// The base of a document, if the phone has it.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn base(&self, document: Document) -> Result<Option<HeldBase>, Error> {
        let (kind, id) = document.columns();
        let sql = "SELECT epoch, record FROM base WHERE kind = ?1 AND id = ?2";
        self.one(sql, params![kind, id], |row| Ok(HeldBase { epoch: row.get(0)?, record: row.get(1)? }))
    }

    /// Whether the phone has the base of a document: without reading it, which takes long where it is a large list's.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn has_base(&self, document: Document) -> Result<bool, Error> {
        let (kind, id) = document.columns();
        Ok(self.one("SELECT 1 FROM base WHERE kind = ?1 AND id = ?2", params![kind, id], |_| Ok(()))?.is_some())
    }

    /// Every entry about a document, by device and sequence number.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn entries_about(&self, document: Document) -> Result<Vec<HeldEntry>, Error> {
        let (kind, id) = document.columns();
        let sql = "SELECT device, seq, kind, subject, bound, header, payload FROM entry
                   WHERE kind = ?1 AND subject = ?2 ORDER BY device, seq";
        self.all(sql, params![kind, id], held)
    }

    /// What the book has of a device's log behind this place, in order.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn entries_behind(&self, last: EntryId) -> Result<Vec<HeldEntry>, Error> {
        let sql = "SELECT device, seq, kind, subject, bound, header, payload FROM entry
                   WHERE device = ?1 AND seq > ?2 ORDER BY seq";
        self.all(sql, params![last.device.to_bytes(), signed(last.seq)?], held)
    }
}

fn held(row: &Row<'_>) -> rusqlite::Result<HeldEntry> {
    Ok(HeldEntry {
        id: EntryId::new(DeviceId::from_bytes(row.get(0)?), unsigned(row, 1)?),
        about: Document::from_row(row, 2, 3)?,
        bound: row.get::<_, Option<i64>>(4)?.map(|bits| Moment::from_bits(bits.cast_unsigned())),
        header: row.get(5)?,
        payload: row.get(6)?,
    })
}

impl Writer<'_> {
    /// Puts a document's base in the place of the one before.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn put_base(&self, document: Document, base: &HeldBase) -> Result<(), Error> {
        let (kind, id) = document.columns();
        let sql = "INSERT INTO base (kind, id, epoch, record) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (kind, id) DO UPDATE SET epoch = excluded.epoch, record = excluded.record";
        self.run(sql, params![kind, id, base.epoch, base.record]).map(drop)
    }

    /// Adds an entry; says whether it is new. One that is there already stays as it is, however often it comes, but for the
    /// server's time of receipt, which is filled in where it was not known: so an own entry learns it.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn add_entry(&self, entry: &HeldEntry) -> Result<bool, Error> {
        let (kind, subject) = entry.about.columns();
        let (device, seq) = (entry.id.device.to_bytes(), signed(entry.id.seq)?);
        let bound = entry.bound.map(|bound| bound.to_bits().cast_signed());
        let sql = "INSERT INTO entry (device, seq, kind, subject, bound, header, payload)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (device, seq) DO NOTHING";
        let added = self.run(sql, params![device, seq, kind, subject, bound, entry.header, entry.payload])?;
        if let (0, Some(bound)) = (added, entry.bound) {
            self.bound_entry(entry.id, bound)?;
        }
        Ok(added == 1)
    }

    /// Adds an entry of another device, in the place of what the server showed of it before.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn show_entry(&self, entry: &HeldEntry) -> Result<(), Error> {
        if self.add_entry(entry)? {
            return Ok(());
        }
        let (device, seq) = (entry.id.device.to_bytes(), signed(entry.id.seq)?);
        // What was erased here stays so.
        let sql = "UPDATE entry SET payload = ?3 WHERE device = ?1 AND seq = ?2 AND payload <> ?3";
        if self.run(sql, params![device, seq, entry.payload])? == 0 { Ok(()) } else { self.leaves_traces() }
    }

    /// What an entry is about, if the book has it.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn about(&self, id: EntryId) -> Result<Option<Document>, Error> {
        let sql = "SELECT kind, subject FROM entry WHERE device = ?1 AND seq = ?2";
        self.view().one(sql, params![id.device.to_bytes(), signed(id.seq)?], |row| Document::from_row(row, 0, 1))
    }

    /// Fills in the server's time of receipt of an entry, where it was not known.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn bound_entry(&self, id: EntryId, bound: Moment) -> Result<(), Error> {
        let sql = "UPDATE entry SET bound = ?3 WHERE device = ?1 AND seq = ?2 AND bound IS NULL";
        self.run(sql, params![id.device.to_bytes(), signed(id.seq)?, bound.to_bits().cast_signed()]).map(drop)
    }

    /// Takes an entry out: one that the server has refused, or that was folded into a new base.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn remove_entry(&self, id: EntryId) -> Result<(), Error> {
        let sql = "DELETE FROM entry WHERE device = ?1 AND seq = ?2";
        self.run(sql, params![id.device.to_bytes(), signed(id.seq)?]).map(drop)
    }

    /// Erases what an entry says; that it was written stays. Follow it with `Book::leave_no_trace`, and do the same in
    /// the log where the entry is this device's own.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn erase_payload(&self, id: EntryId) -> Result<(), Error> {
        self.leaves_traces()?;
        let sql = "UPDATE entry SET payload = NULL WHERE device = ?1 AND seq = ?2";
        self.run(sql, params![id.device.to_bytes(), signed(id.seq)?]).map(drop)
    }
}
