//! From the cells of a row to a door.

use super::columns::{Column, Mapped};
use super::fields::Fields;
use super::options::{Encoding, Options};
use super::refused::Reason;
use std::borrow::Cow;
use walkbook_model::{Address, Contact, ContactField, ContactId, Door, DoorId, Position};

/// Why a cell was refused, and the column's name.
pub(crate) type CellRefused = (Option<&'static str>, Reason);

#[derive(Default)]
struct Parts {
    id: String,
    line: String,
    number: [String; 2],
    street: [String; 4],
    unit: [String; 2],
    address: Address,
    access_notes: String,
    lon: Option<f64>,
    lat: Option<f64>,
}

/// The row's own id and its door. The ids of door and contact are still blank: they depend on the rows before.
pub(crate) fn read(fields: &Fields, columns: &[Mapped], options: &Options) -> Result<(String, Door), CellRefused> {
    let mut parts = Parts::default();
    let mut contact = Contact::new(ContactId::from_bytes([0; 16]));
    for Mapped { column, name, place } in columns {
        let cell = text(fields.get(*place).unwrap_or_default(), options.encoding);
        let cell = cell.map_err(|reason| (Some(*name), reason))?;
        if !cell.is_empty() {
            take(&mut parts, &mut contact, column, cell).map_err(|reason| (Some(*name), reason))?;
        }
    }
    let mut address = parts.address;
    address.number = join(&parts.number);
    address.street = join(&parts.street);
    address.unit = join(&parts.unit);
    split_line(&mut address, &parts.line);

    let position = position(parts.lon, parts.lat)?;
    if position.is_none() && !options.allow_unplaced {
        return Err((None, Reason::NoCoordinates));
    }
    if parts.id.is_empty() {
        parts.id = contact.fields.get(&ContactField::Reference).cloned().unwrap_or_default();
    }
    let contacts = if contact.fields.is_empty() { vec![] } else { vec![contact] };
    let id = DoorId::from_bytes([0; 16]);
    let door = Door { id, address, position, access_notes: parts.access_notes, contacts };
    door.check().map_err(|invalid| (None, invalid.into()))?;
    Ok((parts.id, door))
}

fn take(parts: &mut Parts, contact: &mut Contact, column: &Column, cell: String) -> Result<(), Reason> {
    let [number, number_half] = &mut parts.number;
    let [before, street, kind, after] = &mut parts.street;
    let [unit_kind, unit] = &mut parts.unit;
    let text = match column {
        Column::Id => &mut parts.id,
        Column::Line => &mut parts.line,
        Column::Number => number,
        Column::NumberHalf => number_half,
        Column::StreetBefore => before,
        Column::Street => street,
        Column::StreetKind => kind,
        Column::StreetAfter => after,
        Column::UnitKind => unit_kind,
        Column::Unit => unit,
        Column::City => &mut parts.address.city,
        Column::Region => &mut parts.address.region,
        Column::Postcode => &mut parts.address.postcode,
        Column::AccessNotes => &mut parts.access_notes,
        Column::Floor => {
            parts.address.floor = Some(cell.parse().map_err(|_| Reason::NotANumber)?);
            return Ok(());
        }
        Column::Lon => {
            parts.lon = Some(degrees(&cell)?);
            return Ok(());
        }
        Column::Lat => {
            parts.lat = Some(degrees(&cell)?);
            return Ok(());
        }
        Column::Contact(field) => {
            let value = if *field == ContactField::BirthYear { year(cell) } else { cell };
            field.check(&value)?;
            contact.fields.insert(field.clone(), value);
            return Ok(());
        }
    };
    *text = cell;
    Ok(())
}

/// The cell as text, with single spaces. Other control characters have no place in a register and hide in screens.
pub(crate) fn text(bytes: &[u8], encoding: Encoding) -> Result<String, Reason> {
    let text = match encoding {
        Encoding::Utf8 => Cow::Borrowed(std::str::from_utf8(bytes).map_err(|_| Reason::Encoding)?),
        Encoding::Windows1252 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    if text.chars().any(|letter| letter.is_control() && !letter.is_whitespace()) {
        return Err(Reason::Control);
    }
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `24.95` and, as much of Europe writes it, `24,95`.
fn degrees(cell: &str) -> Result<f64, Reason> {
    cell.parse().or_else(|_| cell.replacen(',', ".", 1).parse()).map_err(|_| Reason::NotANumber)
}

/// Exactly 0, 0 is what programs write for an unknown place; nobody lives there.
fn position(lon: Option<f64>, lat: Option<f64>) -> Result<Option<Position>, CellRefused> {
    match lon.zip(lat) {
        Some((lon, lat)) if lon != 0.0 || lat != 0.0 => {
            let place = Position::from_degrees(lat, lon);
            let column = |invalid| if invalid == walkbook_model::InvalidPosition::Latitude { "lat" } else { "lon" };
            place.map(Some).map_err(|invalid| (Some(column(invalid)), invalid.into()))
        }
        _ => Ok(None),
    }
}

/// A date of birth comes as `1984`, `1984-05-01` or `05/01/1984`: only the year is kept, which is all that is needed.
fn year(cell: String) -> String {
    let mut runs = cell.split(|letter: char| !letter.is_ascii_digit());
    runs.find(|run| run.len() == 4).map(str::to_owned).unwrap_or(cell)
}

/// `12 Main St` and `Aleksanterinkatu 12 A 3`, where a file has no columns for the parts.
fn split_line(address: &mut Address, line: &str) {
    if !address.street.is_empty() || line.is_empty() {
        return;
    }
    let words: Vec<&str> = line.split(' ').collect();
    let is_number = |word: &&str| word.starts_with(|letter: char| letter.is_ascii_digit());
    let Some(place) = words.iter().position(is_number).filter(|_| address.number.is_empty()) else {
        address.street = line.to_owned();
        return;
    };
    let join = |words: &mut dyn Iterator<Item = &&str>| words.copied().collect::<Vec<_>>().join(" ");
    address.number = join(&mut words.iter().skip(place).take(1)).trim_end_matches(',').to_owned();
    let rest = join(&mut words.iter().skip(place + 1));
    if place == 0 {
        address.street = rest;
    } else {
        address.street = join(&mut words.iter().take(place));
        if address.unit.is_empty() {
            address.unit = rest;
        }
    }
}

fn join(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
}
