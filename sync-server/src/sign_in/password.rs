//! Passwords, by Argon2id (RFC 9106) with what OWASP's Password Storage Cheat Sheet asks for: 19 MiB, two passes, one lane.
//! A hash carries its parameters, so that they can be raised.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;

/// A password has so many characters at least.
pub const SHORTEST: usize = 12;
/// A password has so many bytes at most.
pub const LONGEST: usize = 256;

/// A password that nobody may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordUnfit {
    /// It can be guessed too easily.
    #[error("a password has at least {SHORTEST} characters")]
    Short,
    /// It is longer than any person types.
    #[error("a password has at most {LONGEST} bytes")]
    Long,
}

/// Whether somebody may choose this password. Length counts and nothing else: rules about digits and signs make passwords
/// that are written down (NIST SP 800-63B).
pub(crate) fn check(password: &str) -> Result<(), PasswordUnfit> {
    match password {
        long if long.len() > LONGEST => Err(PasswordUnfit::Long),
        short if short.chars().count() < SHORTEST => Err(PasswordUnfit::Short),
        _ => Ok(()),
    }
}

/// The password's hash as a PHC string; nothing where the system has no memory for it.
pub(crate) fn hash(password: &str, salt: [u8; 16]) -> Option<String> {
    let hash: PasswordHash = argon2().hash_password_with_salt(password.as_bytes(), &salt).ok()?;
    Some(hash.to_string())
}

/// Whether the password is the one of the hash. Where there is none it takes as long, and is wrong.
pub(crate) fn is_right(password: &str, hash: Option<&str>) -> bool {
    match hash.and_then(|hash| PasswordHash::new(hash).ok()) {
        Some(hash) => argon2().verify_password(password.as_bytes(), &hash).is_ok(),
        None => {
            let worked = self::hash(password, [0; 16]);
            std::hint::black_box(worked);
            false
        }
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_and_no_other_is() {
        let hash = hash("correct horse battery", [7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(is_right("correct horse battery", Some(&hash)));
        for wrong in ["correct horse batterz", "", "Correct horse battery"] {
            assert!(!is_right(wrong, Some(&hash)), "{wrong}");
        }
        assert!(!is_right("correct horse battery", Some("no hash")));
        assert!(!is_right("correct horse battery", None));
    }

    #[test]
    fn only_its_length_makes_a_password_unfit() {
        assert_eq!(check("eleven char"), Err(PasswordUnfit::Short));
        assert_eq!(check("ääääääääääää"), Ok(()));
        assert_eq!(check("äääääääääää"), Err(PasswordUnfit::Short));
        assert_eq!(check(&"x".repeat(LONGEST)), Ok(()));
        assert_eq!(check(&"x".repeat(LONGEST + 1)), Err(PasswordUnfit::Long));
    }
}
