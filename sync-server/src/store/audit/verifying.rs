//! Whether an audit log is as it was written.

use super::{Audit, Head};
use crate::store::{Error, Held};
use thiserror::Error;
use walkbook_model::TenantId;
use walkbook_vault::AuditLink;

const PAGE: u32 = 1_000;

/// A log that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audited {
    /// Where it ends. Whoever writes this down elsewhere can tell later whether the log was set back.
    pub head: Head,
    /// Records that nobody can open any more, because the tenant was erased. They are linked all the same.
    pub erased: u64,
}

/// What is wrong with a log: somebody has changed it behind the server's back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Flaw {
    /// Records are missing before this one, or it has another's number.
    #[error("record {number} does not follow the one before it")]
    Gap {
        /// The number that stands there.
        number: u64,
    },
    /// It is not the record that was written, or not in its place.
    #[error("record {number} was changed, or put there")]
    Changed {
        /// Its number.
        number: u64,
    },
    /// The log does not end where its head says.
    #[error("the log ends with record {number}, and its head says otherwise")]
    Cut {
        /// The last record's number.
        number: u64,
    },
    /// The head was changed, or is gone.
    #[error("the head of the log was changed")]
    Head,
    /// The log is sound by itself and does not hold what it held when this link was written down.
    #[error("record {number} is not the one that was expected: the log was set back, or is another one")]
    SetBack {
        /// The number that was expected.
        number: u64,
    },
}

/// Reads the whole log of a tenant and holds it against its links, its seals and its head; and against a place in it that
/// was written down elsewhere, if one is given.
///
/// # Errors
/// Those of the store. What is wrong with the log is in the result.
pub fn verify(
    store: &(impl Audit + ?Sized),
    tenant: TenantId,
    expected: Option<Head>,
) -> Result<Result<Audited, Flaw>, Error> {
    let mut last = Head { number: 0, link: AuditLink::start(tenant) };
    let mut as_expected = expected.is_none_or(|expected| expected == last);
    let mut erased = 0;
    loop {
        let page = match store.audit(tenant, last.number, PAGE) {
            Err(Error::Damaged { .. }) => return Ok(Err(Flaw::Changed { number: last.number + 1 })),
            page => page?,
        };
        let is_end = page.is_empty();
        for record in page {
            let number = record.number;
            if number != last.number + 1 {
                return Ok(Err(Flaw::Gap { number }));
            }
            if last.link.next(number, record.at, &record.sealed) != record.link {
                return Ok(Err(Flaw::Changed { number }));
            }
            match record.act {
                Held::Readable(_) => {}
                Held::Erased => erased += 1,
                Held::Damaged => return Ok(Err(Flaw::Changed { number })),
            }
            last = Head { number, link: record.link };
            as_expected |= expected == Some(last);
        }
        if !is_end {
            continue;
        }
        match store.audit_head(tenant)? {
            Held::Damaged => return Ok(Err(Flaw::Head)),
            // What came between the two looks is read as well; a head that promises what is not there has lost it.
            Held::Readable(head) if head.number > last.number => {
                if store.audit(tenant, last.number, 1)?.is_empty() {
                    return Ok(Err(Flaw::Cut { number: last.number }));
                }
            }
            Held::Readable(head) if head != last => return Ok(Err(Flaw::Cut { number: last.number })),
            Held::Readable(_) | Held::Erased => break,
        }
    }
    Ok(match expected {
        Some(expected) if !as_expected => Err(Flaw::SetBack { number: expected.number }),
        _ => Ok(Audited { head: last, erased }),
    })
}
