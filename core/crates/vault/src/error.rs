use thiserror::Error;

/// Why the vault refused. No variant says anything about the secret or the text it was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Error {
    /// The bytes end before a nonce and a tag do, or have another length than their kind. Fetch them again.
    #[error("the sealed bytes have the wrong length")]
    Truncated,
    /// Sealed by a later version of this software. Update; do not overwrite the bytes.
    #[error("sealed bytes of unknown version {0}")]
    UnknownVersion(u8),
    /// Another key, other associated data, or altered bytes; which of them cannot be told. Treat as hostile.
    #[error("the bytes are not what the key's holder sealed or signed")]
    Forged,
    /// More than AES-GCM seals under one nonce (about 64 GiB). Split it.
    #[error("too long to seal at once")]
    TooLong,
    /// Not an uncompressed P-256 point. Enrol the device again.
    #[error("not a public key")]
    InvalidPublicKey,
    /// Not the PKCS#8 of a P-256 key pair. Make a new device key and enrol it.
    #[error("not a device key")]
    InvalidPrivateKey,
    /// Not the encoding of an ECDSA signature over P-256. Refuse what it came with.
    #[error("not a signature")]
    InvalidSignature,
    /// Not the text form of a request proof. Refuse the request.
    #[error("not a request proof")]
    InvalidProof,
    /// Not an invitation's or a rescue file's code. Ask the person to type it again.
    #[error("not a code")]
    InvalidCode,
    /// The key would not sign. See [`SignFailed`].
    #[error(transparent)]
    SignFailed(#[from] SignFailed),
}

/// The signature was not made by this key over this message. Refuse what it came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature is not this key's over this message")]
pub struct Forged;

impl From<Forged> for Error {
    fn from(_: Forged) -> Self {
        Self::Forged
    }
}

/// The signing key would not sign: the phone is locked, its hardware refused, the system gave no randomness, or the
/// message cannot be put in the form that is signed. Nothing is lost; try again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the device's key did not sign")]
pub struct SignFailed;
