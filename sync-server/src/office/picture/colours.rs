//! Lists beside each other have colours that can be told apart.

use super::ListOnBoard;
use super::paper::{Paper, Spot};

/// Of even lightness, and told apart by people who see red and green alike (after Okabe and Ito 2008, darkened).
const COLOURS: [&str; 8] = ["#c75d1f", "#1f77a8", "#1a8a6b", "#a83f7a", "#6a5aa8", "#8f7a00", "#4a7d1f", "#b03a3a"];
/// Neighbours whose colours a list does not take.
const NEIGHBOURS: usize = 7;

pub(super) fn colours(paper: &Paper, lists: &[ListOnBoard]) -> Vec<&'static str> {
    let middles: Vec<Option<Spot>> = lists.iter().map(|list| middle(paper, list)).collect();
    let mut chosen: Vec<usize> = Vec::with_capacity(lists.len());
    for (number, middle) in middles.iter().enumerate() {
        let mut before: Vec<(f64, usize)> = middles
            .iter()
            .zip(&chosen)
            .filter_map(|(other, colour)| Some((distance((*middle)?, (*other)?), *colour)))
            .collect();
        before.sort_by(|a, b| a.0.total_cmp(&b.0));
        // The first of the colours that is furthest away.
        let taken: Vec<usize> = before.iter().take(NEIGHBOURS).map(|(_, colour)| *colour).collect();
        let each = (0..COLOURS.len()).map(|step| (number + step) % COLOURS.len());
        let furthest =
            each.rev().max_by_key(|colour| taken.iter().position(|near| near == colour).unwrap_or(usize::MAX));
        chosen.push(furthest.unwrap_or_default());
    }
    chosen.into_iter().filter_map(|colour| COLOURS.get(colour).copied()).collect()
}

/// The middle of a list's doors.
pub(super) fn middle(paper: &Paper, list: &ListOnBoard) -> Option<Spot> {
    let spots: Vec<Spot> = list.doors.iter().filter_map(|door| Some(paper.spot(door.position?))).collect();
    let (x, y, count) = spots.iter().fold((0.0, 0.0, 0.0), |(x, y, count), spot| (x + spot.x, y + spot.y, count + 1.0));
    (count > 0.0).then(|| Spot { x: x / count, y: y / count })
}

fn distance(a: Spot, b: Spot) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}
