//! One row that was taken, and the ids that its parts always give.

use walkbook_model::{Contact, ContactField, ContactId, Door};

/// A row of a register: a door with at most one contact.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisterRow {
    /// The line that the row starts on, the header being line 1; in an extract, the place among its addresses.
    pub line: u64,
    /// The row's own id in its file; empty if the file has none.
    pub source_id: String,
    /// The door, with the row's contact if it names one.
    pub door: Door,
}

/// The id of a file may be a voter's: a debug print shows the line and nothing else.
impl std::fmt::Debug for RegisterRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RegisterRow(line {})", self.line)
    }
}

/// What tells a contact from the others at its door: the tenant's reference, else the name with the year of birth, else
/// the telephone number or e-mail address.
pub(crate) fn contact_key(contact: &Contact) -> String {
    let field = |field| contact.fields.get(&field).map_or("", String::as_str).trim().to_lowercase();
    let reference = field(ContactField::Reference);
    if !reference.is_empty() {
        return reference;
    }
    let name = contact.name().to_lowercase();
    if !name.is_empty() {
        return format!("{name}\u{1f}{}", field(ContactField::BirthYear));
    }
    let phone = field(ContactField::Phone);
    if phone.is_empty() { field(ContactField::Email) } else { phone }
}

/// Gives the door's contacts the ids that belong to this door.
pub(crate) fn name_contacts(door: &mut Door) {
    let id = door.id.to_bytes();
    for contact in &mut door.contacts {
        contact.id = ContactId::derive(&[&id, contact_key(contact).as_bytes()]);
    }
}
