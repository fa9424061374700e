//! One row that was taken, and the ids that its parts always give.

use walkbook_model::cbor::{self, Caps, Malformed};
use walkbook_model::{Contact, ContactField, ContactId, Door, DoorId, TenantId};

/// A row of a register: a door with at most one contact.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisterRow {
    /// The line that the row starts on, the header being line 1; in an extract, the place among its addresses.
    pub line: u64,
    /// The row's own id in its file; empty if the file has none.
    pub source_id: String,
    /// The door, with the row's contact if it names one. Its id is its address'.
    pub door: Door,
    /// The door's id where another door of this address lies elsewhere.
    pub apart: DoorId,
}

/// The id of a file may be a voter's: a debug print shows the line and nothing else.
impl std::fmt::Debug for RegisterRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RegisterRow(line {})", self.line)
    }
}

impl RegisterRow {
    pub(super) fn new(tenant: TenantId, line: u64, source_id: String, mut door: Door) -> Self {
        let (tenant, address) = (tenant.to_bytes(), door.address.key());
        door.id = DoorId::derive(&[&tenant, address.as_bytes()]);
        let apart = DoorId::derive(&[&tenant, address.as_bytes(), source_id.as_bytes()]);
        Self { line, source_id, door, apart }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(&(self.line, &self.source_id, &self.door, self.apart))
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (line, source_id, door, apart) = cbor::decode(bytes, Caps::RECORD)?;
        Ok(Self { line, source_id, door, apart })
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
