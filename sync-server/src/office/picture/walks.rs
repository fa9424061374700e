//! Walks from door to door, the doors by how they stand, and the lists' names.

use super::colours::middle;
use super::paper::{Paper, Spot, polyline};
use super::{ListOnBoard, escaped, look};
use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::fmt::Write as _;
use walkbook_ledger::DoorStatus;
use walkbook_model::Position;
use walkbook_terrain::{Region, StreetMap, Streets};

/// A door's radius in pixels; a building's area grows with its doors.
const RADIUS: f64 = 3.0;
const MOST_RADIUS: f64 = 11.0;

pub(super) fn draw(
    svg: &mut String,
    paper: &Paper,
    lists: &[ListOnBoard],
    colours: &[&str],
    streets: Option<&Streets>,
) {
    let region = streets.cloned().map(Region::new);
    for (list, colour) in lists.iter().zip(colours) {
        let doors: Vec<Position> = list.doors.iter().filter_map(|door| door.position).collect();
        // The streets that its walk was planned along.
        let map = region.as_ref().and_then(|region| region.piece(&doors)).map(StreetMap::new);
        let walk: Vec<Spot> = walked(&doors, map.as_ref()).into_iter().map(|at| paper.spot(at)).collect();
        let _ = writeln!(svg, r##"<path class="walk" stroke="{colour}" d="{}"/>"##, polyline(&walk));
        if let Some(Spot { x, y }) = walk.first() {
            // Where it begins.
            let _ = writeln!(
                svg,
                r##"<circle cx="{x:.1}" cy="{y:.1}" r="7" fill="none" stroke="{colour}" stroke-width="2"/>"##
            );
        }
    }
    for list in lists {
        for (spot, doors) in buildings(paper, list) {
            building(svg, spot, &doors);
        }
    }
    for list in lists {
        if let Some(Spot { x, y }) = middle(paper, list) {
            // About half the width of the words: they stay on the paper.
            let half = 3.7 * f64::from(u32::try_from(list.name.chars().count()).unwrap_or_default());
            let x = x.min(paper.width - half).max(half);
            let name = escaped(&list.name);
            let _ = writeln!(svg, r##"<text class="name" x="{x:.0}" y="{y:.0}">{name}</text>"##);
        }
    }
}

/// The line of a walk: along the streets, and straight where there are none or no way is known.
fn walked(doors: &[Position], map: Option<&StreetMap>) -> Vec<Position> {
    let mut line: Vec<Position> = doors.first().copied().into_iter().collect();
    for pair in doors.windows(2) {
        let [from, to] = *pair else { continue };
        let way = map.and_then(|map| map.way(from, to));
        line.extend(way.unwrap_or_else(|| vec![to]).into_iter().skip_while(|at| *at == from));
    }
    line
}

/// What stands at one spot: how many doors of which status.
fn buildings(paper: &Paper, list: &ListOnBoard) -> Vec<(Spot, BTreeMap<&'static str, u32>)> {
    let mut at: BTreeMap<_, BTreeMap<&'static str, u32>> = BTreeMap::new();
    for door in &list.doors {
        if let Some(position) = door.position {
            *at.entry(position).or_default().entry(look(door.status).0).or_default() += 1;
        }
    }
    at.into_iter().map(|(position, doors)| (paper.spot(position), doors)).collect()
}

/// A disc, or a pie where its doors stand differently.
fn building(svg: &mut String, Spot { x, y }: Spot, doors: &BTreeMap<&'static str, u32>) {
    let all: u32 = doors.values().sum();
    let radius = (RADIUS * f64::from(all).sqrt()).min(MOST_RADIUS);
    let alone = if doors.len() == 1 { doors.keys().next().copied() } else { None };
    let fill = alone.unwrap_or(look(DoorStatus::Untouched).0);
    let _ = writeln!(svg, r##"<circle class="door" cx="{x:.1}" cy="{y:.1}" r="{radius:.1}" fill="{fill}"/>"##);
    if alone.is_some() {
        return;
    }
    let mut from = 0.0;
    for (fill, count) in doors {
        let to = from + TAU * f64::from(*count) / f64::from(all);
        let edge = |turn: f64| (x + radius * turn.sin(), y - radius * turn.cos());
        let ((ax, ay), (bx, by)) = (edge(from), edge(to));
        let large = u8::from(to - from > TAU / 2.0);
        let _ = writeln!(
            svg,
            r##"<path fill="{fill}" d="M{x:.1} {y:.1}L{ax:.1} {ay:.1}A{radius:.1} {radius:.1} 0 {large} 1 {bx:.1} {by:.1}z"/>"##
        );
        from = to;
    }
}
