//! Where something is on the earth.

use crate::limits;
use thiserror::Error;

/// A point in WGS 84, held as whole 10⁻⁷ degrees (about a centimetre), as OpenStreetMap does. Whole numbers make equal
/// points equal bytes on every replica.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    minicbor::Encode,
    minicbor::Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(try_from = "Degrees", into = "Degrees")]
#[cbor(array)]
pub struct Position {
    #[n(0)]
    lat_e7: i32,
    #[n(1)]
    lon_e7: i32,
}

/// Why two numbers are not a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidPosition {
    /// The latitude is not a number from -90 to 90 degrees.
    #[error("latitude is not a number from -90 to 90")]
    Latitude,
    /// The longitude is not a number from -180 to 180 degrees.
    #[error("longitude is not a number from -180 to 180")]
    Longitude,
}

impl Position {
    /// The position at these degrees north and east.
    ///
    /// ```
    /// use walkbook_model::Position;
    /// let senate_square = Position::from_degrees(60.1695, 24.9525).unwrap();
    /// assert_eq!(senate_square.lat(), 60.1695);
    /// assert!(Position::from_degrees(f64::NAN, 0.0).is_err());
    /// ```
    ///
    /// # Errors
    /// [`InvalidPosition`] if a number is out of range, infinite or not a number.
    pub fn from_degrees(lat: f64, lon: f64) -> Result<Self, InvalidPosition> {
        if !(-90.0..=90.0).contains(&lat) {
            return Err(InvalidPosition::Latitude);
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(InvalidPosition::Longitude);
        }
        #[allow(clippy::cast_possible_truncation, reason = "in range: 180 × 10⁷ is below 2³¹")]
        let e7 = |degrees: f64| (degrees * 1e7).round() as i32;
        Ok(Self { lat_e7: e7(lat), lon_e7: e7(lon) })
    }

    /// The position at so many 10⁻⁷ degrees north and east.
    ///
    /// # Errors
    /// [`InvalidPosition`] if a number is out of range.
    pub const fn from_e7(lat_e7: i32, lon_e7: i32) -> Result<Self, InvalidPosition> {
        let position = Self { lat_e7, lon_e7 };
        match position.is_valid() {
            true => Ok(position),
            false if lat_e7.unsigned_abs() > 900_000_000 => Err(InvalidPosition::Latitude),
            false => Err(InvalidPosition::Longitude),
        }
    }

    /// 10⁻⁷ degrees north, and east.
    pub const fn e7(self) -> (i32, i32) {
        (self.lat_e7, self.lon_e7)
    }

    /// Degrees north.
    pub fn lat(self) -> f64 {
        f64::from(self.lat_e7) / 1e7
    }

    /// Degrees east.
    pub fn lon(self) -> f64 {
        f64::from(self.lon_e7) / 1e7
    }

    /// The distance to another position in metres, along a great circle of a sphere with the earth's mean radius
    /// (haversine formula). Off the ellipsoid by at most 0.6 %, far below what a phone's fix is worth.
    pub fn distance_m(self, other: Self) -> f64 {
        let (lat_a, lat_b) = (self.lat().to_radians(), other.lat().to_radians());
        let half_lat = (lat_b - lat_a) / 2.0;
        let half_lon = (other.lon() - self.lon()).to_radians() / 2.0;
        let a = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
        2.0 * limits::EARTH_RADIUS_M * a.sqrt().min(1.0).asin()
    }

    /// Whether the numbers are in range. Bytes from outside may hold any whole number.
    pub const fn is_valid(self) -> bool {
        self.lat_e7.unsigned_abs() <= 900_000_000 && self.lon_e7.unsigned_abs() <= 1_800_000_000
    }
}

/// A position is personal data beside a knock: not even a debug print shows it.
impl std::fmt::Debug for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Position(…)")
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Degrees {
    lat: f64,
    lon: f64,
}

impl TryFrom<Degrees> for Position {
    type Error = InvalidPosition;

    fn try_from(degrees: Degrees) -> Result<Self, InvalidPosition> {
        Self::from_degrees(degrees.lat, degrees.lon)
    }
}

impl From<Position> for Degrees {
    fn from(position: Position) -> Self {
        Self { lat: position.lat(), lon: position.lon() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helsinki_to_tallinn_is_82_km() {
        let helsinki = Position::from_degrees(60.1699, 24.9384).unwrap();
        let tallinn = Position::from_degrees(59.4370, 24.7536).unwrap();
        assert!((helsinki.distance_m(tallinn) - 82_150.0).abs() < 300.0);
    }

    #[test]
    fn neighbours_across_the_180th_meridian_are_near() {
        let east = Position::from_degrees(0.0, 179.9999).unwrap();
        let west = Position::from_degrees(0.0, -179.9999).unwrap();
        assert!(east.distance_m(west) < 25.0);
    }

    #[test]
    fn numbers_off_the_earth_are_refused() {
        assert_eq!(Position::from_degrees(90.1, 0.0), Err(InvalidPosition::Latitude));
        assert_eq!(Position::from_degrees(0.0, f64::INFINITY), Err(InvalidPosition::Longitude));
    }
}
