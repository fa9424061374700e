//! Lower-case hexadecimal, strictly: one text for one array of bytes.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
}

pub(crate) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N * 2 {
        return None;
    }
    let mut out = [0; N];
    for (to, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        for letter in pair {
            *to = *to << 4 | value(*letter)?;
        }
    }
    Some(out)
}

fn digit(value: u8) -> char {
    DIGITS.get(usize::from(value)).copied().map_or('0', char::from)
}

fn value(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_case_digits_of_the_right_number_are_read() {
        assert_eq!(encode(&[0, 0x9a, 0xff]), "009aff");
        assert_eq!(decode("009aff"), Some([0, 0x9a, 0xff]));
        for bad in ["009aFF", "009af", "+09aff", "009afé", "009aff00", "0x9aff"] {
            assert_eq!(decode::<3>(bad), None, "{bad}");
        }
    }
}
