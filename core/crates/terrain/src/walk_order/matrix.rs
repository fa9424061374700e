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
    pub(crate) fn of(stops: usize, mut leg_m: impl FnMut(usize, usize) -> f64) -> Self {
        let mut legs_m = Vec::with_capacity(stops * stops.saturating_sub(1) / 2);
        for a in 0..stops {
            for b in 0..a {
                #[allow(clippy::cast_possible_truncation, reason = "half a millimetre in ten kilometres")]
                legs_m.push(leg_m(a, b) as f32);
            }
        }
        Self { stops, legs_m }
    }
}

impl Ground for Matrix {
    fn stops(&self) -> usize {
        self.stops
    }

    fn leg_m(&self, a: usize, b: usize) -> f64 {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        if low == high {
            return 0.0;
        }
        self.legs_m.get(high * (high - 1) / 2 + low).copied().map_or(0.0, f64::from)
    }
}
