//! Every bound in one place. What is over a bound is refused with an error that names the bound.

/// The earth's mean radius in metres (IUGG).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;
/// Bytes of a short text: a name, a street, a phone number.
pub const SHORT_TEXT_BYTES: usize = 256;
/// Bytes of an e-mail address (RFC 5321, 4.5.3.1.3, without the brackets).
pub const EMAIL_BYTES: usize = 254;
/// Bytes of a long text: a note, access notes, a consent's wording, a question.
pub const LONG_TEXT_BYTES: usize = 4_096;
/// Questions of one script.
pub const QUESTIONS: usize = 200;
/// Options of one question.
pub const OPTIONS: usize = 100;
/// Answers of one interaction.
pub const ANSWERS: usize = QUESTIONS;
/// Contacts at one door.
pub const CONTACTS: usize = 500;
/// Fields of one contact beyond the named ones.
pub const CUSTOM_FIELDS: usize = 50;
/// Codes of a tenant's own for outcomes.
pub const OUTCOME_CODES: usize = 500;
/// Doors of one walk list.
pub const DOORS_PER_LIST: usize = 5_000;
/// Entries that a correction, lift or edit may name.
pub const NAMED_ENTRIES: usize = 64;
/// Bytes of one entry's payload.
pub const PAYLOAD_BYTES: usize = 64 * 1024;
/// How deep a script's conditions may nest.
pub const CONDITION_DEPTH: usize = 8;
/// The nearest zoom of a map: there a tile is two metres wide.
pub const MAP_ZOOM: u8 = 24;
/// Tiles of the map under one walk list.
pub const TILES_PER_LIST: usize = 1_024;
/// Bytes of the names whose data a map is.
pub const ATTRIBUTION_BYTES: usize = 1_024;
