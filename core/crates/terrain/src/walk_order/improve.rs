//! Shortening a round again and again.
//!
//! Iterated local search (Johnson & McGeoch 1997; Applegate, Cook & Rohe 2003): exchange three legs that lie near each
//! other (a double bridge kept local), repair around them, and take it back if the round got longer. What it may cost is
//! counted in steps, not by a clock, so that every device comes to the same round.

use super::circuit::Circuit;
use super::ground::Ground;
use super::lin_kernighan::Search;

/// Stops of one stretch of a double bridge, where its legs follow each other.
const LONGEST_SWAPPED: usize = 50;
/// Neighbours from one leg of a double bridge to the next, where they do not follow each other.
const WANDERED: usize = 6;
/// Steps of the search: for each stop, at least, and at most, so that it ends in good time whatever comes.
const STEPS_PER_STOP: usize = 3_000;
const LEAST_STEPS: usize = 50_000;
const MOST_STEPS: usize = 20_000_000;

/// The round, shortened. Never longer than it was.
pub(super) fn improve<G: Ground>(circuit: &mut Circuit<'_, G>, round: &[usize]) -> Vec<usize> {
    let n = round.len();
    if n < 4 {
        return round.to_vec();
    }
    let mut search = Search::new(circuit, round);
    search.descend();
    let (round, spent) = (search.tour.nodes(), search.spent);
    circuit.widen(&round);
    let circuit = &*circuit;
    let mut search = Search::new(circuit, &round);
    search.spent = spent;
    search.descend();
    search.tour.keep();
    let most = (n * STEPS_PER_STOP).clamp(LEAST_STEPS, MOST_STEPS);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    while n > 4 && search.spent < most {
        search.spent += 1;
        let places = if dice.below(2) == 0 { wander(&search, &mut dice) } else { near(n, &mut dice) };
        let Some([from, middle, to]) = places else { continue };
        let nodes = [from, from + 1, middle, middle + 1, to, to + 1].map(|place| search.tour.at(place % n));
        let [a, b, c, d, e, f] = nodes;
        let leg = |x, y| circuit.leg_m(x, y);
        let change_m = leg(a, d) + leg(e, b) + leg(c, f) - leg(a, b) - leg(c, d) - leg(e, f);
        if Circuit::<G>::is_torn(change_m) {
            continue;
        }
        search.change_m = 0.0;
        search.swap(nodes, change_m);
        search.descend();
        if search.change_m > 0.0 {
            search.spent += search.tour.take_back(0) / 4;
        } else {
            search.tour.keep();
        }
    }
    search.tour.nodes()
}

/// Three legs, by their places, that follow each other closely.
fn near(n: usize, dice: &mut Dice) -> Option<[usize; 3]> {
    let longest = LONGEST_SWAPPED.min(n / 3);
    let from = dice.below(n);
    let middle = from + 1 + dice.below(longest);
    let to = middle + 1 + dice.below(longest);
    // Where the round is too short for two stretches, they would overlap.
    (to < from + n).then_some([from, middle, to])
}

/// Three legs, by their places, that lie near each other, wherever the round passes there.
fn wander<G: Ground>(search: &Search<'_, G>, dice: &mut Dice) -> Option<[usize; 3]> {
    let first = dice.below(search.tour.len());
    let mut here = search.tour.at(first);
    let mut places = [first; 3];
    for place in places.iter_mut().skip(1) {
        for _ in 0..WANDERED {
            let near = search.circuit.stops_near(here);
            here = near.get(dice.below(near.len())).map_or(here, |near| near.node);
        }
        *place = search.tour.place(here);
    }
    places.sort_unstable();
    let [from, middle, to] = places;
    (from < middle && middle < to).then_some(places)
}

/// Marsaglia's xorshift64 with a fixed seed: as good as chance here, and the same on every device.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 32) % (bound as u64).max(1)).unwrap_or_default()
    }
}
