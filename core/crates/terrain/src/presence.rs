//! Evidence that a knock happened at the door, and at which door one stands. One fix a knock is all that is ever looked at:
//! there is no track.

use crate::index::NearDoor;
use walkbook_model::{Distance, DoorId, Evidence, Position};

/// Up to this many metres from the door a fix says "at the door".
pub const NEAR_M: f64 = 100.0;
/// Up to this many metres from the door a fix says "in the neighbourhood".
pub const MIDDLING_M: f64 = 300.0;
/// A fix that may be off by more metres than this says nothing.
pub const WORST_ACCURACY_M: f64 = 100.0;

/// How far from its own position a door may be entered, in metres: a register's points lie on roofs and plots.
pub const AT_DOOR_M: f64 = 50.0;
/// Nobody gets faster than this from door to door, in metres a second: 150 km/h.
pub const FASTEST_M_S: f64 = 42.0;

/// Where the phone says it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fix {
    /// Where.
    pub position: Position,
    /// By how many metres it may be off.
    pub accuracy_m: f64,
    /// Whether the phone says that an app has put it there.
    pub mocked: bool,
}

impl Fix {
    /// Whether it says where the phone is, to within [`WORST_ACCURACY_M`].
    pub fn is_good(&self) -> bool {
        is_good(self.accuracy_m)
    }
}

/// An accuracy that is negative or not a number is none.
fn is_good(accuracy_m: f64) -> bool {
    (0.0..=WORST_ACCURACY_M).contains(&accuracy_m)
}

/// What the phone's fix says of a knock: how far from the door it was, whether it was mocked, and the position itself, which
/// whoever writes it down leaves out unless the tenant keeps positions. The distance of a mocked fix is what it claims;
/// whoever reads it sees both.
///
/// ```
/// use walkbook_model::{Distance, Position};
/// use walkbook_terrain::{Fix, evidence};
/// let door = Position::from_degrees(60.17, 24.94).unwrap();
/// let fix = Fix { position: door, accuracy_m: 8.0, mocked: false };
/// assert_eq!(evidence(Some(door), Some(fix)).distance, Distance::Near);
/// assert_eq!(evidence(Some(door), None).distance, Distance::NoFix);
/// ```
pub fn evidence(door: Option<Position>, fix: Option<Fix>) -> Evidence {
    let good = fix.filter(Fix::is_good);
    let distance_m = door.zip(good).map(|(door, fix)| door.distance_m(fix.position));
    let (mocked, position) = (fix.is_some_and(|fix| fix.mocked), good.map(|fix| fix.position));
    Evidence { distance: distance(distance_m), mocked, position }
}

fn distance(metres: Option<f64>) -> Distance {
    match metres {
        None => Distance::NoFix,
        Some(metres) if metres <= NEAR_M => Distance::Near,
        Some(metres) if metres <= MIDDLING_M => Distance::Middling,
        Some(_) => Distance::Far,
    }
}

/// A knock as a witness of where its canvasser was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Witness {
    /// Where the door is.
    pub door: Position,
    /// How far from it the knock was recorded.
    pub distance: Distance,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
}

/// How fast somebody must have gone at least from one knock to another, in metres a second. The doors say where, their bands
/// how exactly: what is kept of every knock is enough, and no position need be. Nothing where a band does not say how near
/// the door it was.
pub fn least_speed_m_s(a: Witness, b: Witness) -> Option<f64> {
    let off_m = |distance| match distance {
        Distance::Near => Some(NEAR_M),
        Distance::Middling => Some(MIDDLING_M),
        Distance::Far | Distance::NoFix => None,
    };
    let least_m = (a.door.distance_m(b.door) - off_m(a.distance)? - off_m(b.distance)?).max(0.0);
    let seconds = a.at_ms.abs_diff(b.at_ms) as f64 / 1000.0;
    if least_m == 0.0 { Some(0.0) } else { Some(least_m / seconds.max(0.001)) }
}

/// Whether nobody can have been at both doors: [`least_speed_m_s`] is above [`FASTEST_M_S`].
pub fn is_impossible(a: Witness, b: Witness) -> bool {
    least_speed_m_s(a, b).is_some_and(|speed_m_s| speed_m_s > FASTEST_M_S)
}

/// A door that somebody may stand at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtDoor {
    /// The door.
    pub door: DoorId,
    /// Metres from the fix to it.
    pub distance_m: f64,
    /// Whether no other door is as likely: the next one is farther by more than the fix may be off.
    pub is_certain: bool,
}

/// At which door somebody stands, by how many metres a fix may be off and the doors around it, nearest first, as
/// [`DoorIndex::nearest`](crate::DoorIndex::nearest) gives them; two are enough. Nothing where no door is within [`AT_DOOR_M`]
/// of where they may be, or the fix says nothing.
///
/// ```
/// use walkbook_model::{DoorId, Position};
/// use walkbook_terrain::{DoorIndex, presence::door_at};
/// let at = |lon| Position::from_degrees(60.0, lon).unwrap();
/// let index = DoorIndex::new([(DoorId::from_bytes([1; 16]), at(25.0)), (DoorId::from_bytes([2; 16]), at(25.001))]);
/// let here = door_at(10.0, &index.nearest(at(25.0001), 2)).unwrap();
/// assert!(here.door == DoorId::from_bytes([1; 16]) && here.is_certain);
/// ```
pub fn door_at(accuracy_m: f64, nearest: &[NearDoor]) -> Option<AtDoor> {
    if !is_good(accuracy_m) {
        return None;
    }
    let first = nearest.first().filter(|door| door.distance_m <= AT_DOOR_M + accuracy_m)?;
    let next_m = nearest.get(1).map_or(f64::INFINITY, |next| next.distance_m);
    Some(AtDoor { door: first.door, distance_m: first.distance_m, is_certain: next_m - first.distance_m > accuracy_m })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_follows_the_distance_also_across_the_180th_meridian() {
        let door = Position::from_degrees(0.0, 180.0).unwrap();
        let told = |lon| {
            let position = Position::from_degrees(0.0, lon).unwrap();
            evidence(Some(door), Some(Fix { position, accuracy_m: 100.0, mocked: false })).distance
        };
        assert_eq!(told(-179.9992), Distance::Near);
        assert_eq!(told(-179.999), Distance::Middling);
        assert_eq!(told(179.9974), Distance::Middling);
        assert_eq!(told(179.997), Distance::Far);
    }

    #[test]
    fn a_vague_fix_is_no_fix_but_may_be_mocked() {
        let door = Position::from_degrees(60.0, 25.0).unwrap();
        for accuracy_m in [100.1, -1.0, f64::NAN, f64::INFINITY] {
            let told = evidence(Some(door), Some(Fix { position: door, accuracy_m, mocked: true }));
            assert_eq!(told, Evidence { distance: Distance::NoFix, mocked: true, position: None });
        }
    }

    fn witness(lon: f64, distance: Distance, at_s: u64) -> Witness {
        Witness { door: Position::from_degrees(60.0, lon).unwrap(), distance, at_ms: at_s * 1000 }
    }

    #[test]
    fn nobody_knocks_at_two_ends_of_a_town_within_a_minute() {
        // 5.6 km apart.
        let home = witness(25.0, Distance::Near, 0);
        assert!(is_impossible(home, witness(25.1, Distance::Near, 60)));
        assert!(is_impossible(witness(25.1, Distance::Near, 60), home));
        assert!(!is_impossible(home, witness(25.1, Distance::Near, 600)));
        assert!(is_impossible(home, witness(25.1, Distance::Middling, 0)));
        // Two doors of one street, typed in at once; and a fix that does not say where.
        assert!(!is_impossible(home, witness(25.003, Distance::Near, 0)));
        assert!(!is_impossible(home, witness(25.1, Distance::NoFix, 0)));
        assert_eq!(least_speed_m_s(home, witness(25.1, Distance::Far, 0)), None);
    }

    #[test]
    fn of_a_door_that_is_not_on_the_map_nobody_can_say_how_far_it_was() {
        let position = Position::from_degrees(60.0, 25.0).unwrap();
        let told = evidence(None, Some(Fix { position, accuracy_m: 8.0, mocked: false }));
        assert_eq!((told.distance, told.position), (Distance::NoFix, Some(position)));
    }

    #[test]
    fn a_fix_tells_a_door_if_it_is_good_enough_and_says_when_it_is_not_certain() {
        let near = |n, distance_m| NearDoor { door: DoorId::from_bytes([n; 16]), distance_m };
        let doors = [near(1, 5.0), near(2, 20.0)];
        assert_eq!(door_at(10.0, &doors).map(|at| (at.door, at.is_certain)), Some((doors[0].door, true)));
        assert!(!door_at(30.0, &doors).unwrap().is_certain);
        assert!(door_at(10.0, &doors[..1]).unwrap().is_certain);
        assert_eq!(door_at(10.0, &[near(1, 61.0)]), None);
        assert_eq!(door_at(10.0, &[]), None);
        for accuracy_m in [101.0, -1.0, f64::NAN] {
            assert_eq!(door_at(accuracy_m, &doors), None);
        }
    }
}
