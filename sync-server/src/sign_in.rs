//! What somebody signs in with: a password, a second factor, recovery codes; or who they are at their tenant's own provider.
//! Pure but for the work that hashing is.

mod account;
mod password;
pub mod provider;
mod second_factor;

pub use account::Expected;
pub(crate) use account::{Account, Made, made};
pub use password::{LONGEST, PasswordUnfit, SHORTEST};
pub(crate) use password::{check, hash};
#[cfg(test)]
pub(crate) use second_factor::code_at;
