//! What lies between the stops: distances and neighbours.

/// Nearest neighbours that are always tried. More costs time and shortens little.
const NEAREST: usize = 7;
/// Neighbours that lie each in a direction of its own, where the nearest are all in a heap.
const EACH_WAY: usize = 5;
/// Stops among which both are looked for.
const IN_SIGHT: usize = 500;

/// The distances between stops that are numbered from 0. They are the same both ways, finite and never negative.
pub trait Ground {
    /// How many stops there are.
    fn stops(&self) -> usize;

    /// Metres from one stop to another; 0 for a stop that there is not.
    fn leg_m(&self, a: usize, b: usize) -> f64;

    /// For each stop, others that a good walk may go on to, nearest first: the nearest of all, and the nearest in each
    /// direction, so that a hamlet learns of the next one. A direction is what no nearer neighbour is on the way to
    /// (Toussaint's relative neighbours, 1980), which needs no map.
    fn neighbours(&self) -> Vec<Vec<usize>> {
        let all = self.stops();
        let mut others: Vec<(f64, usize)> = Vec::with_capacity(all);
        (0..all)
            .map(|stop| {
                others.clear();
                others.extend((0..all).filter(|other| *other != stop).map(|other| (self.leg_m(stop, other), other)));
                let mut chosen = nearest(&mut others);
                for _ in 0..EACH_WAY {
                    let Some(&(leg_m, other)) = others.iter().min_by(|a, b| by_leg(a, b)) else { break };
                    chosen.push((leg_m, other));
                    others.retain(|(leg_m, third)| *third != other && self.leg_m(other, *third) >= *leg_m);
                }
                chosen.sort_unstable_by(by_leg);
                chosen.dedup_by_key(|(_, other)| *other);
                chosen.into_iter().map(|(_, other)| other).collect()
            })
            .collect()
    }
}

fn by_leg(a: &(f64, usize), b: &(f64, usize)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

/// Leaves those in sight, and returns the nearest of them.
fn nearest(others: &mut Vec<(f64, usize)>) -> Vec<(f64, usize)> {
    if others.len() > IN_SIGHT {
        others.select_nth_unstable_by(IN_SIGHT, by_leg);
        others.truncate(IN_SIGHT);
    }
    if others.len() > NEAREST {
        others.select_nth_unstable_by(NEAREST, by_leg);
    }
    others.iter().take(NEAREST).copied().collect()
}
