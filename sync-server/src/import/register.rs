//! Rows brought together by door: a voter file has a row for each person, anywhere in the file.
//!
//! They are sorted by address outside memory, so that what is held does not grow with the file: the doors of one address, and a
//! few ten megabytes for sorting. A second sort finds ids that stand at two addresses.

use super::options::SAME_DOOR_M;
use super::refused::{Reason, RowRefused};
use super::row::{RegisterRow, name_contacts};
use super::sorting::{Sorted, Sorter};
use super::summary::Summary;
use std::io;
use std::iter::Peekable;
use std::path::Path;
use walkbook_model::cbor::{self, Caps, Malformed};
use walkbook_model::limits::CONTACTS;
use walkbook_model::{ContentHash, Door, DoorId, Invalid, Position};

/// Doors of one address that lie apart. A register with more repeats than this is wrong, and each costs a comparison.
const PLACES: usize = 32;
/// Of a record's key: the address, or the row's own id.
const ID_BYTES: usize = 16;
/// And the line.
const KEY_BYTES: usize = ID_BYTES + 8;

/// The doors of a file, each with all its contacts, in the order of their addresses' ids.
pub struct Register<F> {
    rows: Peekable<Sorted>,
    left: u64,
    /// Rows whose id stands at another address too, in the same order.
    misplaced: Peekable<Sorted>,
    refuse: F,
    summary: Summary,
    /// The doors of the address that was read last.
    ready: std::vec::IntoIter<Door>,
}

impl<F: FnMut(RowRefused) -> io::Result<()>> Register<F> {
    /// Reads the rows to their end; doors follow as they are asked for. `refuse` is told of each row that is not taken: now of
    /// those that cannot be read, and with the doors of those that repeat others. What does not fit into memory goes into
    /// files without a name on the disk of `scratch`.
    ///
    /// # Errors
    /// Those of that disk, and of `refuse`.
    pub fn read(
        rows: impl IntoIterator<Item = Result<RegisterRow, RowRefused>>,
        scratch: &Path,
        mut refuse: F,
    ) -> io::Result<Self> {
        let (mut summary, mut left) = (Summary::default(), 0);
        let (mut by_address, mut by_id) = (Sorter::new(scratch), Sorter::new(scratch));
        for row in rows {
            match row {
                Ok(row) => {
                    if let Some(id) = id_key(&row.source_id) {
                        by_id.push(&key(id, row.line), &Claim::of(&row).to_bytes())?;
                    }
                    left += 1;
                    by_address.push(&key(row.door.id.to_bytes(), row.line), &row.to_bytes())?;
                }
                Err(refused) => {
                    summary.count(Some(&refused.reason));
                    refuse(refused)?;
                }
            }
        }
        let misplaced = misplaced(by_id.sorted()?, Sorter::new(scratch))?.peekable();
        let rows = by_address.sorted()?.peekable();
        Ok(Self { rows, left, misplaced, refuse, summary, ready: Vec::new().into_iter() })
    }

    /// The counts of all rows, once the last door was given.
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The rows that are still to be brought together.
    pub const fn left(&self) -> u64 {
        self.left
    }

    /// The doors of the next address; nothing behind the last.
    fn next_address(&mut self) -> io::Result<Option<Vec<Door>>> {
        let Some(mut record) = self.rows.next().transpose()? else { return Ok(None) };
        let address: Vec<u8> = record.iter().take(ID_BYTES).copied().collect();
        let mut places = Places::default();
        loop {
            let row = whole(RegisterRow::from_bytes(value(&record)))?;
            let line = row.line;
            self.left -= 1;
            let taken = match self.stands_at_another(&record)? {
                Some(of_line) => Err(Reason::SameId { of_line }),
                None => places.take(row),
            };
            self.summary.count(taken.as_ref().err());
            if let Err(reason) = taken {
                (self.refuse)(RowRefused { line, column: None, reason })?;
            }
            match self.rows.next_if(|next| next.as_ref().is_ok_and(|next| next.starts_with(&address))) {
                Some(next) => record = next?,
                None => return Ok(Some(places.doors())),
            }
        }
    }

    /// The line on which the row's id stands at another address.
    fn stands_at_another(&mut self, record: &[u8]) -> io::Result<Option<u64>> {
        let own = record.get(..KEY_BYTES);
        let found = self.misplaced.next_if(|other| other.as_ref().map_or(true, |other| other.get(..KEY_BYTES) == own));
        found.transpose()?.map(|found| whole(cbor::decode(value(&found), Caps::RECORD))).transpose()
    }
}

impl<F: FnMut(RowRefused) -> io::Result<()>> Iterator for Register<F> {
    type Item = io::Result<Door>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(door) = self.ready.next() {
                return Some(Ok(door));
            }
            match self.next_address() {
                Ok(doors) => self.ready = doors?.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Where an id of the file stands.
struct Claim {
    line: u64,
    address: DoorId,
    position: Option<Position>,
}

impl Claim {
    const fn of(row: &RegisterRow) -> Self {
        Self { line: row.line, address: row.door.id, position: row.door.position }
    }

    fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(&(self.line, self.address, self.position))
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (line, address, position) = cbor::decode(bytes, Caps::RECORD)?;
        Ok(Self { line, address, position })
    }

    fn is_same_place(&self, other: &Self) -> bool {
        self.address == other.address && is_near(self.position, other.position)
    }
}

/// Of each id the first row counts; the rows that have it elsewhere, by address and line.
fn misplaced(by_id: Sorted, mut misplaced: Sorter) -> io::Result<Sorted> {
    let mut first: Option<(Box<[u8]>, Claim)> = None;
    for record in by_id {
        let record = record?;
        let claim = whole(Claim::from_bytes(value(&record)))?;
        match &first {
            Some((known, holder)) if known.get(..ID_BYTES) == record.get(..ID_BYTES) => {
                if !holder.is_same_place(&claim) {
                    misplaced.push(&key(claim.address.to_bytes(), claim.line), &cbor::encode(&holder.line))?;
                }
            }
            _ => first = Some((record, claim)),
        }
    }
    misplaced.sorted()
}

/// The doors of one address.
#[derive(Default)]
struct Places(Vec<Place>);

struct Place {
    position: Option<Position>,
    line: u64,
    door: Door,
}

impl Places {
    /// Takes a row, or says which earlier one it repeats.
    ///
    /// A door is its address. Where one address occurs twice more than 30 m apart (two streets of one name in a town
    /// without postcodes), the first keeps the address' id and the later ones add their own row's id to it.
    fn take(&mut self, row: RegisterRow) -> Result<(), Reason> {
        let RegisterRow { line, source_id, mut door, apart } = row;
        let near = self.0.iter().position(|place| is_near(place.position, door.position));
        // Nothing tells such a row from another, or there are too many to tell apart.
        let same = near.or_else(|| self.0.iter().position(|place| place.door.id == apart));
        let same = same.or_else(|| (source_id.is_empty() || self.0.len() >= PLACES).then_some(0));
        let is_first = self.0.is_empty();
        match same.and_then(|place| self.0.get_mut(place)) {
            Some(place) => place.merge(door),
            None => {
                if !is_first {
                    door.id = apart;
                }
                name_contacts(&mut door);
                self.0.push(Place { position: door.position, line, door });
                Ok(())
            }
        }
    }

    fn doors(self) -> Vec<Door> {
        self.0.into_iter().map(|place| place.door).collect()
    }
}

impl Place {
    /// A later row of a door adds its contact and fills parts that were empty.
    fn merge(&mut self, mut later: Door) -> Result<(), Reason> {
        let door = &mut self.door;
        later.id = door.id;
        name_contacts(&mut later);
        later.contacts.retain(|contact| door.contacts.iter().all(|known| known.id != contact.id));
        if later.contacts.is_empty() {
            return Err(Reason::Duplicate { of_line: self.line });
        }
        if door.contacts.len() + later.contacts.len() > CONTACTS {
            return Err(Invalid::TooMany { what: "door.contacts", limit: CONTACTS }.into());
        }
        door.position = door.position.or(later.position);
        door.address.floor = door.address.floor.or(later.address.floor);
        door.contacts.append(&mut later.contacts);
        Ok(())
    }
}

/// A row without coordinates is near everything: its address is all there is to go by.
fn is_near(one: Option<Position>, other: Option<Position>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one.distance_m(other) <= SAME_DOOR_M)
}

fn id_key(source_id: &str) -> Option<[u8; ID_BYTES]> {
    let hash = ContentHash::of(source_id.as_bytes()).to_bytes();
    hash.first_chunk::<ID_BYTES>().copied().filter(|_| !source_id.is_empty())
}

fn key(id: [u8; ID_BYTES], line: u64) -> Vec<u8> {
    [&id[..], &line.to_be_bytes()].concat()
}

/// What stands behind a record's key.
fn value(record: &[u8]) -> &[u8] {
    record.get(KEY_BYTES..).unwrap_or_default()
}

/// This process wrote it: where it cannot be read, the disk has failed.
fn whole<T>(read: Result<T, Malformed>) -> io::Result<T> {
    read.map_err(|_| io::ErrorKind::InvalidData.into())
}
