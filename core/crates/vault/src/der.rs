//! The DER form of an ECDSA signature (RFC 3279, section 2.2.3; X.690): SEQUENCE { INTEGER r, INTEGER s }.

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// `r ‖ s`, or nothing unless the bytes are the only DER form of two positive integers of at most 32 bytes.
pub(crate) fn read_signature(bytes: &[u8]) -> Option<[u8; 64]> {
    let (content, rest) = read_element(SEQUENCE, bytes)?;
    let (r, after_r) = read_element(INTEGER, content)?;
    let (s, after_s) = read_element(INTEGER, after_r)?;
    if !rest.is_empty() || !after_s.is_empty() {
        return None;
    }
    let mut out = [0; 64];
    let (out_r, out_s) = out.split_at_mut(32);
    fill_from_right(out_r, read_positive(r)?);
    fill_from_right(out_s, read_positive(s)?);
    Some(out)
}

/// The content of an element with this tag, and what follows it. Two integers of 33 bytes take 70, so a length is always
/// below 128 and has one byte.
fn read_element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let ([found, length], rest) = bytes.split_first_chunk::<2>()?;
    if *found != tag || *length > 127 {
        return None;
    }
    rest.split_at_checked(usize::from(*length))
}

/// The digits of a positive integer: a zero goes before them if, and only if, they would look negative without.
fn read_positive(content: &[u8]) -> Option<&[u8]> {
    let digits = match content {
        [0, digits @ ..] if digits.first().is_some_and(|digit| *digit > 127) => digits,
        [1..=127, ..] => content,
        _ => return None,
    };
    (digits.len() <= 32).then_some(digits)
}

fn fill_from_right(out: &mut [u8], digits: &[u8]) {
    out.iter_mut().rev().zip(digits.iter().rev()).for_each(|(to, from)| *to = *from);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
    };

    fn write_integer(number: &[u8]) -> Vec<u8> {
        let digits: Vec<u8> = number.iter().copied().skip_while(|digit| *digit == 0).collect();
        let sign = if digits[0] > 127 { vec![0] } else { vec![] };
        [vec![INTEGER, (sign.len() + digits.len()) as u8], sign, digits].concat()
    }

    fn write_signature(fixed: &[u8]) -> Vec<u8> {
        let content = [write_integer(&fixed[..32]), write_integer(&fixed[32..])].concat();
        [vec![SEQUENCE, content.len() as u8], content].concat()
    }

    #[test]
    fn der_signatures_made_elsewhere_verify_once_read() {
        let rng = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &rng).unwrap();
        for turn in 0..200_u32 {
            let message = turn.to_be_bytes();
            let der = key.sign(&rng, &message).unwrap();
            let fixed = read_signature(der.as_ref()).unwrap();
            assert_eq!(write_signature(&fixed), der.as_ref());
            let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref());
            assert!(public.verify(&message, &fixed).is_ok());
        }
    }

    #[test]
    fn forms_that_are_not_der_are_refused() {
        let cases: &[(&str, &[u8])] = &[
            ("nothing", &[]),
            ("a lone tag", &[0x30]),
            ("another tag", &[0x31, 6, 2, 1, 5, 2, 1, 9]),
            ("another tag inside", &[0x30, 6, 3, 1, 5, 2, 1, 9]),
            ("one integer", &[0x30, 3, 2, 1, 5]),
            ("three integers", &[0x30, 9, 2, 1, 5, 2, 1, 9, 2, 1, 1]),
            ("trailing bytes", &[0x30, 6, 2, 1, 5, 2, 1, 9, 0]),
            ("a length too long", &[0x30, 7, 2, 1, 5, 2, 1, 9]),
            ("a length too short", &[0x30, 5, 2, 1, 5, 2, 1, 9]),
            ("a long-form length", &[0x30, 0x81, 6, 2, 1, 5, 2, 1, 9]),
            ("an indefinite length", &[0x30, 0x80, 2, 1, 5, 2, 1, 9, 0, 0]),
            ("an empty integer", &[0x30, 5, 2, 0, 2, 1, 9]),
            ("zero", &[0x30, 6, 2, 1, 0, 2, 1, 9]),
            ("a negative integer", &[0x30, 6, 2, 1, 0x80, 2, 1, 9]),
            ("a needless zero", &[0x30, 7, 2, 2, 0, 5, 2, 1, 9]),
            ("two zeros", &[0x30, 8, 2, 3, 0, 0, 0x80, 2, 1, 9]),
        ];
        for (name, bytes) in cases {
            assert_eq!(read_signature(bytes), None, "{name}");
        }
    }

    #[test]
    fn integers_above_32_bytes_are_refused() {
        for number in [[vec![1], vec![0; 32]].concat(), [vec![0, 0x80], vec![0; 32]].concat()] {
            let content = [vec![INTEGER, number.len() as u8], number, vec![INTEGER, 1, 9]].concat();
            assert_eq!(read_signature(&[vec![SEQUENCE, content.len() as u8], content].concat()), None);
        }
    }

    proptest! {
        #[test]
        fn every_pair_of_numbers_is_read_back(r: [u8; 32], s: [u8; 32], zeros in 0_usize..32) {
            prop_assume!(r[31] != 0 && s[31] != 0);
            let mut fixed = [r, s].concat();
            fixed[..zeros].fill(0);
            prop_assert_eq!(read_signature(&write_signature(&fixed)).map(Vec::from), Some(fixed));
        }

        #[test]
        fn what_is_read_has_one_form(bytes in prop::collection::vec(0_u8..8, 0..80)) {
            let bytes = [vec![SEQUENCE, bytes.len() as u8], bytes].concat();
            if let Some(fixed) = read_signature(&bytes) {
                prop_assert_eq!(write_signature(&fixed), bytes);
            }
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
            let _ = read_signature(&bytes);
        }
    }
}
