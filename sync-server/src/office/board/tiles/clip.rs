//! What of a ring is seen in a window.

use super::grid::{Spot, Window};

/// The ring cut along the window's edges, one after the other (Sutherland and Hodgman 1974).
pub(super) fn clip(ring: &[Spot], window: Window) -> Vec<Spot> {
    let Window { low, high, .. } = window;
    let ring = cut(ring, |spot| spot.x - low.x);
    let ring = cut(&ring, |spot| high.x - spot.x);
    let ring = cut(&ring, |spot| spot.y - low.y);
    cut(&ring, |spot| high.y - spot.y)
}

/// The part that lies within: where this is not below nothing.
fn cut(ring: &[Spot], within: impl Fn(&Spot) -> f64) -> Vec<Spot> {
    let mut part = Vec::with_capacity(ring.len() + 1);
    for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let (a, b) = (within(from), within(to));
        if a >= 0.0 {
            part.push(*from);
        }
        if (a < 0.0 && b > 0.0) || (a > 0.0 && b < 0.0) {
            let share = a / (a - b);
            part.push(Spot { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share });
        }
    }
    part
}
