//! A planned walk, as it crosses.

use walkbook_core as core;
use walkbook_core::{Along, Pace};
use walkbook_model::{DoorId, Position};

/// Where a walk ends.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum WalkEnd {
    /// Wherever that makes it shortest.
    Anywhere,
    /// Here.
    At {
        /// The place.
        position: Position,
    },
    /// Where it began.
    AtStart,
}

/// What a walk was measured along.
#[uniffi::remote(Enum)]
pub enum Along {
    /// Straight lines, longer by the usual detour.
    StraightLines,
    /// Streets, and crossing them.
    Streets,
    /// Streets; but some doors cannot be reached from others along them, and there a straight line and a good deal more
    /// counts.
    StreetsInParts,
}

/// How fast somebody works.
#[uniffi::remote(Record)]
pub struct Pace {
    /// Metres walked in a second.
    #[uniffi(default = 1.2)]
    pub walking_m_s: f64,
    /// Seconds at a door, with the way to it inside the building.
    #[uniffi(default = 120.0)]
    pub at_door_s: f64,
}

/// A door of a walk, and how far it is from the one before; the first, from the start, where one was given.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct WalkStep {
    /// The door.
    pub door: DoorId,
    /// Metres.
    pub distance_m: f64,
}

/// What is left of a list, in a good order to walk it.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct PlannedWalk {
    /// The doors in their order. The first is the next one.
    pub steps: Vec<WalkStep>,
    /// From the last door to the end, in metres; 0 where the walk ends anywhere.
    pub home_m: f64,
    /// What the lengths were measured along.
    pub along: Along,
    /// Doors, metres and time left.
    pub left: WalkLeft,
    /// Doors that are left too, of which nobody knows where they are: in the list's own order.
    pub unplaced: Vec<DoorId>,
}

/// What is left of a walk.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct WalkLeft {
    /// Doors still to knock on.
    pub doors: u64,
    /// Metres still to walk.
    pub distance_m: f64,
    /// Seconds that it will take at the pace that was given.
    pub time_s: f64,
}

impl PlannedWalk {
    pub(crate) fn of(planned: core::PlannedWalk, pace: Option<Pace>) -> Self {
        let core::PlannedWalk { walk, unplaced } = planned;
        let ahead = walk.ahead(0, pace.unwrap_or_default());
        let left = WalkLeft { doors: ahead.doors as u64, distance_m: ahead.distance_m, time_s: ahead.time_s };
        let steps = walk.order.into_iter().zip(walk.legs_m).map(|(door, distance_m)| WalkStep { door, distance_m });
        Self { steps: steps.collect(), home_m: walk.home_m, along: walk.along, left, unplaced }
    }
}

/// Where a walk begins and ends.
pub(crate) fn ends(start: Option<Position>, end: WalkEnd) -> core::Ends<Position> {
    let end = match end {
        WalkEnd::Anywhere => core::End::Anywhere,
        WalkEnd::At { position } => core::End::At(position),
        WalkEnd::AtStart => core::End::AtStart,
    };
    core::Ends { start, end }
}
