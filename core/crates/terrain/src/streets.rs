//! Streets that people may walk, as a graph.
//!
//! [`Streets`] is the graph as it is stored and sent; [`StreetMap`] is the same made ready for planning walks.

mod builder;
mod bytes;
mod class;
mod kerbs;
mod legs;
mod map;
mod piece;
mod way;

pub use builder::StreetsBuilder;
pub use bytes::{Damaged, MOST_BYTES};
pub use class::StreetClass;
pub(crate) use legs::told_m;
pub use map::StreetMap;
pub use piece::Region;

use walkbook_model::Position;

/// Streets between junctions. Two streets meet only where the data say so: a bridge does not meet what it crosses. Equal
/// streets make equal bytes, whatever order they came in.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Streets {
    /// Junctions and dead ends, by position.
    nodes: Vec<Position>,
    /// By their ends.
    streets: Vec<Street>,
}

/// One street from one junction to the next. `from` is never greater than `to`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Street {
    from: u32,
    to: u32,
    class: StreetClass,
    /// What lies between the ends.
    shape: Vec<Position>,
}

impl Streets {
    /// How many streets there are, counted from junction to junction.
    pub fn len(&self) -> usize {
        self.streets.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.streets.is_empty()
    }

    /// Each street with its class, and its corners from one end to the other.
    pub fn lines(&self) -> impl Iterator<Item = (StreetClass, impl Iterator<Item = Position>)> {
        self.streets.iter().map(|street| (street.class, self.line(street)))
    }

    fn node(&self, node: u32) -> Option<Position> {
        self.nodes.get(node as usize).copied()
    }

    /// The corners of a street from its one end to the other.
    fn line<'a>(&'a self, street: &'a Street) -> impl Iterator<Item = Position> + 'a {
        let (from, to) = (self.node(street.from), self.node(street.to));
        from.into_iter().chain(street.shape.iter().copied()).chain(to)
    }
}

impl std::fmt::Debug for Streets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Streets({} nodes, {} streets)", self.nodes.len(), self.streets.len())
    }
}

#[cfg(test)]
mod tests;
