//! Whether bytes are a vector tile (MVT 2.1), as far as that shows without drawing it.

use super::directory::varint;

/// What a tile is made of.
const LAYERS: u64 = 3;
/// What a layer is called.
const NAME: u64 = 1;
/// From here on a tile may have what else somebody puts into it.
const EXTENSIONS: u64 = 16;

/// Whether these are layers, each with a name. A tile on which nothing is has none.
pub(super) fn is_vector_tile(tile: &[u8]) -> bool {
    each_field(tile, |number, layer| match number {
        LAYERS => layer.is_some_and(is_layer),
        _ => number >= EXTENSIONS,
    })
}

fn is_layer(layer: &[u8]) -> bool {
    let mut is_named = false;
    let is_message = each_field(layer, |number, name| {
        is_named |= number == NAME && name.is_some();
        true
    });
    is_message && is_named
}

/// Whether bytes are a message of which each field is in order, by its number, and by its bytes where it has a length.
fn each_field(mut bytes: &[u8], mut is_in_order: impl FnMut(u64, Option<&[u8]>) -> bool) -> bool {
    while !bytes.is_empty() {
        let Some((number, content)) = field(&mut bytes) else { return false };
        if !is_in_order(number, content) {
            return false;
        }
    }
    true
}

fn field<'a>(bytes: &mut &'a [u8]) -> Option<(u64, Option<&'a [u8]>)> {
    let key = varint(bytes)?;
    let length = match key & 7 {
        0 => {
            varint(bytes)?;
            0
        }
        1 => 8,
        2 => usize::try_from(varint(bytes)?).ok()?,
        5 => 4,
        _ => return None,
    };
    let (content, behind) = bytes.split_at_checked(length)?;
    *bytes = behind;
    Some((key >> 3, (key & 7 == 2).then_some(content)))
}
