//! SHA-256 (FIPS 180-4) over several parts, without copying them together.

use ring::digest::{Context, SHA256};

/// The SHA-256 of the parts, one after the other. The caller sees to it that no other parts give the same bytes.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    first_32(context.finish().as_ref())
}

/// The first 32 bytes of a hash or MAC of `ring`, which are slices of the right length.
pub(crate) fn first_32(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    out
}
