//! Where a walk begins and ends.

/// Where a walk begins and ends; `P` is a position, or the number of a stop.
///
/// ```
/// use walkbook_terrain::Ends;
/// let there_and_back = Ends::round_from("the campaign office");
/// let to_the_bus = Ends::between("the campaign office", "the bus stop");
/// let as_it_comes: Ends<&str> = Ends::ANYWHERE;
/// # assert_ne!(there_and_back, to_the_bus);
/// # assert_ne!(as_it_comes, Ends::from("the campaign office"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends<P> {
    /// Where it begins; anywhere, if nothing is said.
    pub start: Option<P>,
    /// Where it ends.
    pub end: End<P>,
}

/// Where a walk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End<P> {
    /// Wherever that makes it shortest.
    Anywhere,
    /// Here.
    At(P),
    /// Where it began: the way back counts too. Without a start, it is a round that can be begun at any stop.
    AtStart,
}

impl<P> Ends<P> {
    /// Begins and ends wherever that makes the walk shortest.
    pub const ANYWHERE: Self = Self { start: None, end: End::Anywhere };
    /// Comes back to where it began, wherever that is.
    pub const ROUND: Self = Self { start: None, end: End::AtStart };

    /// Begins here and ends anywhere.
    pub const fn from(start: P) -> Self {
        Self { start: Some(start), end: End::Anywhere }
    }

    /// Begins here and ends there.
    pub const fn between(start: P, end: P) -> Self {
        Self { start: Some(start), end: End::At(end) }
    }

    /// Begins here and comes back.
    pub const fn round_from(start: P) -> Self {
        Self { start: Some(start), end: End::AtStart }
    }
}
