//! In which order to walk.
//!
//! Whole buildings are the stops of a walk. The order is a travelling salesman's: greedy to
//! begin with, shortened as `lin_kernighan` and `improve` say, in a number of steps that the number of stops decides, so
//! that no clock is needed.

mod begin;
mod circuit;
mod ends;
mod ground;
mod improve;
mod keep;
mod layout;
mod lin_kernighan;
mod matrix;
mod plan;
mod points;
mod tour;

use circuit::Circuit;
pub use ends::{End, Ends};
pub use ground::Ground;
pub use matrix::{LONGEST_LEG_M, MOST_STOPS, Matrix, NoMatrix};
pub use plan::{Ahead, Along, Pace, WalkOrder, Ways, keep_walk, plan_walk, walk_order};

/// How much longer a walk is than its straight lines, where there are no streets to measure along: what walkers' ways come to in
/// towns (1.2 to 1.4 in the literature).
pub const DETOUR: f64 = 1.3;

/// The order of a walk through all stops of a ground, each once. A round that comes back to its start names it once, at the
/// beginning. Without a start, the walk goes in the direction in which the stop that comes first has the lower number.
///
/// # Errors
/// [`UnknownStop`] if the ground has no such start or end.
pub fn shortest_walk<G: Ground>(ground: &G, ends: Ends<usize>) -> Result<Vec<usize>, UnknownStop> {
    let end = if let End::At(end) = ends.end { Some(end) } else { None };
    match [ends.start, end].into_iter().flatten().find(|stop| *stop >= ground.stops()) {
        Some(stop) => Err(UnknownStop { stop }),
        None => Ok(walk(ground, ends)),
    }
}

/// A walk was to begin or end at a stop that the ground does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no stop {stop}")]
pub struct UnknownStop {
    /// The stop that was named.
    pub stop: usize,
}

fn walk<G: Ground>(ground: &G, ends: Ends<usize>) -> Vec<usize> {
    let mut circuit = Circuit::new(ground, ends);
    let begun = begin::greedy(&circuit);
    let round = improve::improve(&mut circuit, &begun);
    circuit.open(&round, ends)
}

#[cfg(test)]
mod tests;
