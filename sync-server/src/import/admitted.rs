//! What has been taken so far: finds rows that are a door, or a person, already met.

use super::options::SAME_DOOR_M;
use super::refused::Reason;
use super::row::{RegisterRow, name_contacts};
use std::collections::{HashMap, HashSet};
use walkbook_model::{ContactId, ContentHash, DoorId, Position, TenantId};

/// Doors of one address that lie apart. A register with more repeats than this is wrong, and each costs a comparison.
const PLACES: usize = 32;

struct Place {
    position: Option<Position>,
    door: DoorId,
    line: u64,
}

/// The doors, ids and contacts met so far; holds hashes and positions, no text.
pub(crate) struct Admitted {
    tenant: TenantId,
    places: HashMap<DoorId, Vec<Place>>,
    ids: HashMap<[u8; 16], (DoorId, u64)>,
    contacts: HashSet<ContactId>,
}

impl Admitted {
    pub(crate) fn new(tenant: TenantId) -> Self {
        Self { tenant, places: HashMap::new(), ids: HashMap::new(), contacts: HashSet::new() }
    }

    /// Gives the row's door and contacts their ids, or says which earlier row it repeats.
    ///
    /// A door is its address. Where one address occurs twice more than 30 m apart (two streets of one name in a town
    /// without postcodes), the first keeps the address' id and the later ones add their own row's id to it.
    pub(crate) fn admit(&mut self, mut row: RegisterRow) -> Result<RegisterRow, Reason> {
        let tenant = self.tenant.to_bytes();
        let key = row.door.address.key();
        let own = DoorId::derive(&[&tenant, key.as_bytes()]);
        let places = self.places.entry(own).or_default();
        let known = places.iter().find(|place| is_near(place.position, row.door.position)).or_else(|| {
            // Nothing tells such a row from the first, or there are too many to tell apart.
            places.first().filter(|_| row.source_id.is_empty() || places.len() >= PLACES)
        });
        let known = known.map(|place| (place.door, place.line));
        row.door.id = known.map_or_else(
            || match places.is_empty() {
                true => own,
                false => DoorId::derive(&[&tenant, key.as_bytes(), row.source_id.as_bytes()]),
            },
            |(door, _)| door,
        );
        name_contacts(&mut row.door);

        let id_key = id_key(&row.source_id);
        if let Some((door, of_line)) = id_key.and_then(|key| self.ids.get(&key))
            && *door != row.door.id
        {
            return Err(Reason::SameId { of_line: *of_line });
        }
        let mut somebody_new = false;
        for contact in &row.door.contacts {
            somebody_new |= self.contacts.insert(contact.id);
        }
        if let Some((_, of_line)) = known.filter(|_| !somebody_new) {
            return Err(Reason::Duplicate { of_line });
        }
        if known.is_none() {
            places.push(Place { position: row.door.position, door: row.door.id, line: row.line });
        }
        if let Some(key) = id_key {
            self.ids.entry(key).or_insert((row.door.id, row.line));
        }
        Ok(row)
    }
}

/// A row without coordinates is near everything: its address is all there is to go by.
fn is_near(one: Option<Position>, other: Option<Position>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one.distance_m(other) <= SAME_DOOR_M)
}

fn id_key(source_id: &str) -> Option<[u8; 16]> {
    let hash = ContentHash::of(source_id.as_bytes()).to_bytes();
    hash.first_chunk::<16>().copied().filter(|_| !source_id.is_empty())
}
