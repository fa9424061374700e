//! Mutations of a seed, the same in every run: what a fuzzer tries first, without a fuzzer.

/// Values at which code tends to break: ends of ranges, and heads of CBOR that promise much.
const EDGES: [u8; 12] = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x1b, 0x3b, 0x5b, 0x9b, 0xbb, 0x9f, 0xf6];

/// So many mutations of these bytes. `others` lend their ends.
pub fn mutations<'a>(bytes: &'a [u8], others: &'a [&'a [u8]], count: usize) -> impl Iterator<Item = Vec<u8>> + 'a {
    let start = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    let mut draw = Draw(start);
    (0..count).map(move |_| {
        let mut mutant = bytes.to_vec();
        for _ in 0..=draw.below(3) {
            mutate(&mut mutant, others, &mut draw);
        }
        mutant
    })
}

fn mutate(bytes: &mut Vec<u8>, others: &[&[u8]], draw: &mut Draw) {
    let place = draw.below(bytes.len().max(1));
    let run = 1 + draw.below(16);
    let end = (place + run).min(bytes.len());
    match draw.below(8) {
        0 => bytes.truncate(place),
        1 => drop(bytes.drain(place.min(end)..end)),
        2 => {
            let again = bytes[place.min(end)..end].repeat(1 + draw.below(64));
            bytes.splice(place..place, again);
        }
        3 => bytes.insert(place, EDGES[draw.below(EDGES.len())]),
        4 => {
            // Eight bytes that claim a huge length or number.
            let huge = [u64::MAX, i64::MAX.unsigned_abs(), u64::from(u32::MAX), 1 << 20][draw.below(4)];
            bytes.splice(place..end, huge.to_be_bytes());
        }
        5 => {
            let other = others.get(draw.below(others.len().max(1))).copied().unwrap_or_default();
            bytes.truncate(place);
            bytes.extend_from_slice(&other[draw.below(other.len().max(1)).min(other.len())..]);
        }
        6 => {
            if let Some(byte) = bytes.get_mut(place) {
                *byte = EDGES[draw.below(EDGES.len())];
            }
        }
        _ => {
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1 << draw.below(8);
            }
        }
    }
}

/// `SplitMix64` (Steele, Lea, Flood 2014).
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::mutations;

    #[test]
    fn mutations_are_the_same_in_every_run_and_differ_from_the_seed() {
        let seed = b"a knock at the door";
        let first: Vec<_> = mutations(seed, &[b"another"], 100).collect();
        assert!(mutations(seed, &[b"another"], 100).eq(first.iter().cloned()));
        assert!(first.iter().filter(|mutant| mutant.as_slice() != seed).count() > 90);
    }

    #[test]
    fn nothing_is_mutated_too() {
        assert_eq!(mutations(b"", &[], 100).count(), 100);
    }
}
