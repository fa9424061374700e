//! The ground of each turf: what is nearer to its doors than to any others', and not far.

use super::ListOnBoard;
use super::paper::{Paper, Spot, polyline};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How far the ground around a door reaches, in pixels and in metres at most.
const REACH: f64 = 34.0;
const REACH_M: f64 = 70.0;
/// Corners of the ground around a door that stands alone.
const CORNERS: u32 = 14;

type Cell = (i64, i64);

pub(super) fn draw(svg: &mut String, paper: &Paper, lists: &[ListOnBoard], colours: &[&str]) {
    let reach = REACH.min(REACH_M * paper.pixels_per_m).max(6.0);
    let spots = lists.iter().enumerate().flat_map(|(list, on_board)| {
        on_board.doors.iter().filter_map(move |door| Some((list, paper.spot(door.position?))))
    });
    let mut near: BTreeMap<Cell, Vec<(usize, Spot)>> = BTreeMap::new();
    for (list, spot) in spots {
        let there = near.entry(cell(spot, reach)).or_default();
        // One building is one spot.
        if !there.iter().any(|(_, other)| *other == spot) {
            there.push((list, spot));
        }
    }
    let mut grounds = vec![String::new(); lists.len()];
    for (list, spot) in near.values().flatten() {
        let ground = ground(*spot, reach, &near);
        if let Some(path) = grounds.get_mut(*list) {
            let _ = write!(path, "{}z", polyline(&ground));
        }
    }
    svg.push_str("<g opacity=\".3\">\n");
    for (ground, colour) in grounds.iter().zip(colours) {
        let _ = writeln!(svg, r##"<path fill="{colour}" stroke="{colour}" stroke-width=".8" d="{ground}"/>"##);
    }
    svg.push_str("</g>\n");
}

/// As large as it takes that only what is in the cells around can be within twice the reach.
fn cell(spot: Spot, reach: f64) -> Cell {
    #[allow(clippy::cast_possible_truncation, reason = "a paper's pixels")]
    let number = |at: f64| (at / (2.0 * reach)).floor() as i64;
    (number(spot.x), number(spot.y))
}

/// A regular polygon, cut along the middle to every other spot.
fn ground(spot: Spot, reach: f64, near: &BTreeMap<Cell, Vec<(usize, Spot)>>) -> Vec<Spot> {
    let turn = std::f64::consts::TAU / f64::from(CORNERS);
    let mut ground: Vec<Spot> = (0..CORNERS)
        .map(|corner| (f64::from(corner) * turn).sin_cos())
        .map(|(sin, cos)| Spot { x: spot.x + reach * cos, y: spot.y + reach * sin })
        .collect();
    let (x, y) = cell(spot, reach);
    let around = (x - 1..=x + 1).flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)));
    for (_, other) in around.filter_map(|cell| near.get(&cell)).flatten() {
        if *other != spot {
            ground = nearer(&ground, spot, *other);
        }
    }
    ground
}

/// The part of a polygon that is nearer to one spot than to another (Sutherland and Hodgman 1974).
fn nearer(ground: &[Spot], to: Spot, than: Spot) -> Vec<Spot> {
    let (dx, dy) = (than.x - to.x, than.y - to.y);
    let beyond = |at: &Spot| (at.x - (to.x + than.x) / 2.0) * dx + (at.y - (to.y + than.y) / 2.0) * dy;
    let mut part = Vec::with_capacity(ground.len() + 1);
    for (from, into) in ground.iter().zip(ground.iter().cycle().skip(1)) {
        let (a, b) = (beyond(from), beyond(into));
        if a <= 0.0 {
            part.push(*from);
        }
        if (a < 0.0 && b > 0.0) || (a > 0.0 && b < 0.0) {
            let share = a / (a - b);
            part.push(Spot { x: from.x + (into.x - from.x) * share, y: from.y + (into.y - from.y) * share });
        }
    }
    part
}
