//! Where a person may walk, and on what kind of street (OpenStreetMap: `highway`, `foot`, `access`, `motorroad`, `tunnel`).

use walkbook_terrain::StreetClass;

/// The class of a way with these tags; nothing where nobody walks.
pub(super) fn of_tags<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> Option<StreetClass> {
    let (mut class, mut foot, mut access) = (None, None, None);
    let (mut motorroad, mut service, mut tunnel) = (false, false, false);
    for (key, value) in tags {
        match key {
            "highway" => (class, service) = (of_highway(value), value == "service"),
            "foot" => foot = Some(may(value)),
            "access" => access = Some(may(value)),
            "motorroad" => motorroad = value == "yes",
            "tunnel" => tunnel = value == "yes",
            _ => {}
        }
    }
    // Without a word, neither a motor road is for people on foot nor what runs under the houses to garages and cellars; and
    // what is said of people on foot counts before what is said of all.
    let is_under_houses = service && tunnel;
    foot.unwrap_or(!is_under_houses && access.unwrap_or(!motorroad)).then_some(class).flatten()
}

/// Whether a way with these tags parts those who live on its two sides: rivers, canals and motorways, unless they are under
/// the ground (OpenStreetMap: `waterway`, `highway`, `motorroad`, `tunnel`).
pub(super) fn parts<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> bool {
    let (mut parts, mut is_street, mut motorroad, mut tunnel) = (false, false, false, false);
    for (key, value) in tags {
        match key {
            "waterway" => parts |= matches!(value, "river" | "canal"),
            "highway" => {
                is_street = true;
                parts |= matches!(value, "motorway" | "motorway_link");
            }
            "motorroad" => motorroad = value == "yes",
            "tunnel" => tunnel = value != "no",
            _ => {}
        }
    }
    (parts || is_street && motorroad) && !tunnel
}

/// Private ways are walked all the same: the doors are at their ends.
fn may(value: &str) -> bool {
    !matches!(value, "no" | "use_sidepath" | "military")
}

fn of_highway(value: &str) -> Option<StreetClass> {
    match value {
        "footway" | "pedestrian" | "path" | "steps" | "cycleway" | "bridleway" | "corridor" | "platform" => {
            Some(StreetClass::Path)
        }
        "residential" | "living_street" | "service" | "track" | "road" | "unclassified" => Some(StreetClass::Lane),
        "tertiary" | "tertiary_link" | "secondary" | "secondary_link" => Some(StreetClass::Road),
        "primary" | "primary_link" | "trunk" | "trunk_link" => Some(StreetClass::Main),
        _ => None,
    }
}

/// The class that a line of a GeoJSON names: OpenStreetMap's words, those of the US Census (MTFCC), or plain ones.
/// Anything else is a street that people live in; motorways are none.
pub(super) fn of_named_class(name: &str) -> Option<StreetClass> {
    match name {
        "motorway" | "motorway_link" | "construction" | "proposed" | "raceway" | "S1100" | "S1630" => None,
        "sidewalk" | "S1710" | "S1720" | "S1820" | "S1830" => Some(StreetClass::Path),
        "major" | "S1200" => Some(StreetClass::Road),
        "highway" | "main" => Some(StreetClass::Main),
        other => of_highway(other).or(Some(StreetClass::Lane)),
    }
}
