//! What kind of street it is, as far as a walker cares.

/// The kind of a street: what it takes to get to the other side. Where nobody may walk, such as a motorway, is no street.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreetClass {
    /// A footpath, a pedestrian street, steps: it has no sides.
    Path,
    /// A street that people live in: crossed anywhere.
    Lane,
    /// A street with through traffic.
    Road,
    /// A main road: crossed where one must.
    Main,
}

impl StreetClass {
    /// What crossing it is worth: so many metres a person rather walks on the same side. It decides whether both sides of
    /// a street are worked in a zig-zag (houses far apart on a lane) or one side and then back (anything wider).
    pub const fn crossing_m(self) -> f64 {
        match self {
            Self::Path => 0.0,
            Self::Lane => 15.0,
            Self::Road => 30.0,
            Self::Main => 80.0,
        }
    }

    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Path => 0,
            Self::Lane => 1,
            Self::Road => 2,
            Self::Main => 3,
        }
    }

    pub(super) const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Path),
            1 => Some(Self::Lane),
            2 => Some(Self::Road),
            3 => Some(Self::Main),
            _ => None,
        }
    }
}
