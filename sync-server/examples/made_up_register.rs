//! A register of made-up people at real addresses, as large as wanted, for measuring imports:
//!
//! `cargo run --release -p walkbook-server --example made_up_register -- PEOPLE ADDRESSES... > register.csv`
//!
//! Where there are not enough addresses they come again, each time in a town of its own farther east. The people of one door
//! stand far apart in the file.

use std::error::Error;
use std::io::{BufWriter, Write};
use std::path::Path;
use walkbook_model::{Contact, ContactField, Door, DoorId, TenantId};
use walkbook_server::import::{Options, made_up, open};

/// How far east the next town lies, in degrees.
const EAST: f64 = 0.25;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let wanted: usize = arguments.next().ok_or("how many people?")?.parse()?;
    let mut addresses = Vec::new();
    for file in arguments {
        let rows = open(Path::new(&file), Options::new(TenantId::from_bytes([1; 16])))?;
        addresses.extend(rows.filter_map(Result::ok).map(|row| row.door));
    }
    if addresses.is_empty() {
        return Err("which addresses?".into());
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    writeln!(out, "voter_id,first_name,last_name,birth_year,phone,number,street,unit,city,state,zip,lon,lat")?;
    let mut homes: Vec<(usize, usize, usize)> = Vec::new();
    let mut people = 0;
    for (town, place) in (0..).flat_map(|town| (0..addresses.len()).map(move |place| (town, place))) {
        if people >= wanted {
            break;
        }
        let here = residents(addresses.get(place).ok_or("an address")?, town).len().min(wanted - people);
        people += here;
        homes.push((town, place, here));
    }
    let mut number = 0;
    for round in 0..homes.iter().map(|(.., here)| *here).max().unwrap_or_default() {
        for (town, place, here) in &homes {
            let door = addresses.get(*place).ok_or("an address")?;
            let person = residents(door, *town).into_iter().nth(round).filter(|_| round < *here);
            if let Some(person) = person {
                number += 1;
                write_row(&mut out, number, &person, door, *town)?;
            }
        }
    }
    Ok(out.flush()?)
}

fn residents(door: &Door, town: usize) -> Vec<Contact> {
    let home = DoorId::derive(&[&door.id.to_bytes(), &town.to_be_bytes()]);
    made_up::contacts(7, home, made_up::Language::English)
}

fn write_row(
    out: &mut impl Write,
    number: usize,
    person: &Contact,
    door: &Door,
    town: usize,
) -> Result<(), Box<dyn Error>> {
    let field = |field| person.fields.get(&field).map_or("", String::as_str);
    let names = [ContactField::GivenName, ContactField::FamilyName, ContactField::BirthYear, ContactField::Phone];
    let [given, family, born, phone] = names.map(field);
    let address = &door.address;
    let position = door.position.ok_or("a position")?;
    let (lon, lat) = (position.lon() + town as f64 * EAST, position.lat());
    let city = if town == 0 { address.city.clone() } else { format!("{} {town}", address.city) };
    writeln!(
        out,
        "v{number},{given},{family},{born},{phone},{},\"{}\",{},{city},{},{},{lon},{lat}",
        address.number, address.street, address.unit, address.region, address.postcode
    )?;
    Ok(())
}
