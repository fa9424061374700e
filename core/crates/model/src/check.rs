//! How a value from outside is found wanting.

use thiserror::Error;

/// What is wrong with a value, without the value. `what` is the field, as the app developer knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Invalid {
    /// A text is longer than its bound.
    #[error("{what} is longer than {limit} bytes")]
    TooLong {
        /// The field.
        what: &'static str,
        /// The bound in bytes.
        limit: usize,
    },
    /// There are more items than the bound.
    #[error("{what} has more than {limit} items")]
    TooMany {
        /// The field.
        what: &'static str,
        /// The bound.
        limit: usize,
    },
    /// A needed text or list is empty.
    #[error("{what} is empty")]
    Empty {
        /// The field.
        what: &'static str,
    },
    /// Two items share what must be unique.
    #[error("{what} occurs twice")]
    Twice {
        /// The field.
        what: &'static str,
    },
    /// The value is not one of those the field takes.
    #[error("{what} is not {wanted}")]
    Malformed {
        /// The field.
        what: &'static str,
        /// What it should be.
        wanted: &'static str,
    },
}

pub(crate) fn text(what: &'static str, value: &str, limit: usize) -> Result<(), Invalid> {
    if value.len() > limit { Err(Invalid::TooLong { what, limit }) } else { Ok(()) }
}

pub(crate) fn count(what: &'static str, items: usize, limit: usize) -> Result<(), Invalid> {
    if items > limit { Err(Invalid::TooMany { what, limit }) } else { Ok(()) }
}

pub(crate) fn present(what: &'static str, empty: bool) -> Result<(), Invalid> {
    if empty { Err(Invalid::Empty { what }) } else { Ok(()) }
}

pub(crate) fn holds(what: &'static str, wanted: &'static str, condition: bool) -> Result<(), Invalid> {
    if condition { Ok(()) } else { Err(Invalid::Malformed { what, wanted }) }
}
