//! Evidence that a knock happened at the door.

use walkbook_model::Position;

/// Up to this many metres from the door a fix says "at the door".
pub const NEAR_M: f64 = 100.0;
/// Up to this many metres from the door a fix says "in the neighbourhood".
pub const MIDDLING_M: f64 = 300.0;
/// A fix that may be off by more metres than this says nothing.
pub const WORST_ACCURACY_M: f64 = 100.0;

/// How far from its door a knock was recorded. Only the band is kept: where the canvasser stood is nobody's business.
///
/// ```
/// use walkbook_model::Position;
/// use walkbook_terrain::DistanceBand;
/// let door = Position::from_degrees(60.17, 24.94).unwrap();
/// assert_eq!(DistanceBand::of(door, Some((door, 8.0))), DistanceBand::Near);
/// assert_eq!(DistanceBand::of(door, None), DistanceBand::NoFix);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistanceBand {
    /// At most [`NEAR_M`] away.
    Near,
    /// At most [`MIDDLING_M`] away.
    Middling,
    /// Farther away.
    Far,
    /// The phone did not know where it was, or not to within [`WORST_ACCURACY_M`].
    NoFix,
}

impl DistanceBand {
    /// The band of a knock at a door, from the phone's fix and its accuracy in metres. An accuracy that is negative or
    /// not a number is no fix.
    pub fn of(door: Position, fix: Option<(Position, f64)>) -> Self {
        let Some((position, accuracy_m)) = fix else { return Self::NoFix };
        if !(0.0..=WORST_ACCURACY_M).contains(&accuracy_m) {
            return Self::NoFix;
        }
        match position.distance_m(door) {
            distance_m if distance_m <= NEAR_M => Self::Near,
            distance_m if distance_m <= MIDDLING_M => Self::Middling,
            _ => Self::Far,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_follows_the_distance() {
        let door = Position::from_degrees(0.0, 180.0).unwrap();
        let fix = |lon| DistanceBand::of(door, Some((Position::from_degrees(0.0, lon).unwrap(), 100.0)));
        assert_eq!(fix(-179.9992), DistanceBand::Near);
        assert_eq!(fix(-179.999), DistanceBand::Middling);
        assert_eq!(fix(179.9974), DistanceBand::Middling);
        assert_eq!(fix(179.997), DistanceBand::Far);
    }

    #[test]
    fn a_vague_fix_is_no_fix() {
        let door = Position::from_degrees(60.0, 25.0).unwrap();
        for accuracy_m in [100.1, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(DistanceBand::of(door, Some((door, accuracy_m))), DistanceBand::NoFix);
        }
    }
}
