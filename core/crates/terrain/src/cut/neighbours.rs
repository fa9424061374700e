//! Who lies beside whom: the graph in which a turf is one piece.
//!
//! Within each ward the Delaunay triangulation of its buildings (crate `spade`), less the edges that cross a barrier.

use super::barriers::Barriers;
use super::sites::Sites;
use super::slots::{Slots, number};
use spade::{DelaunayTriangulation, HasPosition, Point2, Triangulation};

/// The neighbours of each site, by number.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    starts: Slots<u32>,
    all: Vec<u32>,
}

impl Neighbours {
    /// `wards` holds the sites of each ward.
    pub(super) fn new(sites: &Sites, wards: &[Vec<u32>], barriers: &Barriers) -> Self {
        let mut edges = Vec::with_capacity(sites.len() * 6);
        for ward in wards {
            for (a, b) in triangulate(sites, ward) {
                if !barriers.part(sites.spot(a), sites.spot(b)) {
                    edges.push((a, b));
                    edges.push((b, a));
                }
            }
        }
        edges.sort_unstable();
        edges.dedup();
        let mut starts = Vec::with_capacity(sites.len() + 1);
        let mut end = 0;
        for site in 0..number(sites.len()) {
            starts.push(number(end));
            while edges.get(end).is_some_and(|(from, _)| *from == site) {
                end += 1;
            }
        }
        starts.push(number(edges.len()));
        Self { starts: starts.into_iter().collect(), all: edges.into_iter().map(|(_, to)| to).collect() }
    }

    #[inline]
    pub(super) fn of(&self, site: u32) -> &[u32] {
        self.all.get(self.starts.at(site) as usize..self.starts.at(site + 1) as usize).unwrap_or_default()
    }

    /// These sites in pieces that hang together, each piece and the pieces by number. `mark` is a slot for each site.
    pub(super) fn pieces(&self, members: &[u32], mark: &mut Slots<u32>) -> Vec<Vec<u32>> {
        for site in members {
            mark.set(*site, 1);
        }
        let mut pieces = Vec::new();
        for first in members {
            if mark.at(*first) == 0 {
                continue;
            }
            mark.set(*first, 0);
            let mut piece = vec![*first];
            let mut next = 0;
            while let Some(site) = piece.get(next).copied() {
                next += 1;
                for neighbour in self.of(site) {
                    if mark.at(*neighbour) == 1 {
                        mark.set(*neighbour, 0);
                        piece.push(*neighbour);
                    }
                }
            }
            piece.sort_unstable();
            pieces.push(piece);
        }
        pieces
    }
}

/// A site as a corner of the triangulation.
struct Corner {
    at: Point2<f64>,
    site: u32,
}

impl HasPosition for Corner {
    type Scalar = f64;

    fn position(&self) -> Point2<f64> {
        self.at
    }
}

fn triangulate(sites: &Sites, ward: &[u32]) -> Vec<(u32, u32)> {
    let corner = |site: &u32| {
        let spot = sites.spot(*site);
        Corner { at: Point2::new(plain(spot.x), plain(spot.y)), site: *site }
    };
    // Without a triangulation (which finite coordinates never want) all lie in one row.
    let Ok(map) = DelaunayTriangulation::<Corner>::bulk_load_stable(ward.iter().map(corner).collect()) else {
        return ward.iter().copied().zip(ward.iter().copied().skip(1)).collect();
    };
    map.undirected_edges()
        .map(|edge| {
            let [a, b] = edge.vertices();
            (a.data().site, b.data().site)
        })
        .collect()
}

/// `spade` wants no number too near to nothing.
fn plain(metres: f64) -> f64 {
    if metres.abs() < 1e-9 { 0.0 } else { metres }
}
