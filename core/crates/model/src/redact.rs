//! Log-safety by construction: a type that can name a person, or say what one thinks, has no `Display`, and its `Debug`
//! shows its type and nothing else. Errors then cannot carry what they cannot print.

/// Gives types that tell of people a `Debug` that prints the type's name and an ellipsis.
///
/// ```
/// struct Ballot { #[allow(dead_code)] choice: &'static str }
/// walkbook_model::redacted!(Ballot);
/// assert_eq!(format!("{:?}", Ballot { choice: "blue" }), "Ballot(…)");
/// ```
#[macro_export]
macro_rules! redacted {
    ($($name:ident),+ $(,)?) => {$(
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

pub(crate) use redacted;

#[cfg(test)]
mod tests {
    use crate::{Address, Contact, ContactField, ContactId};

    #[test]
    fn a_debug_print_names_nobody() {
        let mut contact = Contact::new(ContactId::from_bytes([1; 16]));
        contact.fields.insert(ContactField::GivenName, "Aino".into());
        let address = Address { street: "Aleksanterinkatu".into(), ..Address::default() };
        assert_eq!(format!("{contact:?} {address:?}"), "Contact(…) Address(…)");
    }
}
