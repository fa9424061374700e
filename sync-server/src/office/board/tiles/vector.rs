//! Mapbox Vector Tile 2.1, as much of it as a board needs.

use super::grid::EXTENT;
use prost::Message;
use std::collections::BTreeMap;

/// What is said of a feature.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    Text(String),
    Count(u64),
}

/// A geometry as the format codes it, and of what kind it is.
pub(super) struct Coded {
    kind: Kind,
    commands: Vec<u32>,
}

/// A layer that features are added to. Words and numbers that come often are in it once.
pub(super) struct Layer {
    message: LayerMessage,
    keys: BTreeMap<&'static str, u32>,
    values: BTreeMap<Said, u32>,
}

impl Layer {
    pub(super) fn new(name: &str) -> Self {
        let message =
            LayerMessage { version: 2, name: name.to_owned(), extent: Some(EXTENT as u32), ..Default::default() };
        Self { message, keys: BTreeMap::new(), values: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, geometry: Coded, said: impl IntoIterator<Item = (&'static str, Said)>) {
        let mut tags = Vec::new();
        for (key, value) in said {
            let next = self.keys.len() as u32;
            tags.push(*self.keys.entry(key).or_insert_with(|| {
                self.message.keys.push(key.to_owned());
                next
            }));
            let next = self.values.len() as u32;
            tags.push(*self.values.entry(value).or_insert_with_key(|value| {
                self.message.values.push(ValueMessage::of(value));
                next
            }));
        }
        let Coded { kind, commands } = geometry;
        self.message.features.push(FeatureMessage { tags, kind: kind.into(), geometry: commands });
    }
}

/// The bytes of a tile with these layers, less those in which nothing is.
pub(super) fn encode(layers: impl IntoIterator<Item = Layer>) -> Vec<u8> {
    let layers = layers.into_iter().map(|layer| layer.message).filter(|layer| !layer.features.is_empty());
    TileMessage { layers: layers.collect() }.encode_to_vec()
}

const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

const fn command(id: u32, count: u32) -> u32 {
    id | count << 3
}

/// Small for small numbers of either sign.
const fn zigzag(number: i32) -> u32 {
    ((number << 1) ^ (number >> 31)).cast_unsigned()
}

pub(super) fn point([x, y]: [i32; 2]) -> Coded {
    Coded { kind: Kind::Point, commands: vec![command(MOVE_TO, 1), zigzag(x), zigzag(y)] }
}

/// A polygon without holes; nothing where it has no area.
pub(super) fn polygon(ring: &[[i32; 2]]) -> Option<Coded> {
    let mut ring = ring.to_vec();
    ring.dedup();
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    match doubled_area(&ring) {
        0 => return None,
        // The outside of a polygon has an area above nothing, where y goes down.
        ..0 => ring.reverse(),
        _ => {}
    }
    let mut commands = Vec::with_capacity(ring.len() * 2 + 3);
    let mut last = [0, 0];
    let lines = u32::try_from(ring.len() - 1).ok()?;
    for (number, [x, y]) in ring.into_iter().enumerate() {
        match number {
            0 => commands.push(command(MOVE_TO, 1)),
            1 => commands.push(command(LINE_TO, lines)),
            _ => {}
        }
        commands.extend([zigzag(x - last[0]), zigzag(y - last[1])]);
        last = [x, y];
    }
    commands.push(command(CLOSE_PATH, 1));
    Some(Coded { kind: Kind::Polygon, commands })
}

/// By the surveyor's formula.
fn doubled_area(ring: &[[i32; 2]]) -> i64 {
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    edges.map(|([ax, ay], [bx, by])| i64::from(*ax) * i64::from(*by) - i64::from(*bx) * i64::from(*ay)).sum()
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct TileMessage {
    #[prost(message, repeated, tag = "3")]
    pub(super) layers: Vec<LayerMessage>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct LayerMessage {
    #[prost(uint32, required, tag = "15")]
    pub(super) version: u32,
    #[prost(string, required, tag = "1")]
    pub(super) name: String,
    #[prost(message, repeated, tag = "2")]
    pub(super) features: Vec<FeatureMessage>,
    #[prost(string, repeated, tag = "3")]
    pub(super) keys: Vec<String>,
    #[prost(message, repeated, tag = "4")]
    pub(super) values: Vec<ValueMessage>,
    #[prost(uint32, optional, tag = "5")]
    pub(super) extent: Option<u32>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct FeatureMessage {
    /// The number of a key, the number of a value, and so on.
    #[prost(uint32, repeated, tag = "2")]
    pub(super) tags: Vec<u32>,
    #[prost(enumeration = "Kind", tag = "3")]
    pub(super) kind: i32,
    #[prost(uint32, repeated, tag = "4")]
    pub(super) geometry: Vec<u32>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ValueMessage {
    #[prost(string, optional, tag = "1")]
    pub(super) text: Option<String>,
    #[prost(uint64, optional, tag = "5")]
    pub(super) count: Option<u64>,
}

impl ValueMessage {
    fn of(said: &Said) -> Self {
        match said {
            Said::Text(text) => Self { text: Some(text.clone()), count: None },
            Said::Count(count) => Self { text: None, count: Some(*count) },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum Kind {
    Unknown = 0,
    Point = 1,
    Line = 2,
    Polygon = 3,
}
