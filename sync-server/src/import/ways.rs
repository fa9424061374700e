//! Ways out of an OpenStreetMap extract, with where their points are.

use super::osm::{CORNERS_EACH, each};
use super::refused::FileRefused;
use osmpbf::{Element, TagIter};
use std::collections::HashMap;
use std::path::Path;
use walkbook_model::Position;

/// Corners that are held at once: the streets of a country of a few million people.
pub(super) const CORNERS: usize = 20_000_000;

/// A way, and what kind it is.
pub(super) struct Way<K> {
    pub(super) kind: K,
    /// Its points by their numbers; nowhere, where they lie beyond the extract's edge.
    points: Vec<(i64, Option<Position>)>,
}

impl<K> Way<K> {
    /// The way in pieces: what lies beyond the extract's edge is missing, and it goes on behind the gap as another one.
    pub(super) fn runs(&self) -> impl Iterator<Item = impl Iterator<Item = (i64, Position)>> {
        let runs = self.points.split(|(_, at)| at.is_none());
        runs.map(|run| run.iter().filter_map(|(point, at)| at.map(|at| (*point, at))))
    }
}

/// The ways whose tags make them of some kind. Reads the file twice, because corners come before the ways that need them.
///
/// # Errors
/// [`FileRefused`] if the file cannot be opened, is damaged, or has more than are held at once.
pub(super) fn read_ways<K>(
    path: &Path,
    kind_of: impl Fn(TagIter<'_>) -> Option<K>,
) -> Result<Vec<Way<K>>, FileRefused> {
    let mut ways: Vec<(K, Vec<i64>)> = Vec::new();
    let mut corners: HashMap<i64, Option<Position>> = HashMap::new();
    let mut held = 0;
    each(path, |element| {
        let Element::Way(way) = element else { return };
        let Some(kind) = kind_of(way.tags()).filter(|_| held <= CORNERS) else { return };
        let points: Vec<i64> = way.refs().take(CORNERS_EACH).collect();
        held += points.len();
        corners.extend(points.iter().map(|point| (*point, None)));
        ways.push((kind, points));
    })?;
    if held > CORNERS {
        return Err(FileRefused::TooManyStreets { limit: CORNERS });
    }
    each(path, |element| {
        let (id, lat, lon) = match element {
            Element::Node(node) => (node.id(), node.lat(), node.lon()),
            Element::DenseNode(node) => (node.id(), node.lat(), node.lon()),
            _ => return,
        };
        if let Some(corner) = corners.get_mut(&id) {
            *corner = Position::from_degrees(lat, lon).ok();
        }
    })?;
    let placed =
        |points: Vec<i64>| points.into_iter().map(|point| (point, corners.get(&point).copied().flatten())).collect();
    Ok(ways.into_iter().map(|(kind, points)| Way { kind, points: placed(points) }).collect())
}
