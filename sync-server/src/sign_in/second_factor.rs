//! The second factor: time-based one-time passwords (RFC 6238) as every authenticator makes them, of six digits, for 30 seconds,
//! with HMAC-SHA-1. One step either way is taken: clocks differ, and people type.

use totp_rs::{Builder, Totp};
use walkbook_model::{Timestamp, UserId};

/// The secret that server and authenticator share, as long as RFC 4226 recommends.
pub(super) type Secret = [u8; 20];

const ISSUER: &str = "Walkbook";

/// The time step whose code this is, if it is one of those around now.
pub(super) fn step_of(secret: Secret, code: &str, now: Timestamp) -> Option<u64> {
    totp(secret, ISSUER)?.check(code, now.as_ms() / 1_000)
}

/// What the authenticator reads, as a link.
pub(super) fn link(secret: Secret, user: UserId) -> Option<String> {
    totp(secret, &user.to_string())?.to_url().ok()
}

fn totp(secret: Secret, account: &str) -> Option<Totp> {
    let builder = Builder::new().with_digits(6).with_step_duration(30).with_skew(1);
    builder.with_secret(secret).with_issuer(Some(ISSUER)).with_account_name(account).build().ok()
}

/// What the authenticator shows that was told this link.
#[cfg(test)]
pub(crate) fn code_at(link: &str, now: Timestamp) -> String {
    Totp::from_url(link).unwrap().generate(now.as_ms() / 1_000).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: Secret = *b"12345678901234567890";

    const fn at(seconds: u64) -> Timestamp {
        Timestamp::from_ms(seconds * 1_000)
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, the last six of eight digits.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step_of(SECRET, code, at(seconds)), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn one_step_either_way_is_taken_and_no_more() {
        let code = "050471";
        let step = 1_111_111_111 / 30;
        for (steps, taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let now = at((1_111_111_111_i64 + 30 * steps).unsigned_abs());
            assert_eq!(step_of(SECRET, code, now), taken.then_some(step), "{steps}");
        }
        for other in ["", "50471", "0050471", "050472", "05047a", "+50471", " 050471"] {
            assert_eq!(step_of(SECRET, other, at(1_111_111_111)), None, "{other}");
        }
    }

    #[test]
    fn the_link_is_what_authenticators_read() {
        let user = UserId::from_bytes([2; 16]);
        let link = link(SECRET, user).unwrap();
        assert!(link.starts_with("otpauth://totp/"), "{link}");
        assert!(link.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") && link.contains("issuer=Walkbook"), "{link}");
        assert_eq!(code_at(&link, at(59)), "287082");
    }
}
