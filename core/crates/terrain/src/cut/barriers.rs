//! What nobody is to walk across: rivers, motorways, railways.

use super::sites::Spot;
use crate::projection::Offset;
use rstar::primitives::Line;
use rstar::{AABB, RTree};

/// The stretches of all barriers on the map.
#[derive(Debug, Default)]
pub(super) struct Barriers {
    stretches: RTree<Line<[f64; 2]>>,
}

impl Barriers {
    pub(super) fn new(lines: impl IntoIterator<Item = Vec<Offset>>) -> Self {
        let point = |offset: &Offset| [offset.east_m, offset.north_m];
        let mut stretches = Vec::new();
        for line in lines {
            stretches.extend(line.iter().zip(line.iter().skip(1)).map(|(a, b)| Line::new(point(a), point(b))));
        }
        Self { stretches: RTree::bulk_load(stretches) }
    }

    /// Whether a barrier lies between two points. One that only touches the way does, too.
    pub(super) fn part(&self, a: Spot, b: Spot) -> bool {
        if self.stretches.size() == 0 {
            return false;
        }
        let (a, b) = ([a.x, a.y], [b.x, b.y]);
        let around = AABB::from_corners(a, b);
        self.stretches.locate_in_envelope_intersecting(around).any(|stretch| cross((a, b), (stretch.from, stretch.to)))
    }
}

/// Whether two stretches have a point in common.
fn cross((a, b): ([f64; 2], [f64; 2]), (c, d): ([f64; 2], [f64; 2])) -> bool {
    let side = |[px, py]: [f64; 2], [qx, qy]: [f64; 2], [rx, ry]: [f64; 2]| {
        let turn = (qx - px) * (ry - py) - (qy - py) * (rx - px);
        if turn > 0.0 { 1 } else { -i32::from(turn < 0.0) }
    };
    // Where all four lie on one line, that the boxes overlap has been seen already.
    side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0
}
