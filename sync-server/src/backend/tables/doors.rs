//! Doors in the tables, with their people and all that happened.

use super::is_news;
use super::words::{answer, number};
use crate::backend::{Delivery, DoorRecord, EntryRecord};
use crate::words::{instant, word};
use rusqlite::{Transaction, params};
use walkbook_ledger::{ContactState, DoorState, Payload, Standing, Visit};
use walkbook_model::{ContactField, DeviceId, Knock, Position, Target};

pub(super) fn put(transaction: &Transaction<'_>, delivery: &Delivery, record: &DoorRecord) -> rusqlite::Result<()> {
    let id = record.state.door.id.to_string();
    if !is_news(transaction, delivery, &id)? {
        return Ok(());
    }
    let rows = Rows { transaction, delivery, tenant: delivery.tenant.id.to_string(), door: id };
    rows.put_door(&record.state)?;
    record.state.contacts.iter().try_for_each(|contact| rows.put_contact(contact))?;
    record.state.visits.iter().try_for_each(|visit| rows.put_visit(visit))?;
    rows.put_suppressions(&record.state)?;
    rows.put_consents(&record.entries)?;
    put_entries(transaction, delivery, &rows.door, &record.entries)
}

struct Rows<'a> {
    transaction: &'a Transaction<'a>,
    delivery: &'a Delivery,
    tenant: String,
    door: String,
}

impl Rows<'_> {
    /// The door's own row; everything that hangs on the old one goes with it.
    fn put_door(&self, state: &DoorState) -> rusqlite::Result<()> {
        let gone = "DELETE FROM door WHERE tenant = ? AND door = ?";
        self.transaction.prepare_cached(gone)?.execute(params![self.tenant, self.door])?;
        let (door, address) = (&state.door, &state.door.address);
        let last = state.counting().next_back().map(|(_, interaction)| word(&interaction.knock.class()));
        let put = "INSERT INTO door VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        self.transaction.prepare_cached(put)?.execute(params![
            self.tenant,
            self.door,
            address.building().to_string(),
            address.street,
            address.number,
            address.unit,
            address.floor,
            address.city,
            address.region,
            address.postcode,
            door.position.map(Position::lat),
            door.position.map(Position::lon),
            door.access_notes,
            last,
            number(state.clashes.len() as u64),
        ])?;
        Ok(())
    }

    fn put_contact(&self, state: &ContactState) -> rusqlite::Result<()> {
        let id = state.contact.id.to_string();
        let (standing, same_as) = match state.standing {
            Standing::SameAs(other) => ("same_as", Some(other.to_string())),
            Standing::Present => ("present", None),
            Standing::Gone => ("gone", None),
        };
        let field = |field: ContactField| state.contact.fields.get(&field);
        let put = "INSERT INTO contact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        self.transaction.prepare_cached(put)?.execute(params![
            self.tenant,
            id,
            self.door,
            standing,
            same_as,
            field(ContactField::GivenName),
            field(ContactField::FamilyName),
            field(ContactField::Phone),
            field(ContactField::Email),
            field(ContactField::Language),
            field(ContactField::BirthYear),
            field(ContactField::Gender),
            field(ContactField::Support),
            field(ContactField::Reference),
        ])?;
        let mut put = self.transaction.prepare_cached("INSERT INTO contact_field VALUES (?, ?, ?, ?, ?)")?;
        for (field, value) in &state.contact.fields {
            if let ContactField::Custom(name) = field {
                put.execute(params![self.tenant, id, self.door, name, value])?;
            }
        }
        let mut put = self.transaction.prepare_cached("INSERT INTO permission VALUES (?, ?, ?, ?, ?)")?;
        for permission in &state.permissions {
            put.execute(params![self.tenant, self.door, id, word(&permission.purpose), permission.given])?;
        }
        Ok(())
    }

    fn put_visit(&self, visit: &Visit) -> rusqlite::Result<()> {
        let id = visit.entry.to_string();
        let counts = visit.counts.as_ref();
        let knocked_by = counts.and_then(|interaction| interaction.knocked_by).map(|user| user.to_string());
        let (code, script, answers) = match counts.map(|interaction| &interaction.knock) {
            Some(Knock::Outcome(_, code)) => (code.as_ref(), None, &[][..]),
            Some(Knock::Answers(script, answers)) => (None, Some(script), answers.as_slice()),
            None => (None, None, &[][..]),
        };
        let evidence = counts.and_then(|interaction| interaction.evidence);
        let position = evidence.and_then(|evidence| evidence.position).filter(|_| self.delivery.keeps_positions);
        let put = "INSERT INTO interaction VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        self.transaction.prepare_cached(put)?.execute(params![
            self.tenant,
            id,
            self.door,
            instant(visit.moment.at()),
            knocked_by.or_else(|| writer(self.delivery, visit.entry.device)),
            counts.map(|interaction| interaction.list.to_string()),
            counts.and_then(|interaction| interaction.contact).map(|contact| contact.to_string()),
            counts.map(|interaction| interaction.knock.outcome().as_str()),
            counts.map(|interaction| word(&interaction.knock.class())),
            code,
            counts.and_then(|interaction| interaction.note.as_ref()),
            script.map(ToString::to_string),
            number(visit.corrected_by.len() as u64),
            counts.is_none(),
            evidence.map(|evidence| word(&evidence.distance)),
            evidence.map(|evidence| evidence.mocked),
            position.map(Position::lat),
            position.map(Position::lon),
        ])?;
        let script = script.and_then(|hash| self.delivery.scripts.get(hash));
        let mut put = self.transaction.prepare_cached("INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?)")?;
        for given in answers {
            let question = script.and_then(|script| script.question(given.question));
            let (value, code) = answer(&given.value, question.map(|question| &question.kind));
            let name = question.map(|question| question.name.as_str());
            put.execute(params![self.tenant, id, given.question.0, name, value, code])?;
        }
        Ok(())
    }

    fn put_suppressions(&self, state: &DoorState) -> rusqlite::Result<()> {
        let mut put = self.transaction.prepare_cached("INSERT INTO suppression VALUES (?, ?, ?, ?, ?, ?)")?;
        for mark in &state.suppressions {
            let contact = match mark.target {
                Target::Door => None,
                Target::Contact(contact) => Some(contact.to_string()),
            };
            let until_on = mark.until_on.map(|day| day.to_string());
            put.execute(params![
                self.tenant,
                mark.entry.to_string(),
                self.door,
                contact,
                word(&mark.reason),
                until_on
            ])?;
        }
        Ok(())
    }

    fn put_consents(&self, entries: &[EntryRecord]) -> rusqlite::Result<()> {
        let mut put = self.transaction.prepare_cached("INSERT INTO consent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
        for entry in entries.iter().filter_map(|record| record.entry.as_ref()) {
            let Payload::Consent(consent) = &entry.payload else { continue };
            put.execute(params![
                self.tenant,
                entry.id().to_string(),
                self.door,
                consent.contact.to_string(),
                word(&consent.purpose),
                consent.given,
                consent.wording,
                consent.language,
                consent.witness.to_string(),
                instant(entry.moment().at()),
            ])?;
        }
        Ok(())
    }
}

/// Notes the entries of a document.
pub(super) fn put_entries(
    transaction: &Transaction<'_>,
    delivery: &Delivery,
    document: &str,
    entries: &[EntryRecord],
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        position = excluded.position, kind = excluded.kind, written_at = excluded.written_at, person = excluded.person";
    let mut put = transaction.prepare_cached(sql)?;
    for record in entries {
        // Its time as it counts, where it can be read.
        let moment = record.entry.as_ref().map_or(record.header.moment, walkbook_ledger::Entry::moment);
        put.execute(params![
            delivery.tenant.id.to_string(),
            record.id.device.to_string(),
            number(record.id.seq),
            number(record.position.get()),
            document,
            record.entry.as_ref().map_or("erased", |entry| entry.payload.kind()),
            instant(moment.at()),
            writer(delivery, record.id.device),
        ])?;
    }
    Ok(())
}

fn writer(delivery: &Delivery, device: DeviceId) -> Option<String> {
    delivery.writers.get(&device).map(ToString::to_string)
}
