//! Streets as bytes: compact, and only one form for the same streets.
//!
//! `version (1 byte) ‖ nodes ‖ streets`. Numbers are LEB128 varints in their shortest form, signed ones zigzag; degrees are
//! whole 10⁻⁷. Nodes: their count, then for each latitude and longitude as differences to the one before. Streets: their
//! count, then for each the first end as a difference to the one before, the other end as a difference to the first, the
//! class, how many points lie between, and those as differences, beginning at the first end.

use super::{Street, StreetClass, Streets};
use thiserror::Error;
use walkbook_model::Position;

/// Bytes of a piece of streets at most.
pub const MOST_BYTES: usize = 512 * 1024;

const VERSION: u8 = 1;
/// The shortest a node and a street can be.
const NODE_BYTES: usize = 2;
const STREET_BYTES: usize = 4;

/// Why bytes are no streets. Nothing can be done about it but to get them anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Damaged {
    /// A version that this software does not know.
    #[error("streets of version {0}, which is not known here")]
    Version(u8),
    /// They end too early, or say that there is more than there can be.
    #[error("the streets are cut off")]
    CutOff,
    /// More than the caller takes.
    #[error("the streets are too large")]
    TooLarge,
    /// At this byte is something that this software would have written otherwise, or never.
    #[error("the streets are malformed at byte {0}")]
    Malformed(usize),
}

impl Streets {
    /// The streets' bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        put(&mut out, self.nodes.len() as u64);
        let mut last = (0, 0);
        for node in &self.nodes {
            last = put_position(&mut out, last, *node);
        }
        put(&mut out, self.streets.len() as u64);
        let mut last_from = 0;
        for street in &self.streets {
            put(&mut out, u64::from(street.from - last_from));
            put(&mut out, u64::from(street.to - street.from));
            out.push(street.class.code());
            put(&mut out, street.shape.len() as u64);
            let mut last = self.node(street.from).map_or((0, 0), e7);
            for point in &street.shape {
                last = put_position(&mut out, last, *point);
            }
            last_from = street.from;
        }
        out
    }

    /// Reads [`Streets::to_bytes`], a piece of at most [`MOST_BYTES`]. Nothing is allocated that the bytes have no room for.
    ///
    /// # Errors
    /// [`Damaged`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Damaged> {
        if bytes.len() > MOST_BYTES { Err(Damaged::TooLarge) } else { Self::from_bytes_of_any_size(bytes) }
    }

    /// The same without a bound, for a whole region out of a file of one's own.
    ///
    /// # Errors
    /// [`Damaged`] says what is wrong and where.
    pub fn from_bytes_of_any_size(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut input = Input { bytes, at: 0 };
        match input.byte()? {
            VERSION => {}
            other => return Err(Damaged::Version(other)),
        }
        let count = input.count(NODE_BYTES)?;
        let mut nodes: Vec<Position> = Vec::with_capacity(count);
        let mut last = (0, 0);
        for _ in 0..count {
            last = input.position(last)?;
            let node = input.checked(last)?;
            if nodes.last().is_some_and(|before| *before > node) {
                return Err(input.malformed());
            }
            nodes.push(node);
        }
        let count = input.count(STREET_BYTES)?;
        let mut streets: Vec<Street> = Vec::with_capacity(count);
        for _ in 0..count {
            let street = input.street(&nodes, streets.last().map_or(0, |street| street.from))?;
            if streets.last().is_some_and(|before| *before >= street) {
                return Err(input.malformed());
            }
            streets.push(street);
        }
        if input.at != bytes.len() {
            return Err(input.malformed());
        }
        let nodes_used = Self::of(nodes.clone(), streets.clone());
        let read = Self { nodes, streets };
        if nodes_used == read { Ok(read) } else { Err(input.malformed()) }
    }
}

fn e7(position: Position) -> (i32, i32) {
    position.e7()
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_position(out: &mut Vec<u8>, last: (i32, i32), position: Position) -> (i32, i32) {
    let here = e7(position);
    for difference in [i64::from(here.0) - i64::from(last.0), i64::from(here.1) - i64::from(last.1)] {
        put(out, ((difference << 1) ^ (difference >> 63)).cast_unsigned());
    }
    here
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Input<'_> {
    fn malformed(&self) -> Damaged {
        Damaged::Malformed(self.at)
    }

    fn byte(&mut self) -> Result<u8, Damaged> {
        let byte = self.bytes.get(self.at).copied().ok_or(Damaged::CutOff)?;
        self.at += 1;
        Ok(byte)
    }

    /// A number below 2³⁵, in its shortest form.
    fn number(&mut self) -> Result<u64, Damaged> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return if byte == 0 && shift > 0 { Err(self.malformed()) } else { Ok(number) };
            }
        }
        Err(self.malformed())
    }

    /// How many things follow that take so many bytes each, or more.
    fn count(&mut self, each: usize) -> Result<usize, Damaged> {
        let count = usize::try_from(self.number()?).map_err(|_| Damaged::CutOff)?;
        let room = self.bytes.len().saturating_sub(self.at) / each;
        if count > room { Err(Damaged::CutOff) } else { Ok(count) }
    }

    fn position(&mut self, last: (i32, i32)) -> Result<(i32, i32), Damaged> {
        let mut part = |last: i32| {
            let number = self.number()?;
            let difference = (number >> 1).cast_signed() ^ -((number & 1).cast_signed());
            i32::try_from(i64::from(last) + difference).map_err(|_| self.malformed())
        };
        Ok((part(last.0)?, part(last.1)?))
    }

    fn checked(&self, (lat_e7, lon_e7): (i32, i32)) -> Result<Position, Damaged> {
        Position::from_e7(lat_e7, lon_e7).map_err(|_| self.malformed())
    }

    fn street(&mut self, nodes: &[Position], last_from: u32) -> Result<Street, Damaged> {
        let from = self.number()? + u64::from(last_from);
        let to = self.number()? + from;
        let [from, to] = [from, to].map(|node| u32::try_from(node).ok().filter(|node| (*node as usize) < nodes.len()));
        let (Some(from), Some(to)) = (from, to) else { return Err(self.malformed()) };
        let class = StreetClass::from_code(self.byte()?).ok_or_else(|| self.malformed())?;
        let count = self.count(NODE_BYTES)?;
        let mut shape = Vec::with_capacity(count);
        let mut last = nodes.get(from as usize).map_or((0, 0), |node| e7(*node));
        for _ in 0..count {
            last = self.position(last)?;
            shape.push(self.checked(last)?);
        }
        let street = Street::new(from, to, class, shape.clone());
        if street.shape == shape { Ok(street) } else { Err(self.malformed()) }
    }
}
