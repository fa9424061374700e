//! OpenStreetMap extracts (`.osm.pbf`): every node and building outline with a house number and a street or place.
//!
//! Two passes, because a building's corners come before the building: the first takes addresses and notes which corners
//! they need, the second finds the corners. Addresses of plainly other buildings (shops, churches, garages) are refused.

use super::options::Options;
use super::refused::{FileRefused, Reason, RowRefused};
use super::row::RegisterRow;
use osmpbf::{Element, ElementReader};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use walkbook_model::limits::SHORT_TEXT_BYTES;
use walkbook_model::{Address, Door, DoorId, Position};

#[cfg(test)]
pub(super) mod tests;

/// Corners of addressed buildings that are held at once: a country of a few million people.
const CORNERS: usize = 40_000_000;
/// Corners of one building; OpenStreetMap allows 2,000.
pub(super) const CORNERS_EACH: usize = 2_000;
/// Addresses of one node or building: `12;14;16`.
const NUMBERS: usize = 20;

/// Buildings that nobody lives in, by the value of `building`.
const NOT_DWELLINGS: &[&str] = &[
    "barn",
    "carport",
    "cathedral",
    "chapel",
    "church",
    "civic",
    "college",
    "commercial",
    "construction",
    "fire_station",
    "garage",
    "garages",
    "government",
    "greenhouse",
    "hangar",
    "hospital",
    "hotel",
    "industrial",
    "kindergarten",
    "kiosk",
    "mosque",
    "office",
    "parking",
    "public",
    "retail",
    "roof",
    "school",
    "service",
    "shed",
    "sports_centre",
    "sports_hall",
    "stadium",
    "supermarket",
    "synagogue",
    "temple",
    "train_station",
    "transformer_tower",
    "transportation",
    "university",
    "warehouse",
];

struct Found {
    source_id: String,
    address: Address,
    dwelling: bool,
    place: Place,
}

enum Place {
    At(Option<Position>),
    Corners(Vec<i64>),
}

/// The rows of an extract.
pub struct Rows {
    found: std::vec::IntoIter<Found>,
    corners: HashMap<i64, Option<Position>>,
    options: Options,
    line: u64,
}

/// Reads an extract, twice.
///
/// # Errors
/// [`FileRefused`] if the file cannot be opened, is damaged, or holds more addresses than are held at once.
pub fn read(path: &Path, options: Options) -> Result<Rows, FileRefused> {
    let mut found = Vec::new();
    let mut corners: HashMap<i64, Option<Position>> = HashMap::new();
    let mut held = 0;
    let mut full = false;
    each(path, |element| {
        let Some(new) = address_of(&element).filter(|_| !full) else { return };
        for one in one_each(new) {
            if let Place::Corners(nodes) = &one.place {
                held += nodes.len();
                corners.extend(nodes.iter().map(|node| (*node, None)));
            }
            found.push(one);
        }
        full = found.len() as u64 > options.max_rows || held > CORNERS;
    })?;
    if full {
        return Err(FileRefused::TooManyAddresses { limit: options.max_rows, corners: CORNERS });
    }
    if !corners.is_empty() {
        each(path, |element| {
            let (id, lat, lon) = match element {
                Element::Node(node) => (node.id(), node.lat(), node.lon()),
                Element::DenseNode(node) => (node.id(), node.lat(), node.lon()),
                _ => return,
            };
            if let Some(corner) = corners.get_mut(&id) {
                *corner = Position::from_degrees(lat, lon).ok();
            }
        })?;
    }
    Ok(Rows { found: found.into_iter(), corners, options, line: 0 })
}

/// Calls for every element. The decoder adds numbers from the file unchecked, which panics in a build that checks: a
/// damaged file must not take the server along.
pub(super) fn each(path: &Path, act: impl FnMut(Element<'_>)) -> Result<(), FileRefused> {
    let file = std::fs::File::open(path).map_err(|error| FileRefused::Unreadable(error.kind()))?;
    let reader = ElementReader::new(std::io::BufReader::new(file));
    catch_unwind(AssertUnwindSafe(|| reader.for_each(act))).map_err(|_| FileRefused::Damaged)?.map_err(|error| {
        match error.into_kind() {
            osmpbf::ErrorKind::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                FileRefused::Unreadable(error.kind())
            }
            _ => FileRefused::Damaged,
        }
    })
}

fn address_of(element: &Element<'_>) -> Option<Found> {
    match element {
        Element::Node(node) => {
            let place = Place::At(Position::from_degrees(node.lat(), node.lon()).ok());
            found(node.tags(), format_args!("n{}", node.id()), || place)
        }
        Element::DenseNode(node) => {
            let place = Place::At(Position::from_degrees(node.lat(), node.lon()).ok());
            found(node.tags(), format_args!("n{}", node.id()), || place)
        }
        Element::Way(way) => {
            let corners = || Place::Corners(way.refs().take(CORNERS_EACH).collect());
            found(way.tags(), format_args!("w{}", way.id()), corners)
        }
        Element::Relation(_) => None,
    }
}

fn found<'a>(
    tags: impl Iterator<Item = (&'a str, &'a str)>,
    id: std::fmt::Arguments<'_>,
    place: impl FnOnce() -> Place,
) -> Option<Found> {
    let mut address = Address::default();
    let mut dwelling = true;
    let mut named_place = "";
    for (key, value) in tags {
        match key {
            "addr:housenumber" => address.number = held(value),
            "addr:street" => address.street = held(value),
            "addr:place" => named_place = value.trim(),
            "addr:unit" => address.unit = held(value),
            "addr:flats" | "addr:door" if address.unit.is_empty() => address.unit = held(value),
            "addr:floor" => address.floor = value.parse().ok(),
            "addr:city" => address.city = held(value),
            "addr:state" => address.region = held(value),
            "addr:postcode" => address.postcode = held(value),
            "building" => dwelling = !NOT_DWELLINGS.contains(&value),
            _ => {}
        }
    }
    if address.street.is_empty() {
        address.street = held(named_place);
    }
    let has_both = !address.number.is_empty() && !address.street.is_empty();
    has_both.then(|| Found { source_id: id.to_string(), address, dwelling, place: place() })
}

/// The value, or as much of it as is certain to be refused: an extract may name one huge text many times over.
fn held(value: &str) -> String {
    value.trim().chars().take(SHORT_TEXT_BYTES + 1).collect()
}

/// `12;14` on one building is two addresses at one place.
fn one_each(found: Found) -> Vec<Found> {
    if !found.address.number.contains(';') || found.address.number.len() > SHORT_TEXT_BYTES {
        return vec![found];
    }
    let numbers = found.address.number.split(';').map(str::trim).filter(|number| !number.is_empty()).take(NUMBERS);
    let one = |(at, number): (usize, &str)| Found {
        source_id: if at == 0 { found.source_id.clone() } else { format!("{}/{}", found.source_id, at + 1) },
        address: Address { number: number.to_owned(), ..found.address.clone() },
        dwelling: found.dwelling,
        place: match &found.place {
            Place::At(position) => Place::At(*position),
            Place::Corners(corners) => Place::Corners(corners.clone()),
        },
    };
    numbers.enumerate().map(one).collect()
}

impl Rows {
    fn row(&mut self, found: Found) -> Result<RegisterRow, Reason> {
        if !found.dwelling {
            return Err(Reason::NotADwelling);
        }
        let position = match &found.place {
            Place::At(position) => *position,
            Place::Corners(corners) => self.centre(corners),
        };
        if position.is_none() && !self.options.allow_unplaced {
            return Err(Reason::NoCoordinates);
        }
        let id = DoorId::from_bytes([0; 16]);
        let door = Door { id, address: found.address, position, access_notes: String::new(), contacts: vec![] };
        door.check()?;
        Ok(RegisterRow::new(self.options.tenant, self.line, found.source_id, door))
    }

    /// The mean of the corners. An outline ends where it begins: that corner counts once.
    fn centre(&self, corners: &[i64]) -> Option<Position> {
        let open = match corners {
            [first, rest @ .., last] if first == last && !rest.is_empty() => corners.len() - 1,
            _ => corners.len(),
        };
        let places = corners.iter().take(open).filter_map(|corner| self.corners.get(corner).copied().flatten());
        let (count, lat, lon) =
            places.fold((0u32, 0.0, 0.0), |(count, lat, lon), at| (count + 1, lat + at.lat(), lon + at.lon()));
        let count = f64::from(count);
        Position::from_degrees(lat / count, lon / count).ok()
    }
}

impl Iterator for Rows {
    type Item = Result<RegisterRow, RowRefused>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.found.next()?;
        self.line += 1;
        Some(self.row(found).map_err(|reason| RowRefused { line: self.line, column: None, reason }))
    }
}
