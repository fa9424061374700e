//! The chain of an audit log: each record is linked to all before it, so that none can be changed, taken out or put in.
//!
//! The link covers the record as it lies there, sealed: the chain still checks when nobody can open the records any more.
//! Hashes are SHA-256 (FIPS 180-4) and start with a label of their own. Who has no key can make a chain anew, but not the
//! sealed head that names its last link; who keeps a link somewhere else finds out whether the log was set back.

use crate::digest::sha256;
use crate::hex;
use walkbook_model::{TenantId, Timestamp};

const START: &[u8] = b"walkbook-audit-start-1\n";
const LINK: &[u8] = b"walkbook-audit-link-1\n";

/// What stands for a record and all before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AuditLink([u8; 32]);

impl AuditLink {
    /// The link before a tenant's first record.
    pub fn start(tenant: TenantId) -> Self {
        Self(sha256(&[START, &tenant.to_bytes()]))
    }

    /// The link of the next record: its number from 1 on, when it was written, and its sealed bytes.
    ///
    /// ```
    /// use walkbook_model::{TenantId, Timestamp};
    /// use walkbook_vault::AuditLink;
    /// let start = AuditLink::start(TenantId::from_bytes([1; 16]));
    /// let first = start.next(1, Timestamp::from_ms(5), b"sealed");
    /// assert_ne!(first, start.next(1, Timestamp::from_ms(6), b"sealed"));
    /// assert_eq!(first, start.next(1, Timestamp::from_ms(5), b"sealed"));
    /// ```
    #[must_use]
    pub fn next(self, number: u64, at: Timestamp, sealed: &[u8]) -> Self {
        // All but the last part are of a fixed length: no two records are one text.
        Self(sha256(&[LINK, &self.0, &number.to_be_bytes(), &at.as_ms().to_be_bytes(), sealed]))
    }

    /// The link with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

/// In hexadecimal digits: to be written down elsewhere.
impl std::fmt::Display for AuditLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl std::fmt::Debug for AuditLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// The text is no link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a link of the audit log has 64 lower-case hexadecimal digits")]
pub struct InvalidLink;

impl std::str::FromStr for AuditLink {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        hex::decode(text).map(Self).ok_or(InvalidLink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId::from_bytes([1; 16]);

    #[test]
    fn a_link_depends_on_everything_before_it() {
        let at = Timestamp::from_ms(5);
        let first = AuditLink::start(TENANT).next(1, at, b"a");
        let second = first.next(2, at, b"b");
        let others = [
            AuditLink::start(TenantId::from_bytes([2; 16])).next(1, at, b"a").next(2, at, b"b"),
            AuditLink::start(TENANT).next(1, at, b"b").next(2, at, b"b"),
            AuditLink::start(TENANT).next(2, at, b"b"),
            first.next(3, at, b"b"),
            first.next(2, Timestamp::from_ms(6), b"b"),
            first.next(2, at, b"bb"),
        ];
        assert!(others.iter().all(|other| *other != second));
    }

    #[test]
    fn the_bytes_of_a_chain_never_change() {
        let link = AuditLink::start(TENANT).next(1, Timestamp::from_ms(1_795_000_000_000), b"sealed");
        assert_eq!(link.to_string(), "d0a73fbadd9155e4cad2337bcb49e928b2ed767598c42551027182e220173ee8");
    }

    #[test]
    fn a_link_is_read_as_it_is_written_and_nothing_else_is() {
        let link = AuditLink::start(TENANT);
        assert_eq!(link.to_string().parse(), Ok(link));
        for wrong in ["", "00", &"+1".repeat(32), &"A0".repeat(32), &"é".repeat(32), &"0".repeat(66)] {
            assert_eq!(wrong.parse::<AuditLink>(), Err(InvalidLink), "{wrong}");
        }
    }
}
