//! Identifiers. Each kind of thing has its own type, so that a door's id cannot be passed where a contact's is meant.
//!
//! An id is 16 bytes that its maker supplies or derives; nothing in this crate draws random numbers. The text form is a
//! short prefix and 26 characters of Crockford's base 32 (<https://www.crockford.com/base32.html>), lower case.

use crate::hash::ContentHash;
use thiserror::Error;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidId {
    /// The text does not start with the prefix of this kind of id.
    #[error("an id of this kind starts with `{expected}_`")]
    Prefix {
        /// The prefix that was wanted.
        expected: &'static str,
    },
    /// What follows the prefix is not 26 characters of base 32 within 128 bits.
    #[error("the part after the prefix is not 26 characters of base 32")]
    Digits,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS: usize = 26;

fn encode(bytes: [u8; 16]) -> String {
    let mut value = u128::from_be_bytes(bytes);
    let mut digits = Vec::with_capacity(DIGITS);
    for _ in 0..DIGITS {
        let index = usize::from(value.to_le_bytes()[0] & 31);
        digits.push(ALPHABET.get(index).copied().map_or('0', char::from));
        value >>= 5;
    }
    digits.iter().rev().collect()
}

fn decode(digits: &str) -> Option<[u8; 16]> {
    if digits.len() != DIGITS {
        return None;
    }
    let mut value: u128 = 0;
    for (place, digit) in digits.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|letter| *letter == digit.to_ascii_lowercase())?;
        // 26 digits hold 130 bits: the first may use three of its five.
        if place == 0 && digit > 7 {
            return None;
        }
        value = value << 5 | u128::try_from(digit).ok()?;
    }
    Some(value.to_be_bytes())
}

macro_rules! make_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The prefix of the text form, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// The id with these bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The id's bytes.
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0
            }

            /// The id that these parts always give: the first 16 bytes of the SHA-256 of the prefix and the parts,
            /// each with its length before it. Importing the same row twice so meets the same door.
            ///
            /// ```
            #[doc = concat!("use walkbook_model::", stringify!($name), ";")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::derive(&[b\"a\"]), ", stringify!($name), "::derive(&[b\"a\"]));")]
            #[doc = concat!("assert_ne!(", stringify!($name), "::derive(&[b\"ab\", b\"c\"]), ", stringify!($name), "::derive(&[b\"a\", b\"bc\"]));")]
            /// ```
            pub fn derive(parts: &[&[u8]]) -> Self {
                Self(ContentHash::of_parts($prefix, parts).first_16())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "_{}"), encode(self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let digits = text
                    .strip_prefix(concat!($prefix, "_"))
                    .ok_or(InvalidId::Prefix { expected: $prefix })?;
                decode(digits).map(Self).ok_or(InvalidId::Digits)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(input)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let bytes = d.bytes()?;
                <[u8; 16]>::try_from(bytes)
                    .map(Self)
                    .map_err(|_| minicbor::decode::Error::message("an id has 16 bytes"))
            }
        }
    };
}

make_id!(
    /// A customer organisation; belongs to exactly one region for ever.
    TenantId, "tenant"
);
make_id!(
    /// A canvassing programme; owns scripts and walk lists.
    EffortId, "effort"
);
make_id!(
    /// A polygon cut out of the map.
    TurfId, "turf"
);
make_id!(
    /// The ordered doors that one team or person works.
    WalkListId, "list"
);
make_id!(
    /// A building, which holds one or many doors.
    BuildingId, "building"
);
make_id!(
    /// One dwelling at an address.
    DoorId, "door"
);
make_id!(
    /// A person at a door.
    ContactId, "contact"
);
make_id!(
    /// A script, across its versions.
    ScriptId, "script"
);
make_id!(
    /// A question of a script that is being written; a published one has a number.
    QuestionId, "question"
);
make_id!(
    /// A person who signs in.
    UserId, "user"
);
make_id!(
    /// People who work the same lists, and who lead them.
    TeamId, "team"
);
make_id!(
    /// A phone, or the server's own pen; owns one log of entries.
    DeviceId, "device"
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_form_is_read_back(bytes: [u8; 16]) {
            let id = DoorId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse::<DoorId>(), Ok(id));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,40}") {
            let _ = text.parse::<DoorId>();
        }
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let contact = ContactId::from_bytes([7; 16]).to_string();
        assert_eq!(contact.parse::<DoorId>(), Err(InvalidId::Prefix { expected: "door" }));
    }

    #[test]
    fn more_than_128_bits_are_refused() {
        assert_eq!(format!("door_8{}", "0".repeat(25)).parse::<DoorId>(), Err(InvalidId::Digits));
    }
}
