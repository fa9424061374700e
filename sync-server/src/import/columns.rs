//! Which column is what, by the names that registers use.

use super::refused::FileRefused;
use walkbook_model::ContactField;

/// A part of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Column {
    Id,
    /// Number and street in one: `12 Main St`, `Aleksanterinkatu 12 A 3`.
    Line,
    Number,
    NumberHalf,
    StreetBefore,
    Street,
    StreetKind,
    StreetAfter,
    UnitKind,
    Unit,
    Floor,
    City,
    Region,
    Postcode,
    Lon,
    Lat,
    AccessNotes,
    Contact(ContactField),
}

/// Each part, the name that errors give it, and the folded names it goes by, the likeliest first.
const NAMES: &[(Column, &str, &[&str])] = &[
    (Column::Id, "id", &["id", "address_id", "addressid", "row_id", "osm_id", "uprn", "objectid"]),
    (
        Column::Line,
        "address",
        &[
            "address",
            "address_line",
            "address_line_1",
            "address1",
            "residential_address1",
            "residence_addresses_addressline",
        ],
    ),
    (
        Column::Number,
        "number",
        &[
            "number",
            "house_number",
            "housenumber",
            "addr_housenumber",
            "house_num",
            "street_number",
            "residence_addresses_housenumber",
        ],
    ),
    (Column::NumberHalf, "number_half", &["half_code", "number_suffix", "house_number_suffix"]),
    (Column::StreetBefore, "street_prefix", &["street_dir", "predir", "residence_addresses_prefixdirection"]),
    (
        Column::Street,
        "street",
        &["street", "street_name", "streetname", "addr_street", "addr_place", "road", "residence_addresses_streetname"],
    ),
    (Column::StreetKind, "street_type", &["street_type", "street_type_cd", "residence_addresses_designator"]),
    (Column::StreetAfter, "street_suffix", &["street_sufx_cd", "postdir", "residence_addresses_suffixdirection"]),
    (Column::UnitKind, "unit_type", &["unit_type", "unit_designator", "residence_addresses_apartmenttype"]),
    (
        Column::Unit,
        "unit",
        &[
            "unit",
            "unit_num",
            "unit_number",
            "addr_unit",
            "addr_flats",
            "apartment",
            "apt",
            "flat",
            "residential_secondary_addr",
            "residence_addresses_apartmentnum",
        ],
    ),
    (Column::Floor, "floor", &["floor", "addr_floor", "level"]),
    (
        Column::City,
        "city",
        &["city", "town", "addr_city", "municipality", "res_city_desc", "residential_city", "residence_addresses_city"],
    ),
    (
        Column::Region,
        "region",
        &["region", "state", "state_cd", "county", "addr_state", "residential_state", "residence_addresses_state"],
    ),
    (
        Column::Postcode,
        "postcode",
        &[
            "postcode",
            "postal_code",
            "zip",
            "zip_code",
            "zipcode",
            "addr_postcode",
            "residential_zip",
            "residence_addresses_zip",
        ],
    ),
    (Column::Lon, "lon", &["lon", "lng", "long", "longitude", "x", "residence_addresses_longitude"]),
    (Column::Lat, "lat", &["lat", "latitude", "y", "residence_addresses_latitude"]),
    (Column::AccessNotes, "access_notes", &["access_notes", "access", "buzzer"]),
    (
        Column::Contact(ContactField::GivenName),
        "given_name",
        &["given_name", "first_name", "firstname", "voters_firstname"],
    ),
    (
        Column::Contact(ContactField::FamilyName),
        "family_name",
        &["family_name", "last_name", "lastname", "surname", "voters_lastname"],
    ),
    (
        Column::Contact(ContactField::Phone),
        "phone",
        &[
            "phone",
            "telephone",
            "phone_number",
            "phone_num",
            "full_phone_number",
            "mobile",
            "votertelephones_cellphoneformatted",
            "votertelephones_landlineformatted",
        ],
    ),
    (Column::Contact(ContactField::Email), "email", &["email", "e_mail", "email_address"]),
    (Column::Contact(ContactField::Language), "language", &["language", "preferred_language", "languages_description"]),
    (
        Column::Contact(ContactField::BirthYear),
        "birth_year",
        &["birth_year", "year_of_birth", "birth_date", "date_of_birth", "dob", "voters_birthdate"],
    ),
    (Column::Contact(ContactField::Gender), "gender", &["gender", "gender_code", "sex", "voters_gender"]),
    (Column::Contact(ContactField::Support), "support", &["support", "support_level"]),
    (
        Column::Contact(ContactField::Reference),
        "reference",
        &["reference", "member_number", "voter_id", "lalvoterid", "sos_voterid", "ncid", "voter_reg_num"],
    ),
];

/// A column that is read: what it is, its name in errors, its place from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mapped {
    pub(crate) column: Column,
    pub(crate) name: &'static str,
    pub(crate) place: usize,
}

/// Finds the columns of a header. Of two names for one part the likelier wins; unknown columns are not read.
pub(crate) fn map(header: &[String], allow_unplaced: bool) -> Result<Vec<Mapped>, FileRefused> {
    let header: Vec<String> = header.iter().map(|name| fold(name)).collect();
    let mapped: Vec<Mapped> = NAMES
        .iter()
        .filter_map(|(column, name, known)| {
            let place = known.iter().find_map(|known| header.iter().position(|title| title == known))?;
            Some(Mapped { column: column.clone(), name, place })
        })
        .collect();
    let has = |wanted: &[Column]| mapped.iter().any(|found| wanted.contains(&found.column));
    if !has(&[Column::Street, Column::Line]) {
        return Err(FileRefused::NoColumn { column: "street" });
    }
    for (column, name) in [(Column::Lon, "lon"), (Column::Lat, "lat")] {
        if !allow_unplaced && !has(&[column]) {
            return Err(FileRefused::NoColumn { column: name });
        }
    }
    Ok(mapped)
}

/// `addr:housenumber`, `Addr HouseNumber` and `addr_housenumber` are one name.
fn fold(name: &str) -> String {
    let plain = |letter: char| if letter.is_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
    name.trim().chars().map(plain).collect()
}
