//! A picture of lists that a person can judge: turfs, doors and the walks along the streets, as SVG. Nobody is in it, and no
//! address.

mod cells;
mod colours;
mod legend;
mod made_up;
mod paper;
mod walks;

pub use made_up::make_up_knocks;

use super::ListOnBoard;
use colours::colours;
use paper::Paper;
use std::fmt::Write as _;
use walkbook_ledger::DoorStatus;
use walkbook_model::Position;
use walkbook_terrain::{StreetClass, Streets};

/// What lies under the lists, and what is said about all of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Under<'a> {
    /// The streets, if there are any.
    pub streets: Option<&'a Streets>,
    /// What nobody walks across.
    pub barriers: &'a [Vec<Position>],
    /// What stands above.
    pub title: &'a str,
    /// Whose data it is: `© OpenStreetMap contributors` where it is theirs.
    pub attribution: &'a str,
}

/// Draws lists with their doors in walk order; north is up. Nothing where no door lies anywhere.
pub fn picture(lists: &[ListOnBoard], under: Under<'_>) -> Option<String> {
    let paper = Paper::around(lists.iter().flat_map(|list| list.doors.iter().filter_map(|door| door.position)))?;
    let colours = colours(&paper, lists);
    let mut svg = paper.begin(under.title);
    svg.push_str("<g clip-path=\"url(#map)\">\n");
    streets(&mut svg, &paper, under.streets);
    barriers(&mut svg, &paper, under.barriers);
    cells::draw(&mut svg, &paper, lists, &colours);
    walks::draw(&mut svg, &paper, lists, &colours, under.streets);
    svg.push_str("</g>\n");
    legend::draw(&mut svg, &paper, lists, under);
    svg.push_str("</svg>\n");
    Some(svg)
}

fn streets(svg: &mut String, paper: &Paper, streets: Option<&Streets>) {
    let Some(streets) = streets else { return };
    for (class, width) in
        [(StreetClass::Path, 0.7), (StreetClass::Lane, 2.2), (StreetClass::Road, 3.6), (StreetClass::Main, 5.0)]
    {
        let of_class = streets.lines().filter(|(kind, _)| *kind == class).map(|(_, line)| line.collect::<Vec<_>>());
        let path = paper.path(of_class);
        let dashes = if class == StreetClass::Path { " stroke-dasharray=\"2 2\"" } else { "" };
        let _ = writeln!(svg, r##"<path class="street" stroke-width="{width}"{dashes} d="{path}"/>"##);
    }
}

fn barriers(svg: &mut String, paper: &Paper, barriers: &[Vec<Position>]) {
    let path = paper.path(barriers.iter().cloned());
    let _ = writeln!(svg, r##"<path class="barrier" d="{path}"/>"##);
}

/// How a door that stands so is drawn: its fill, and what it is called.
const fn look(status: DoorStatus) -> (&'static str, &'static str) {
    match status {
        DoorStatus::Untouched => ("#ffffff", "nobody was there"),
        DoorStatus::Attempted => ("#f2a93b", "tried, nobody met"),
        DoorStatus::Contacted => ("#2c8f5b", "talked to somebody"),
        DoorStatus::DataFix => ("#3d7fc4", "address to be mended"),
        DoorStatus::Suppressed => ("#8b2635", "not to be contacted"),
    }
}

/// Text as XML holds it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // XML 1.0 has no other control characters.
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}
