//! A planned order that is kept, though doors come and go.

use super::{End, Ends};

/// Where a new stop goes in an order that is kept: the place to insert it at for which the detour is least; of equal ones,
/// the earliest. The order is of the stops between the walk's ends.
pub(super) fn least_detour(
    order: &[usize],
    new: usize,
    ends: Ends<usize>,
    leg_m: impl Fn(usize, usize) -> f64,
) -> usize {
    let (first, last) = (order.first().copied(), order.last().copied());
    let (beyond_first, beyond_last) = match ends.end {
        End::Anywhere => (ends.start, None),
        End::At(end) => (ends.start, Some(end)),
        // A round without a start closes between the two.
        End::AtStart => (ends.start.or(last), ends.start.or(first)),
    };
    let detour_m = |place: &usize| {
        let before = place.checked_sub(1).map_or(beyond_first, |before| order.get(before).copied());
        let after = order.get(*place).copied().or(beyond_last);
        let to = |other: Option<usize>| other.map_or(0.0, |other| leg_m(other, new));
        to(before) + to(after) - before.zip(after).map_or(0.0, |(before, after)| leg_m(before, after))
    };
    (0..=order.len()).min_by(|a, b| detour_m(a).total_cmp(&detour_m(b))).unwrap_or_default()
}
