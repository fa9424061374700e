//! An entry's content as it is sealed: the salt, then the payload.

use crate::store::{Content, Held};
use walkbook_vault::Salt;

const SALT_BYTES: usize = 16;

pub(in crate::store) fn plain(content: &Content) -> Vec<u8> {
    [&content.salt.to_bytes()[..], &content.payload].concat()
}

pub(in crate::store) fn content(opened: Held<Vec<u8>>) -> Held<Content> {
    match opened {
        Held::Readable(mut plain) => match plain.split_first_chunk::<SALT_BYTES>() {
            Some((salt, _)) => {
                let salt = Salt::from_bytes(*salt);
                plain.drain(..SALT_BYTES);
                Held::Readable(Content { salt, payload: plain })
            }
            None => Held::Damaged,
        },
        Held::Erased => Held::Erased,
        Held::Damaged => Held::Damaged,
    }
}
