//! Buildings on a flat map, as the pieces that turfs are made of.

use super::slots::Slots;
use crate::projection::Projection;
use crate::stop::Stop;
use std::collections::BTreeMap;

/// Metres between buildings that are at one and the same point, once they are laid out around it.
const ELBOW_ROOM_M: f64 = 0.001;
/// Houses of one street side this far apart are not beside each other.
const BESIDE_M: f64 = 120.0;

/// A point on the map, in metres.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
}

impl Spot {
    #[inline]
    pub(super) fn to_m(self, other: Self) -> f64 {
        let (x, y) = (self.x - other.x, self.y - other.y);
        // Not `hypot`: it is the system's, and differs in the last bit from one to the next.
        (x * x + y * y).sqrt()
    }
}

/// All buildings by number, in the order of their ids: nothing here depends on the order of the input.
#[derive(Debug, Default)]
pub(super) struct Sites {
    spots: Slots<Spot>,
    /// Doors, or work in tenths of seconds.
    weights: Slots<u64>,
    /// The site before and after on the same side of the street, plus one; 0 if there is none.
    beside: [Slots<u32>; 2],
}

impl Sites {
    pub(super) fn new(stops: &[Stop<'_>], map: &Projection) -> Self {
        let spots = laid_out(stops.iter().map(|stop| middle(stop, map)).collect());
        let beside = street_sides(stops, &spots);
        let weights = stops.iter().map(|stop| stop.doors.len() as u64).collect();
        Self { spots, weights, beside }
    }

    pub(super) fn len(&self) -> usize {
        self.spots.len()
    }

    #[inline]
    pub(super) fn spot(&self, site: u32) -> Spot {
        self.spots.at(site)
    }

    #[inline]
    pub(super) fn leg_m(&self, a: u32, b: u32) -> f64 {
        self.spot(a).to_m(self.spot(b))
    }

    #[inline]
    pub(super) fn weight(&self, site: u32) -> u64 {
        self.weights.at(site)
    }

    pub(super) fn weight_of(&self, sites: &[u32]) -> u64 {
        sites.iter().map(|site| self.weight(*site)).sum()
    }

    pub(super) fn weigh(&mut self, weights: Slots<u64>) {
        self.weights = weights;
    }

    /// The houses next door on the same side of the street.
    #[inline]
    pub(super) fn next_door(&self, site: u32) -> impl Iterator<Item = u32> + use<> {
        let [before, after] = [self.beside[0].at(site), self.beside[1].at(site)];
        [before, after].into_iter().filter_map(|plus_one| plus_one.checked_sub(1))
    }
}

fn middle(stop: &Stop<'_>, map: &Projection) -> Spot {
    let mut middle = Spot::default();
    #[allow(clippy::cast_precision_loss, reason = "doors of one building")]
    let share = 1.0 / stop.doors.len().max(1) as f64;
    for place in &stop.doors {
        let offset = map.offset(place.position);
        middle.x += offset.east_m * share;
        middle.y += offset.north_m * share;
    }
    // To a millimetre: what rounding alone holds apart is at one point, as at a pole. Adding nothing makes -0 a 0.
    let millimetres = |metres: f64| (metres * 1_000.0).round() / 1_000.0 + 0.0;
    Spot { x: millimetres(middle.x), y: millimetres(middle.y) }
}

/// Buildings at one point get a little room: they are laid out around it like the seeds of a sunflower (Vogel 1979). So
/// a thousand of them are a small round town, and no rule below needs an exception for them.
fn laid_out(spots: Vec<Spot>) -> Slots<Spot> {
    let mut order: Vec<(Spot, u32)> = spots.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|(a, i), (b, j)| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)).then(i.cmp(j)));
    let mut room: Slots<Spot> = spots.into_iter().collect();
    let golden_angle = std::f64::consts::PI * (3.0 - 5.0_f64.sqrt());
    let mut last: Option<Spot> = None;
    let mut seed = 0.0;
    for (spot, site) in order {
        seed = if last == Some(spot) { seed + 1.0 } else { 0.0 };
        last = Some(spot);
        if seed > 0.0 {
            let (sin, cos) = libm::sincos(seed * golden_angle);
            let from_m = ELBOW_ROOM_M * seed.sqrt();
            room.set(site, Spot { x: spot.x + from_m * cos, y: spot.y + from_m * sin });
        }
    }
    room
}

/// Odd and even numbers of a street are its two sides. Who has no street or no number has nobody beside.
fn street_sides(stops: &[Stop<'_>], spots: &Slots<Spot>) -> [Slots<u32>; 2] {
    let mut sides: BTreeMap<(&str, bool), Vec<(u32, u32)>> = BTreeMap::new();
    for (site, stop) in (0_u32..).zip(stops) {
        let Some(place) = stop.doors.first() else { continue };
        let Some(house) = place.number.filter(|_| !place.street.is_empty()) else { continue };
        sides.entry((&place.street, house % 2 == 1)).or_default().push((house, site));
    }
    let none = || Slots::filled(0, stops.len());
    let [mut before, mut after] = [none(), none()];
    for mut houses in sides.into_values() {
        houses.sort_unstable();
        for ((_, a), (_, b)) in houses.iter().zip(houses.iter().skip(1)) {
            if spots.at(*a).to_m(spots.at(*b)) <= BESIDE_M {
                after.set(*a, b + 1);
                before.set(*b, a + 1);
            }
        }
    }
    [before, after]
}
