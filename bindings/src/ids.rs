//! Ids and days: their text form crosses, and is held against its kind on this side.

use crate::error::WalkbookError;
use walkbook_model::{
    BuildingId, ContactId, ContentHash, Day, DeviceId, DoorId, EffortId, EntryId, Position, QuestionId, ScriptId,
    TenantId, UserId, WalkListId,
};

macro_rules! as_text {
    ($($(#[$doc:meta])* $kind:ident, $field:literal;)+) => {$(
        uniffi::custom_type!($kind, String, {
            remote,
            try_lift: |text| text.parse::<$kind>().map_err(|why| WalkbookError::invalid($field, &why).into()),
            lower: |value| value.to_string(),
        });
    )+};
}

as_text! {
    BuildingId, "building";
    DoorId, "door";
    ContactId, "contact";
    WalkListId, "list";
    EntryId, "entry";
    UserId, "user";
    DeviceId, "device";
    TenantId, "tenant";
    EffortId, "effort";
    ScriptId, "script";
    QuestionId, "question";
    ContentHash, "hash";
    Day, "day";
}

/// Where something is on the earth, in degrees of WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Degrees {
    /// Degrees north, from -90 to 90.
    pub lat: f64,
    /// Degrees east, from -180 to 180.
    pub lon: f64,
}

uniffi::custom_type!(Position, Degrees, {
    remote,
    try_lift: |degrees| {
        let position = Position::from_degrees(degrees.lat, degrees.lon);
        position.map_err(|why| WalkbookError::invalid("position", &why).into())
    },
    lower: |position| Degrees { lat: position.lat(), lon: position.lon() },
});
