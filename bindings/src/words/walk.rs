//! A short walk along what is left of a list.

use walkbook_core::{self as core, Along, Pace};
use walkbook_model::{DoorId, Position};

/// Where a walk has to end.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Enum)]
pub enum WalkEnd {
    /// Here.
    At {
        /// The place.
        position: Position,
    },
    /// Where it began: the way back counts too. Without a start, it is a round that can be begun at any door.
    AtStart,
}

/// What a walk was measured along.
#[uniffi::remote(Enum)]
pub enum Along {
    /// Straight lines, with something added for the way around.
    StraightLines,
    /// Streets, and crossing them.
    Streets,
    /// Streets; but some doors cannot be reached from others along them, and there a straight line and a good deal more
    /// counts.
    StreetsInParts,
}

/// A door of a walk.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct WalkStep {
    /// The door.
    pub door: DoorId,
    /// How many metres it is from the one before; for the first, from the start, where one was given.
    pub distance_m: f64,
}

/// What is left of a list, in a good order to walk it.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct PlannedWalk {
    /// Every door that is left and whose place is known, in the order in which they are walked.
    pub steps: Vec<WalkStep>,
    /// From the last door to the end, in metres; 0 where the walk may end anywhere.
    pub home_m: f64,
    /// From the start along all doors to the end, in metres.
    pub length_m: f64,
    /// What the lengths were measured along.
    pub along: Along,
    /// Doors that are left too, of which nobody knows where they are: in the list's own order.
    pub unplaced: Vec<DoorId>,
}

/// How fast somebody works; by itself, what is usual in dense streets.
#[uniffi::remote(Record)]
pub struct Pace {
    /// Metres walked in a second.
    #[uniffi(default = 1.2)]
    pub walking_m_s: f64,
    /// Seconds at a door, with the way to it inside the building.
    #[uniffi(default = 120.0)]
    pub at_door_s: f64,
}

/// What lies ahead on a walk.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct WalkAhead {
    /// Doors still to knock on.
    pub doors: u32,
    /// Metres still to walk.
    pub distance_m: f64,
    /// Seconds that it will take.
    pub time_s: f64,
}

#[uniffi::export]
impl PlannedWalk {
    /// What lies ahead once so many of the steps are done, at a pace. A speed that is none counts as the usual one.
    pub fn ahead(&self, done: u32, pace: Pace) -> WalkAhead {
        let walk = core::WalkOrder {
            order: self.steps.iter().map(|step| step.door).collect(),
            legs_m: self.steps.iter().map(|step| step.distance_m).collect(),
            home_m: self.home_m,
            length_m: self.length_m,
            along: self.along,
        };
        let core::Ahead { doors, distance_m, time_s } = walk.ahead(done as usize, pace);
        WalkAhead { doors: u32::try_from(doors).unwrap_or(u32::MAX), distance_m, time_s }
    }
}

impl From<core::PlannedWalk> for PlannedWalk {
    fn from(planned: core::PlannedWalk) -> Self {
        let core::PlannedWalk { walk, unplaced } = planned;
        let core::WalkOrder { order, legs_m, home_m, length_m, along } = walk;
        let steps = order.into_iter().zip(legs_m).map(|(door, distance_m)| WalkStep { door, distance_m }).collect();
        Self { steps, home_m, length_m, along, unplaced }
    }
}

/// Where a walk begins and ends, as the core takes it.
pub(crate) fn ends(start: Option<Position>, end: Option<WalkEnd>) -> core::Ends<Position> {
    let end = match end {
        None => core::End::Anywhere,
        Some(WalkEnd::At { position }) => core::End::At(position),
        Some(WalkEnd::AtStart) => core::End::AtStart,
    };
    core::Ends { start, end }
}
