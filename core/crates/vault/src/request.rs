//! Proof that an HTTP request comes from a device: what DPoP (RFC 9449) does, in one line of text.
//!
//! The device signs `"walkbook-request-2\n" method \n path \n unix_ms \n nonce \n challenge \n sha256(body)`, the last three in
//! lower-case hexadecimal; the challenge is empty where the server has given none yet. The proof travels as
//! `device_id.ms.nonce.challenge.signature`. A server that sees a proof twice, one whose time is too far from its own, or one
//! with a challenge that is spent, refuses it; that takes a clock and a memory, so it is not done here.

use crate::challenge;
use crate::{Challenge, Error, Forged, PublicKey, SignFailed, Signature, Signer, hex};
use walkbook_model::{ContentHash, DeviceId};

/// The longest text form: `device_` and 26 digits, 20 digits of time, 32 of nonce, 32 of challenge, 128 of signature and four dots.
const MAX_BYTES: usize = 33 + 20 + 32 + 32 + 128 + 4;

/// What of a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestParts<'a> {
    /// The method in capitals, for instance `POST`.
    pub method: &'a str,
    /// The path with its query, as it stands in the request line.
    pub path: &'a str,
    /// When the device signed, in milliseconds since 1970 (UTC).
    pub at_ms: u64,
    /// Sixteen bytes drawn at random for this request.
    pub nonce: [u8; 16],
    /// The last that the server has given; nothing on a device that was given none yet.
    pub challenge: Option<Challenge>,
    /// The SHA-256 of the body: [`ContentHash::of`], of no bytes if there is none.
    pub body_hash: ContentHash,
}

impl RequestParts<'_> {
    /// The signed bytes, or nothing if a part could pose as two: methods and paths are visible ASCII without spaces.
    fn message(&self) -> Option<Vec<u8>> {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic());
        (plain(self.method) && plain(self.path)).then(|| {
            let (nonce, body) = (hex::encode(&self.nonce), hex::encode(&self.body_hash.to_bytes()));
            let (Self { method, path, at_ms, .. }, challenge) = (self, challenge::format(self.challenge));
            format!("walkbook-request-2\n{method}\n{path}\n{at_ms}\n{nonce}\n{challenge}\n{body}").into_bytes()
        })
    }
}

/// Signs a request.
///
/// # Errors
///
/// [`SignFailed`] if the key does not sign, or the method or path is empty or holds anything but visible ASCII.
///
/// ```
/// use std::sync::Arc;
/// use walkbook_model::{ContentHash, DeviceId};
/// use walkbook_vault::*;
/// let rng = Arc::new(SystemRandom::new());
/// let signer = SoftwareSigner::from_pkcs8(&make_device_key(&*rng)?, rng)?;
/// let body_hash = ContentHash::of(b"knocks");
/// let challenge = Some(Challenge::from_bytes([8; 16]));
/// let at_ms = 1_700_000_000_000;
/// let parts = RequestParts { method: "POST", path: "/sync", at_ms, nonce: [9; 16], challenge, body_hash };
/// let signature = sign_request(&signer, &parts)?;
/// verify_request(&signer.public_key(), &parts, &signature)?;
///
/// let device = DeviceId::from_bytes([1; 16]);
/// let proof = RequestProof { device, at_ms, nonce: parts.nonce, challenge, signature };
/// assert_eq!(RequestProof::parse(&proof.format())?, proof);
/// # Ok::<(), Error>(())
/// ```
pub fn sign_request(signer: &dyn Signer, parts: &RequestParts<'_>) -> Result<Signature, SignFailed> {
    signer.sign(&parts.message().ok_or(SignFailed)?)
}

/// Whether the device with this key signed this request.
///
/// # Errors
///
/// [`Forged`] if not.
pub fn verify_request(public_key: &PublicKey, parts: &RequestParts<'_>, signature: &Signature) -> Result<(), Forged> {
    public_key.verify(&parts.message().ok_or(Forged)?, signature)
}

/// What the request carries beside itself: who signed, when, and the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestProof {
    /// The device whose key is to verify.
    pub device: DeviceId,
    /// [`RequestParts::at_ms`].
    pub at_ms: u64,
    /// [`RequestParts::nonce`].
    pub nonce: [u8; 16],
    /// [`RequestParts::challenge`].
    pub challenge: Option<Challenge>,
    /// What [`sign_request`] gave.
    pub signature: Signature,
}

impl RequestProof {
    /// The text form, for a header: `device_id.ms.nonce.challenge.signature`.
    pub fn format(&self) -> String {
        let (nonce, signature) = (hex::encode(&self.nonce), hex::encode(self.signature.as_bytes()));
        format!("{}.{}.{nonce}.{}.{signature}", self.device, self.at_ms, challenge::format(self.challenge))
    }

    /// Reads exactly what [`format`](Self::format) writes; a proof has one text form.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidProof`] for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Some(text)
            .filter(|text| text.len() <= MAX_BYTES)
            .and_then(read)
            .filter(|proof| proof.format() == text)
            .ok_or(Error::InvalidProof)
    }
}

fn read(text: &str) -> Option<RequestProof> {
    let mut parts = text.split('.');
    let proof = RequestProof {
        device: parts.next()?.parse().ok()?,
        at_ms: parts.next()?.parse().ok()?,
        nonce: hex::decode(parts.next()?)?,
        challenge: challenge::parse(parts.next()?)?,
        signature: Signature::from_bytes(hex::decode(parts.next()?)?),
    };
    parts.next().is_none().then_some(proof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software_signer::signer_for_tests;
    use proptest::prelude::*;

    fn parts() -> RequestParts<'static> {
        let body_hash = ContentHash::of(b"abc");
        let (at_ms, challenge) = (1_700_000_000_000, Some(Challenge::from_bytes([0xef; 16])));
        RequestParts { method: "POST", path: "/sync?list=1", at_ms, nonce: [0xab; 16], challenge, body_hash }
    }

    fn proof() -> RequestProof {
        let device = DeviceId::from_bytes([0xfe; 16]);
        let (challenge, signature) = (Some(Challenge::from_bytes([0xef; 16])), Signature::from_bytes([0xcd; 64]));
        RequestProof { device, at_ms: u64::MAX, nonce: [0xab; 16], challenge, signature }
    }

    #[test]
    fn the_signed_bytes_are_frozen() {
        let wanted = "walkbook-request-2\nPOST\n/sync?list=1\n1700000000000\nabababababababababababababababab\n\
                      efefefefefefefefefefefefefefefef\n\
                      ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(parts().message().unwrap(), wanted.as_bytes());
        let never_given = RequestParts { challenge: None, ..parts() }.message().unwrap();
        assert_eq!(never_given, wanted.replace(&"ef".repeat(16), "").as_bytes());
    }

    #[test]
    fn altering_any_part_is_noticed() {
        let signer = signer_for_tests();
        let signature = sign_request(&signer, &parts()).unwrap();
        let verify = |parts: RequestParts<'_>| verify_request(&signer.public_key(), &parts, &signature);
        assert_eq!(verify(parts()), Ok(()));
        for bad in [
            RequestParts { method: "PUT", ..parts() },
            RequestParts { path: "/sync?list=2", ..parts() },
            RequestParts { at_ms: 1_700_000_000_001, ..parts() },
            RequestParts { nonce: [0xac; 16], ..parts() },
            RequestParts { challenge: Some(Challenge::from_bytes([0xee; 16])), ..parts() },
            RequestParts { challenge: None, ..parts() },
            RequestParts { body_hash: ContentHash::of(b"abd"), ..parts() },
        ] {
            assert_eq!(verify(bad), Err(Forged), "{bad:?}");
        }
    }

    #[test]
    fn a_foreign_signature_is_refused() {
        let signature = sign_request(&signer_for_tests(), &parts()).unwrap();
        assert_eq!(verify_request(&signer_for_tests().public_key(), &parts(), &signature), Err(Forged));
    }

    #[test]
    fn parts_that_could_pose_as_two_are_not_signed() {
        for bad in ["", "/a b", "/a\n7", "/é", "/\0", "/a\r"] {
            assert_eq!(sign_request(&signer_for_tests(), &RequestParts { path: bad, ..parts() }), Err(SignFailed));
            assert_eq!(sign_request(&signer_for_tests(), &RequestParts { method: bad, ..parts() }), Err(SignFailed));
        }
    }

    #[test]
    fn the_longest_text_form_is_read_back() {
        assert_eq!(proof().format().len(), MAX_BYTES);
        assert_eq!(RequestProof::parse(&proof().format()), Ok(proof()));
    }

    #[test]
    fn other_text_forms_of_a_proof_are_refused() {
        let good = RequestProof { at_ms: 17, ..proof() }.format();
        assert!(RequestProof::parse(&good).is_ok());
        let never_given = RequestProof { challenge: None, ..proof() };
        assert_eq!(RequestProof::parse(&never_given.format()), Ok(never_given));
        for bad in [
            String::new(),
            good.to_uppercase(),
            good.replace("abab", "ABAB"),
            good.replace("efef", "EFEF"),
            good.replace(".efef", ".ef"),
            good.replace(&format!(".{}", "ef".repeat(16)), ""),
            good.replace("7yzv", "7YZV"),
            good.replace(".17.", ".017."),
            good.replace(".17.", ".+17."),
            good.replace(".17.", ".-17."),
            good.replace(".17.", ".99999999999999999999."),
            format!("{good}."),
            format!(" {good}"),
            good.replace("device_", "door_"),
            good.get(..good.len() - 2).unwrap().to_owned(),
            format!("{good}{}", "0".repeat(1 << 20)),
        ] {
            assert_ne!(bad, good);
            assert_eq!(RequestProof::parse(&bad), Err(Error::InvalidProof), "{bad:.300}");
        }
    }

    proptest! {
        #[test]
        fn every_proof_is_read_back(device: [u8; 16], at_ms: u64, nonce: [u8; 16], given: Option<[u8; 16]>, half: [u8; 32]) {
            let signature = Signature::from_slice(&[half, half].concat()).unwrap();
            let (device, challenge) = (DeviceId::from_bytes(device), given.map(Challenge::from_bytes));
            let proof = RequestProof { device, at_ms, nonce, challenge, signature };
            prop_assert_eq!(RequestProof::parse(&proof.format()), Ok(proof));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(device_)?[0-9a-zé]{0,30}(\\.[0-9a-f]{0,40}){0,5}", any in ".{0,300}") {
            let _ = RequestProof::parse(&text);
            let _ = RequestProof::parse(&any);
        }
    }
}
