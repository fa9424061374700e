//! Canonical CBOR (RFC 8949): the bytes that are hashed, signed, stored and sent.
//!
//! Encoding goes through fixed field numbers, definite lengths and sorted maps, so that equal values give equal bytes.
//! Decoding looks before it leaps: one pass without allocation holds the bytes against [`Caps`], so that neither
//! nesting nor a huge promised length reaches the decoder.

use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode};
use thiserror::Error;

/// What bytes from outside may be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Bytes in all.
    pub bytes: usize,
    /// How deep arrays, maps and tags may nest.
    pub depth: usize,
    /// Items in all, over every array and map.
    pub items: usize,
}

impl Caps {
    /// What one entry's payload, or one record, may be.
    pub const PAYLOAD: Self = Self { bytes: crate::limits::PAYLOAD_BYTES, depth: 32, items: 8_192 };
    /// What a base record or a script may be.
    pub const RECORD: Self = Self { bytes: 4 * 1024 * 1024, depth: 32, items: 262_144 };
}

/// Why bytes are not a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Malformed {
    /// More bytes, items or levels than the caps allow.
    #[error("larger than allowed: more than {limit} {what}")]
    TooLarge {
        /// Bytes, items or levels.
        what: &'static str,
        /// The cap.
        limit: usize,
    },
    /// Not well-formed CBOR, not of definite length, or cut off.
    #[error("not well-formed at byte {at}")]
    NotWellFormed {
        /// Where.
        at: usize,
    },
    /// Well-formed, but not the wanted value.
    #[error("not of the wanted form at byte {at}")]
    Unexpected {
        /// Where.
        at: usize,
    },
    /// Bytes follow the value.
    #[error("bytes follow the value at byte {at}")]
    Trailing {
        /// Where.
        at: usize,
    },
}

/// The canonical bytes of a value.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    // Writing to a `Vec` cannot fail, and the model's encoders raise no error of their own.
    minicbor::to_vec(value).unwrap_or_default()
}

/// The value of canonical bytes, held against the caps before anything is allocated.
///
/// # Errors
/// [`Malformed`] says what is wrong and at which byte.
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8], caps: Caps) -> Result<T, Malformed> {
    let end = scan(bytes, caps)?;
    if end != bytes.len() {
        return Err(Malformed::Trailing { at: end });
    }
    let mut decoder = Decoder::new(bytes);
    let value = decoder.decode().map_err(|_| Malformed::Unexpected { at: decoder.position() })?;
    match decoder.position() {
        at if at == bytes.len() => Ok(value),
        at => Err(Malformed::Trailing { at }),
    }
}

/// Walks over one item without recursion and without allocation in proportion to what is promised; returns its end.
fn scan(bytes: &[u8], caps: Caps) -> Result<usize, Malformed> {
    if bytes.len() > caps.bytes {
        return Err(Malformed::TooLarge { what: "bytes", limit: caps.bytes });
    }
    let mut decoder = Decoder::new(bytes);
    let mut items = 0usize;
    // How many items are still to come at each open level.
    let mut open: Vec<u64> = vec![1];
    while let Some(left) = open.last_mut() {
        if *left == 0 {
            open.pop();
            continue;
        }
        *left -= 1;
        items += 1;
        if items > caps.items {
            return Err(Malformed::TooLarge { what: "items", limit: caps.items });
        }
        let at = decoder.position();
        let inside = inside(&mut decoder).map_err(|_| Malformed::NotWellFormed { at })?;
        if inside > 0 {
            if open.len() >= caps.depth {
                return Err(Malformed::TooLarge { what: "levels", limit: caps.depth });
            }
            // Every promised item takes at least one byte.
            if inside > bytes.len().saturating_sub(decoder.position()) as u64 {
                return Err(Malformed::NotWellFormed { at });
            }
            open.push(inside);
        }
    }
    Ok(decoder.position())
}

/// Reads one head, or one whole simple item; returns how many items are inside it.
fn inside(decoder: &mut Decoder<'_>) -> Result<u64, minicbor::decode::Error> {
    let indefinite = || minicbor::decode::Error::message("lengths are definite");
    match decoder.datatype()? {
        Type::Array => decoder.array()?.ok_or_else(indefinite),
        Type::Map => decoder.map()?.and_then(|pairs| pairs.checked_mul(2)).ok_or_else(indefinite),
        Type::Tag => decoder.tag().map(|_| 1),
        Type::ArrayIndef | Type::MapIndef | Type::BytesIndef | Type::StringIndef | Type::Break => Err(indefinite()),
        _ => decoder.skip().map(|()| 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Condition, QuestionKey};
    use proptest::prelude::*;

    #[test]
    fn a_condition_nested_a_million_deep_is_refused_and_not_followed() {
        let mut bytes = [0x82, 0x06, 0x81].repeat(1_000_000);
        bytes.push(0);
        let refused = decode::<Condition>(&bytes, Caps { bytes: usize::MAX, ..Caps::RECORD });
        assert_eq!(refused, Err(Malformed::TooLarge { what: "levels", limit: 32 }));
    }

    #[test]
    fn a_promise_of_many_items_allocates_nothing() {
        assert_eq!(
            decode::<Vec<u64>>(&[0x9b, 0, 0, 0, 0xff, 0, 0, 0, 0], Caps::RECORD),
            Err(Malformed::NotWellFormed { at: 0 })
        );
    }

    #[test]
    fn bytes_after_the_value_are_noticed() {
        let mut bytes = encode(&Condition::Answered(QuestionKey(1)));
        bytes.push(0);
        assert_eq!(decode::<Condition>(&bytes, Caps::PAYLOAD), Err(Malformed::Trailing { at: bytes.len() - 1 }));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode::<crate::Script>(&bytes, Caps::RECORD);
            let _ = decode::<crate::Interaction>(&bytes, Caps::PAYLOAD);
            let _ = decode::<crate::Door>(&bytes, Caps::RECORD);
        }
    }
}
