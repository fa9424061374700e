//! A person at a door.

use std::collections::HashMap;
use walkbook_model::{self as model, ContactId};

/// What is known of a person; absent is what nobody has said. Fields merge one by one: two people may mend two fields of one
/// contact at once.
#[derive(Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct ContactDetails {
    /// Given name.
    #[uniffi(default = None)]
    pub given_name: Option<String>,
    /// Family name.
    #[uniffi(default = None)]
    pub family_name: Option<String>,
    /// Telephone number.
    #[uniffi(default = None)]
    pub phone: Option<String>,
    /// E-mail address.
    #[uniffi(default = None)]
    pub email: Option<String>,
    /// Preferred language, a BCP 47 tag.
    #[uniffi(default = None)]
    pub language: Option<String>,
    /// Year of birth.
    #[uniffi(default = None)]
    pub birth_year: Option<String>,
    /// Gender, in the person's own words.
    #[uniffi(default = None)]
    pub gender: Option<String>,
    /// Support level: 1 strong support to 5 strong opposition, or the tenant's own scale.
    #[uniffi(default = None)]
    pub support: Option<String>,
    /// The tenant's own reference: register number, membership number.
    #[uniffi(default = None)]
    pub reference: Option<String>,
    /// Fields of the tenant's own, by name.
    #[uniffi(default)]
    pub custom: HashMap<String, String>,
}

/// A contact as edits and clashes name it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Contact {
    /// Which.
    pub id: ContactId,
    /// What is known of the person.
    pub details: ContactDetails,
}

/// A field of a contact.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
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
    /// A field of the tenant's own.
    Custom {
        /// Its name.
        name: String,
    },
}

impl ContactDetails {
    /// The fields that are there.
    pub(crate) fn into_fields(self) -> impl Iterator<Item = (model::ContactField, String)> {
        use model::ContactField as Field;
        let named = [
            (Field::GivenName, self.given_name),
            (Field::FamilyName, self.family_name),
            (Field::Phone, self.phone),
            (Field::Email, self.email),
            (Field::Language, self.language),
            (Field::BirthYear, self.birth_year),
            (Field::Gender, self.gender),
            (Field::Support, self.support),
            (Field::Reference, self.reference),
        ];
        let custom = self.custom.into_iter().map(|(name, value)| (Field::Custom(name), value));
        named.into_iter().filter_map(|(field, value)| Some((field, value?))).chain(custom)
    }
}

impl From<model::Contact> for ContactDetails {
    fn from(contact: model::Contact) -> Self {
        let mut details = Self::default();
        for (field, value) in contact.fields {
            let place = match field {
                model::ContactField::GivenName => &mut details.given_name,
                model::ContactField::FamilyName => &mut details.family_name,
                model::ContactField::Phone => &mut details.phone,
                model::ContactField::Email => &mut details.email,
                model::ContactField::Language => &mut details.language,
                model::ContactField::BirthYear => &mut details.birth_year,
                model::ContactField::Gender => &mut details.gender,
                model::ContactField::Support => &mut details.support,
                model::ContactField::Reference => &mut details.reference,
                model::ContactField::Custom(name) => {
                    details.custom.insert(name, value);
                    continue;
                }
            };
            *place = Some(value);
        }
        details
    }
}

impl From<model::Contact> for Contact {
    fn from(contact: model::Contact) -> Self {
        Self { id: contact.id, details: contact.into() }
    }
}

impl From<Contact> for model::Contact {
    fn from(contact: Contact) -> Self {
        Self { id: contact.id, fields: contact.details.into_fields().collect() }
    }
}

impl From<ContactField> for model::ContactField {
    fn from(field: ContactField) -> Self {
        match field {
            ContactField::GivenName => Self::GivenName,
            ContactField::FamilyName => Self::FamilyName,
            ContactField::Phone => Self::Phone,
            ContactField::Email => Self::Email,
            ContactField::Language => Self::Language,
            ContactField::BirthYear => Self::BirthYear,
            ContactField::Gender => Self::Gender,
            ContactField::Support => Self::Support,
            ContactField::Reference => Self::Reference,
            ContactField::Custom { name } => Self::Custom(name),
        }
    }
}

impl From<model::ContactField> for ContactField {
    fn from(field: model::ContactField) -> Self {
        match field {
            model::ContactField::GivenName => Self::GivenName,
            model::ContactField::FamilyName => Self::FamilyName,
            model::ContactField::Phone => Self::Phone,
            model::ContactField::Email => Self::Email,
            model::ContactField::Language => Self::Language,
            model::ContactField::BirthYear => Self::BirthYear,
            model::ContactField::Gender => Self::Gender,
            model::ContactField::Support => Self::Support,
            model::ContactField::Reference => Self::Reference,
            model::ContactField::Custom(name) => Self::Custom { name },
        }
    }
}
