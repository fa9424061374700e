//! The tiles of one list's map as the store keeps them: one behind the other, packed together. What is in one tile is much
//! like what is in the next.

use crate::store;

/// Level 9: a map is packed once and kept by every backup.
const LEVEL: i32 = 9;

/// Packs tiles, in the order in which the map names them.
pub(super) fn pack(tiles: &[Vec<u8>]) -> Result<Vec<u8>, store::Error> {
    let mut whole = Vec::with_capacity(tiles.iter().map(|tile| tile.len() + 4).sum());
    for tile in tiles {
        whole.extend(u32::try_from(tile.len()).map_err(|_| store::Error::OutOfRange)?.to_be_bytes());
        whole.extend(tile);
    }
    zstd::bulk::compress(&whole, LEVEL).map_err(|_| store::Error::OutOfRange)
}

/// The tiles, as they went in; nothing where the bytes are something else.
pub(crate) fn unpack(packed: &[u8], most_bytes: usize) -> Option<Vec<Vec<u8>>> {
    let whole = zstd::bulk::decompress(packed, most_bytes).ok()?;
    let (mut tiles, mut rest) = (Vec::new(), whole.as_slice());
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let (tile, behind) = behind.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        tiles.push(tile.to_vec());
        rest = behind;
    }
    rest.is_empty().then_some(tiles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_come_out_as_they_went_in_and_anything_else_is_none() {
        let tiles = [b"roads".to_vec(), Vec::new(), vec![7; 100_000]];
        let packed = pack(&tiles).unwrap();
        assert!(packed.len() < 1_000);
        assert_eq!(unpack(&packed, 200_000).as_deref(), Some(&tiles[..]));
        assert_eq!(unpack(&packed, 50_000), None);
        for cut in 1..packed.len() {
            assert_eq!(unpack(&packed[..cut], 200_000), None, "cut off at {cut}");
        }
        assert_eq!(unpack(&zstd::bulk::compress(&[0, 0, 0, 9, 1], 1).unwrap(), 100), None);
    }
}
