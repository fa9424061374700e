//! Stops as the crow flies.

use super::ground::Ground;
use crate::sphere::{SpacePoint, chord_m};

/// Points in space, and straight lines between them.
#[derive(Debug)]
pub(super) struct Points(pub(super) Vec<SpacePoint>);

impl Ground for Points {
    fn stops(&self) -> usize {
        self.0.len()
    }

    fn leg_m(&self, a: usize, b: usize) -> f64 {
        match (self.0.get(a), self.0.get(b)) {
            (Some(a), Some(b)) => chord_m(*a, *b),
            _ => 0.0,
        }
    }
}
