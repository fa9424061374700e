//! What a walk is planned on: the stops that doors come to, and how far it is between them.

use super::plan::{Along, WalkOrder, Ways};
use super::points::Points;
use super::{DETOUR, End, Ends, Ground, MOST_STOPS, Matrix, keep, walk};
use crate::place::Place;
use crate::sphere::{SpacePoint, space_point};
use crate::stop::Stop;
use crate::streets::told_m;
use std::collections::BTreeMap;
use walkbook_model::{DoorId, Position};

pub(super) struct Layout<'a> {
    sites: Vec<Site<'a>>,
    /// By their numbers: sites first, then where the walk begins and ends.
    ends: Ends<usize>,
    distances: Distances,
    along: Along,
}

enum Distances {
    Straight(Points),
    Streets(Matrix),
}

impl<'a> Layout<'a> {
    pub(super) fn new(ways: Ways<'_>, stops: &'a [Stop<'a>], ends: Ends<Position>) -> Self {
        let sites = sites(stops);
        let ends_at = [ends.start, if let End::At(end) = ends.end { Some(end) } else { None }];
        let mut extra = sites.len()..;
        let start = ends.start.and_then(|_| extra.next());
        let end = match ends.end {
            End::Anywhere => End::Anywhere,
            End::At(_) => extra.next().map_or(End::Anywhere, End::At),
            End::AtStart => End::AtStart,
        };
        let ends = Ends { start, end };
        let ends_at = ends_at.into_iter().flatten();
        if let Ways::Streets(map) = ways
            && sites.len() <= MOST_STOPS
        {
            let doors = sites.iter().filter_map(|site| site.doors().next()).map(|place| place.position);
            let positions: Vec<Position> = doors.chain(ends_at.clone()).collect();
            if let Some((table, in_parts)) = map.distances(&positions) {
                let along = if in_parts { Along::StreetsInParts } else { Along::Streets };
                return Self { sites, ends, distances: Distances::Streets(table), along };
            }
        }
        let points = Points(sites.iter().map(|site| site.point).chain(ends_at.map(space_point)).collect());
        Self { sites, ends, distances: Distances::Straight(points), along: Along::StraightLines }
    }

    /// The shortest walk that is found.
    pub(super) fn shortest(&self) -> WalkOrder {
        self.measured(&match &self.distances {
            Distances::Straight(points) => walk(points, self.ends),
            Distances::Streets(table) => walk(table, self.ends),
        })
    }

    /// The walk that keeps this order; sites that it does not name come where the detour is least. Nothing where it names
    /// none.
    pub(super) fn kept(&self, planned: &[DoorId]) -> Option<WalkOrder> {
        let site_of: BTreeMap<DoorId, usize> = self
            .sites
            .iter()
            .enumerate()
            .flat_map(|(site, at)| at.doors().map(move |door| (door.door, site)))
            .collect();
        let mut is_placed = vec![false; self.sites.len()];
        let mut order: Vec<usize> = Vec::with_capacity(self.sites.len() + 2);
        for site in planned.iter().filter_map(|door| site_of.get(door).copied()) {
            if let Some(placed) = is_placed.get_mut(site)
                && !std::mem::replace(placed, true)
            {
                order.push(site);
            }
        }
        if order.is_empty() {
            return None;
        }
        let leg_m = |a: usize, b: usize| match &self.distances {
            Distances::Straight(points) => points.leg_m(a, b),
            Distances::Streets(table) => table.leg_m(a, b),
        };
        for (new, _) in is_placed.iter().enumerate().filter(|(_, placed)| !**placed) {
            let place = keep::least_detour(&order, new, self.ends, leg_m);
            order.insert(place, new);
        }
        let end = if let End::At(end) = self.ends.end { Some(end) } else { None };
        Some(self.measured(&self.ends.start.into_iter().chain(order).chain(end).collect::<Vec<_>>()))
    }

    /// Metres to walk from one stop to another.
    fn leg_m(&self, a: usize, b: usize) -> f64 {
        match &self.distances {
            Distances::Straight(points) => points.leg_m(a, b) * DETOUR,
            Distances::Streets(table) => told_m(table.leg_m(a, b)),
        }
    }

    fn measured(&self, nodes: &[usize]) -> WalkOrder {
        let along = self.along;
        let mut planned = WalkOrder { order: Vec::new(), legs_m: Vec::new(), home_m: 0.0, length_m: 0.0, along };
        let mut before: Option<usize> = None;
        for node in nodes {
            let leg_m = before.map_or(0.0, |before| self.leg_m(before, *node));
            before = Some(*node);
            let Some(site) = self.sites.get(*node) else {
                planned.home_m += leg_m;
                continue;
            };
            let mut last: Option<Position> = None;
            for place in site.doors() {
                // From entrance to entrance, where the doors of a building have more than one.
                planned.legs_m.push(last.map_or(leg_m, |last| last.distance_m(place.position)));
                planned.order.push(place.door);
                last = Some(place.position);
            }
        }
        if let (End::AtStart, Some(first), Some(last)) = (self.ends.end, nodes.first(), nodes.last()) {
            planned.home_m += self.leg_m(*last, *first);
        }
        planned.length_m = planned.legs_m.iter().sum::<f64>() + planned.home_m;
        planned
    }
}

/// Buildings that are at the very same point: one stop, so that a thousand of them do not hide all others.
struct Site<'a> {
    point: SpacePoint,
    stops: Vec<&'a Stop<'a>>,
}

impl<'a> Site<'a> {
    fn doors(&self) -> impl Iterator<Item = &'a Place> + use<'a, '_> {
        self.stops.iter().flat_map(|stop| stop.doors.iter().copied())
    }
}

fn sites<'a>(stops: &'a [Stop<'a>]) -> Vec<Site<'a>> {
    let mut by_point: Vec<&Stop<'_>> = stops.iter().collect();
    let point = |stop: &Stop<'_>| stop.centre.map(f64::to_bits);
    by_point.sort_by_key(|stop| (point(stop), stop.building));
    let mut sites: Vec<Site<'_>> = by_point
        .chunk_by(|a, b| point(a) == point(b))
        .filter_map(|here| Some(Site { point: here.first()?.centre, stops: here.to_vec() }))
        .collect();
    sites.sort_by_key(|site| site.stops.first().map(|stop| stop.building));
    sites
}
