//! E-mail addresses, as far as they name somebody.

use crate::check::{holds, present, text};
use crate::{Invalid, limits};
use std::str::FromStr;

/// An address in the one form in which it is compared: without spaces around it, and in small letters. Whether anybody gets mail
/// there is not looked at.
///
/// ```
/// use walkbook_model::Email;
/// let email: Email = " Aino@Example.org ".parse()?;
/// assert_eq!((email.as_str(), format!("{email:?}").as_str()), ("aino@example.org", "Email(…)"));
/// assert!("aino".parse::<Email>().is_err());
/// # Ok::<(), walkbook_model::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

crate::redacted!(Email);

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = Invalid;

    fn from_str(given: &str) -> Result<Self, Invalid> {
        const WHAT: &str = "email";
        let given = given.trim();
        present(WHAT, given.is_empty())?;
        text(WHAT, given, limits::EMAIL_BYTES)?;
        let is_plain = !given.chars().any(|letter| letter.is_whitespace() || letter.is_control());
        let has_sides = given.rsplit_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        holds(WHAT, "an address such as name@example.org", is_plain && has_sides)?;
        let small = given.to_lowercase();
        // Some letters are longer when they are small.
        text(WHAT, &small, limits::EMAIL_BYTES)?;
        Ok(Self(small))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_form() {
        for same in ["aino@example.org", "AINO@EXAMPLE.ORG", "\taino@Example.org\n"] {
            assert_eq!(same.parse::<Email>().unwrap().as_str(), "aino@example.org");
        }
        assert_eq!("ÄIJÄ@example.org".parse::<Email>().unwrap().as_str(), "äijä@example.org");
        assert_ne!("aino+1@example.org".parse::<Email>(), "aino@example.org".parse::<Email>());
    }

    #[test]
    fn what_is_no_address_is_none() {
        let long = format!("{}@example.org", "a".repeat(limits::EMAIL_BYTES));
        let grows = format!("{}@example.org", "İ".repeat(limits::EMAIL_BYTES / 2 - 6));
        for none in ["", " ", "aino", "@example.org", "aino@", "ai no@example.org", "aino\0@example.org", &long, &grows]
        {
            assert!(none.parse::<Email>().is_err(), "{none:?}");
        }
    }
}
