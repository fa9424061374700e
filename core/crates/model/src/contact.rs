//! A person at a door.

use crate::ContactId;
use crate::check::{self, Invalid};
use crate::limits::{CUSTOM_FIELDS, SHORT_TEXT_BYTES};
use crate::redact::redacted;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A field of a contact. Fields merge one by one: two people may mend two fields of one contact at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContactField {
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// Telephone number.
    Phone,
    /// E-mail address.
    Email,
    /// Preferred language, a BCP 47 tag.
    Language,
    /// Year of birth.
    BirthYear,
    /// Gender, in the person's own words.
    Gender,
    /// Support level: 1 strong support to 5 strong opposition, or the tenant's own scale.
    Support,
    /// The tenant's own reference: register number, membership number.
    Reference,
    /// A field of the tenant's own, by its name.
    Custom(String),
}

impl ContactField {
    const NAMED: [(Self, u8, &'static str); 9] = [
        (Self::GivenName, 0, "given_name"),
        (Self::FamilyName, 1, "family_name"),
        (Self::Phone, 2, "phone"),
        (Self::Email, 3, "email"),
        (Self::Language, 4, "language"),
        (Self::BirthYear, 5, "birth_year"),
        (Self::Gender, 6, "gender"),
        (Self::Support, 7, "support"),
        (Self::Reference, 8, "reference"),
    ];

    /// The fields that every tenant has.
    pub fn named() -> impl Iterator<Item = Self> {
        Self::NAMED.into_iter().map(|(field, ..)| field)
    }

    /// The field's name, as files and tables write it.
    pub fn name(&self) -> &str {
        match self {
            Self::Custom(name) => name,
            named => Self::NAMED.iter().find(|(field, ..)| field == named).map_or("", |(_, _, name)| name),
        }
    }

    /// The field of this name; any other name is a field of the tenant's own.
    pub fn from_name(name: &str) -> Self {
        let named = Self::NAMED.iter().find(|(_, _, known)| *known == name);
        named.map_or_else(|| Self::Custom(name.into()), |(field, ..)| field.clone())
    }

    /// Holds a value against what the field takes. An empty value clears the field.
    ///
    /// # Errors
    /// [`Invalid`] names the field.
    pub fn check(&self, value: &str) -> Result<(), Invalid> {
        if let Self::Custom(name) = self {
            check::present("the name of a contact's field", name.is_empty())?;
            check::text("the name of a contact's field", name, SHORT_TEXT_BYTES)?;
        }
        check::text("a contact's field", value, SHORT_TEXT_BYTES)?;
        if value.is_empty() {
            return Ok(());
        }
        match self {
            Self::BirthYear => {
                let year = value.parse::<u16>().is_ok_and(|year| (1880..=2100).contains(&year));
                check::holds("contact.birth_year", "a year from 1880 to 2100", year)
            }
            Self::Email => {
                let halves = value.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
                check::holds("contact.email", "an e-mail address", halves)
            }
            Self::Phone => {
                let digits = value.chars().filter(char::is_ascii_digit).count();
                check::holds("contact.phone", "a telephone number of 3 to 20 digits", (3..=20).contains(&digits))
            }
            _ => Ok(()),
        }
    }
}

impl Serialize for ContactField {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for ContactField {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Self::from_name(&<std::borrow::Cow<'de, str>>::deserialize(input)?))
    }
}

/// A named field is its number, the tenant's own is its name.
impl<C> minicbor::Encode<C> for ContactField {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match Self::NAMED.iter().find(|(field, ..)| field == self) {
            Some((_, number, _)) => e.u8(*number)?.ok(),
            None => e.str(self.name())?.ok(),
        }
    }
}

impl<'b, C> minicbor::Decode<'b, C> for ContactField {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        if d.datatype()? == minicbor::data::Type::String {
            return Ok(Self::from_name(d.str()?));
        }
        let number = d.u8()?;
        let named = Self::NAMED.iter().find(|(_, known, _)| *known == number);
        named
            .map(|(field, ..)| field.clone())
            .ok_or_else(|| minicbor::decode::Error::message("no contact field has this number"))
    }
}

/// A contact: its id and the fields that have a value.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Contact {
    /// Which contact.
    #[n(0)]
    pub id: ContactId,
    /// The fields with a value.
    #[n(1)]
    #[serde(default)]
    pub fields: BTreeMap<ContactField, String>,
}

redacted!(Contact);

impl Contact {
    /// A contact of whom nothing is known yet.
    pub const fn new(id: ContactId) -> Self {
        Self { id, fields: BTreeMap::new() }
    }

    /// Given and family name, as a screen shows them; empty if neither is known.
    pub fn name(&self) -> String {
        let names = [ContactField::GivenName, ContactField::FamilyName];
        names.iter().filter_map(|field| self.fields.get(field)).map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Holds every field against its bound.
    ///
    /// # Errors
    /// [`Invalid`] names the field.
    pub fn check(&self) -> Result<(), Invalid> {
        let own = self.fields.keys().filter(|field| matches!(field, ContactField::Custom(_))).count();
        check::count("a contact's own fields", own, CUSTOM_FIELDS)?;
        self.fields.iter().try_for_each(|(field, value)| field.check(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_field_is_read_back_by_number_and_by_name() {
        for (field, ..) in ContactField::NAMED {
            assert_eq!(ContactField::from_name(field.name()), field);
            assert_eq!(minicbor::decode::<ContactField>(&minicbor::to_vec(&field).unwrap()).unwrap(), field);
        }
    }

    #[test]
    fn a_number_no_field_has_is_refused() {
        assert!(minicbor::decode::<ContactField>(&minicbor::to_vec(200u8).unwrap()).is_err());
    }

    #[test]
    fn what_a_field_does_not_take_is_refused_and_empty_clears() {
        assert!(ContactField::BirthYear.check("1776").is_err());
        assert!(ContactField::Email.check("nobody").is_err());
        assert!(ContactField::Phone.check("call me").is_err());
        assert!(ContactField::Phone.check("+358 40 123 4567").is_ok());
        assert!(ContactField::Email.check("").is_ok());
    }
}
