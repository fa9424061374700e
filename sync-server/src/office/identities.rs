//! Who somebody is at their tenant's own provider.

use super::Error;
use crate::sign_in::provider::ProviderSettings;
use crate::sign_in::{Account, Expected};
use crate::store::{self, Stamp, Store};
use walkbook_model::limits::SHORT_TEXT_BYTES;
use walkbook_model::{Invalid, TenantId, UserId};

/// By what the provider's word for somebody is known.
#[derive(Clone, PartialEq, Eq)]
pub enum KnownBy {
    /// The provider's own name for them.
    Subject(String),
    /// An address that the provider has verified.
    Email(String),
}

walkbook_model::redacted!(KnownBy);

/// Sets down who a user is at the tenant's provider, in the place of whoever it was before.
///
/// # Errors
/// [`Error::Unknown`] without the user, or where the tenant has no provider; [`Error::Invalid`] for a name that is empty or too
/// long, and for an address where the tenant trusts none; [`Error::Store`].
pub fn expect_identity(
    store: &dyn Store,
    tenant: TenantId,
    user: UserId,
    known_by: KnownBy,
    stamp: Stamp,
) -> Result<(), Error> {
    store.user(tenant, user)?.ok_or(Error::Unknown { what: "user" })?;
    let provider = store.provider(tenant)?.ok_or(Error::Unknown { what: "provider" })?;
    let provider = ProviderSettings::from_bytes(&provider).ok_or(store::Error::Damaged { what: "provider" })?;
    let expected = match known_by {
        KnownBy::Subject(subject) => Expected::Subject(provider.subject(checked("user.subject", &subject)?)),
        KnownBy::Email(_) if !provider.trusts_email => {
            return Err(Invalid::Malformed {
                what: "user.email",
                wanted: "trusted; `tenant sign-in --trust-email` trusts it",
            }
            .into());
        }
        KnownBy::Email(email) => Expected::Email(checked("user.email", &email)?.to_owned()),
    };
    let stored = store.account(tenant, user)?;
    let damaged = || store::Error::Damaged { what: "account" };
    let account = match &stored {
        Some(stored) => Account::from_bytes(&stored.bytes).ok_or_else(damaged)?,
        None => Account::default(),
    };
    let bytes = account.expecting(expected).to_bytes().map_err(|_| damaged())?;
    Ok(store.expect_identity(tenant, user, stored.map_or(0, |stored| stored.version), &bytes, stamp)?)
}

fn checked<'a>(what: &'static str, text: &'a str) -> Result<&'a str, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Invalid::Empty { what });
    }
    if text.len() > SHORT_TEXT_BYTES { Err(Invalid::TooLong { what, limit: SHORT_TEXT_BYTES }) } else { Ok(text) }
}
