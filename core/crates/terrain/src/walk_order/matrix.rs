//! Distances as a table.

use super::ground::Ground;

/// A table of distances between stops, the same both ways.
///
/// ```
/// use walkbook_terrain::{Ends, Matrix, shortest_walk};
/// let table = Matrix::new(3, |a, b| [[0.0, 50.0, 10.0], [50.0, 0.0, 20.0], [10.0, 20.0, 0.0]][a][b])?;
/// assert_eq!(shortest_walk(&table, Ends::ANYWHERE)?, [0, 2, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Matrix {
    stops: usize,
    /// Each stop's legs to those before it.
    legs_m: Vec<f32>,
}

/// Why numbers are no table of distances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoMatrix {
    /// A distance is negative, beyond [`LONGEST_LEG_M`] or not a number. Say which stops lie how far apart.
    #[error("the distance from stop {from} to stop {to} is no distance")]
    NotADistance {
        /// The one stop.
        from: usize,
        /// The other.
        to: usize,
    },
    /// The way there is not as long as the way back. Walks have no one-way streets: take the mean.
    #[error("the distance from stop {from} to stop {to} is not the one back")]
    OneWay {
        /// The one stop.
        from: usize,
        /// The other.
        to: usize,
    },
    /// There are more than [`MOST_STOPS`].
    #[error("more stops than a table holds")]
    TooManyStops,
}

/// The longest leg of a table, in metres: once around the earth.
pub const LONGEST_LEG_M: f64 = 40_100_000.0;
/// Stops of a table: as many as a list has doors.
pub const MOST_STOPS: usize = walkbook_model::limits::DOORS_PER_LIST;

impl Matrix {
    /// The table of these distances in metres; `leg_m` is asked for every pair, both ways.
    ///
    /// # Errors
    /// [`NoMatrix`], with the first pair that is wrong.
    pub fn new(stops: usize, leg_m: impl Fn(usize, usize) -> f64) -> Result<Self, NoMatrix> {
        if stops > MOST_STOPS {
            return Err(NoMatrix::TooManyStops);
        }
        for from in 0..stops {
            for to in 0..stops {
                let there_m = leg_m(from, to);
                if !(0.0..=LONGEST_LEG_M).contains(&there_m) {
                    return Err(NoMatrix::NotADistance { from, to });
                }
                #[allow(clippy::float_cmp, reason = "a table that is the same both ways is exactly so")]
                if to < from && there_m != leg_m(to, from) {
                    return Err(NoMatrix::OneWay { from, to });
                }
            }
        }
        Ok(Self::of(stops, leg_m))
    }

    /// The table of distances that are in order; each pair is asked for once.
    fn of(stops: usize, leg_m: impl Fn(usize, usize) -> f64) -> Self {
        let mut table = Self::nowhere(stops);
        for a in 0..stops {
            for b in 0..a {
                table.set(a, b, leg_m(a, b));
            }
        }
        table
    }

    /// A table in which all stops are at one place, to be filled in.
    pub(crate) fn nowhere(stops: usize) -> Self {
        Self { stops, legs_m: vec![0.0; stops * stops.saturating_sub(1) / 2] }
    }

    /// Fills in how far it is between two stops.
    pub(crate) fn set(&mut self, a: usize, b: usize, leg_m: f64) {
        if let Some(slot) = place(a, b).and_then(|place| self.legs_m.get_mut(place)) {
            #[allow(clippy::cast_possible_truncation, reason = "half a millimetre in ten kilometres")]
            {
                *slot = leg_m as f32;
            }
        }
    }
}

/// Where in the table the leg between two stops is; a stop is nowhere from itself.
fn place(a: usize, b: usize) -> Option<usize> {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    (low != high).then(|| high * (high - 1) / 2 + low)
}

impl Ground for Matrix {
    fn stops(&self) -> usize {
        self.stops
    }

    fn leg_m(&self, a: usize, b: usize) -> f64 {
        place(a, b).and_then(|place| self.legs_m.get(place)).copied().map_or(0.0, f64::from)
    }
}
