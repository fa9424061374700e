use super::*;
use crate::hex;
use proptest::prelude::*;

const AAD: &[u8] = b"tenant and door";

fn key() -> SealKey {
    SealKey::from_bytes([7; 32])
}

fn sealed(plain: &[u8]) -> Vec<u8> {
    key().seal(Nonce::from_bytes([9; 12]), AAD, plain).unwrap()
}

/// Test case 16 of "The Galois/Counter Mode of Operation" (McGrew and Viega), which SP 800-38D refers to.
#[test]
fn known_answer_of_aes_256_gcm() {
    let key = hex::decode("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").unwrap();
    let nonce = Nonce::from_bytes(hex::decode("cafebabefacedbaddecaf888").unwrap());
    let aad: [u8; 20] = hex::decode("feedfacedeadbeeffeedfacedeadbeefabaddad2").unwrap();
    let mut text: [u8; 60] = hex::decode(concat!(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72",
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    ))
    .unwrap();
    let tag = encrypt(&key, nonce, &aad, &mut text).unwrap();
    assert_eq!(
        hex::encode(&text),
        concat!(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa",
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        )
    );
    assert_eq!(hex::encode(&tag), "76fc6ece0f4e1768cddf8853bb2d551b");
}

#[test]
fn sealed_bytes_are_frozen() {
    assert_eq!(hex::encode(&sealed(b"knock")), "010909090909090909090909094cebebf7d540e5e2243e3dc34fde2728ec14908d6c");
}

#[test]
fn tampering_with_any_byte_is_noticed() {
    let good = sealed(b"knock");
    assert_eq!(good.len(), 5 + SEAL_OVERHEAD_BYTES);
    for place in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[place] ^= 1 << bit;
            let wanted = if place == 0 { Error::UnknownVersion(bad[0]) } else { Error::Forged };
            assert_eq!(key().open(AAD, &bad), Err(wanted), "byte {place} bit {bit}");
        }
    }
}

#[test]
fn cutting_or_adding_bytes_is_noticed() {
    let good = sealed(b"knock");
    for end in 0..good.len() {
        let wanted = if end < SEAL_OVERHEAD_BYTES { Error::Truncated } else { Error::Forged };
        assert_eq!(key().open(AAD, &good[..end]), Err(wanted));
    }
    assert_eq!(key().open(AAD, &[good.as_slice(), &[0]].concat()), Err(Error::Forged));
}

#[test]
fn another_key_aad_or_label_is_refused() {
    let good = sealed(b"knock");
    assert_eq!(key().open(b"another door", &good), Err(Error::Forged));
    assert_eq!(key().open(b"", &good), Err(Error::Forged));
    assert_eq!(key().open_as(b"walkbook-other-1\n", AAD, &good), Err(Error::Forged));
    assert_eq!(SealKey::from_bytes([8; 32]).open(AAD, &good), Err(Error::Forged));
}

#[test]
fn a_key_is_not_printed() {
    assert_eq!(format!("{:?}", key()), "SealKey(..)");
}

proptest! {
    #[test]
    fn what_is_sealed_opens_again(secret: [u8; 32], nonce: [u8; 12], aad: Vec<u8>, plain: Vec<u8>) {
        let key = SealKey::from_bytes(secret);
        let sealed = key.seal(Nonce::from_bytes(nonce), &aad, &plain).unwrap();
        prop_assert_eq!(key.open(&aad, &sealed), Ok(plain));
    }

    #[test]
    fn no_bytes_make_open_panic(mut bytes: Vec<u8>, versioned: bool) {
        if let (true, Some(first)) = (versioned, bytes.first_mut()) {
            *first = VERSION;
        }
        prop_assert!(key().open(AAD, &bytes).is_err());
    }
}
