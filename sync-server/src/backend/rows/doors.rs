//! A door in rows, with its people and all that happened.

use super::tables::{ANSWER, CONSENT, CONTACT, CONTACT_FIELD, DOOR, ENTRY, INTERACTION, PERMISSION, SUPPRESSION};
use super::words::{answer, number};
use super::{Row, Value};
use crate::backend::{Delivery, DoorRecord, EntryRecord};
use crate::words::word;
use walkbook_ledger::{ContactState, DoorState, Entry, NoMark, Payload, Standing, Visit};
use walkbook_model::{Answer, ContactField, ContentHash, DeviceId, Knock, Position, Target};

pub(super) fn rows(delivery: &Delivery, record: &DoorRecord) -> Vec<Row> {
    let (tenant, door) = (&delivery.tenant.id.to_string(), &record.state.door.id.to_string());
    let writing = Writing { delivery, tenant, door };
    let state = &record.state;
    let mut rows = vec![writing.door(state)];
    rows.extend(state.contacts.iter().flat_map(|contact| writing.contact(contact)));
    rows.extend(state.visits.iter().flat_map(|visit| writing.visit(visit)));
    rows.extend(writing.suppressions(state));
    rows.extend(writing.consents(&record.entries));
    rows.extend(entries(delivery, door, &record.entries));
    rows
}

struct Writing<'a> {
    delivery: &'a Delivery,
    tenant: &'a str,
    door: &'a str,
}

impl Writing<'_> {
    fn door(&self, state: &DoorState) -> Row {
        let (door, address) = (&state.door, &state.door.address);
        let last = state.counting().next_back().map(|(_, interaction)| word(&interaction.knock.class()));
        DOOR.row([
            self.tenant.into(),
            self.door.into(),
            address.building().to_string().into(),
            (&address.street).into(),
            (&address.number).into(),
            (&address.unit).into(),
            address.floor.map(i64::from).into(),
            (&address.city).into(),
            (&address.region).into(),
            (&address.postcode).into(),
            door.position.map(Position::lat).into(),
            door.position.map(Position::lon).into(),
            (&door.access_notes).into(),
            last.into(),
            number(state.clashes.len() as u64).into(),
        ])
    }

    fn contact(&self, state: &ContactState) -> Vec<Row> {
        let id = &state.contact.id.to_string();
        let (standing, same_as) = match state.standing {
            Standing::SameAs(other) => ("same_as", Some(other.to_string())),
            Standing::Present => ("present", None),
            Standing::Gone => ("gone", None),
        };
        let field = |field: ContactField| Value::from(state.contact.fields.get(&field));
        let own = CONTACT.row([
            self.tenant.into(),
            id.into(),
            self.door.into(),
            standing.into(),
            same_as.into(),
            field(ContactField::GivenName),
            field(ContactField::FamilyName),
            field(ContactField::Phone),
            field(ContactField::Email),
            field(ContactField::Language),
            field(ContactField::BirthYear),
            field(ContactField::Gender),
            field(ContactField::Support),
            field(ContactField::Reference),
        ]);
        let fields = state.contact.fields.iter().filter_map(|(field, value)| {
            let ContactField::Custom(name) = field else { return None };
            let cells = [self.tenant.into(), id.into(), self.door.into(), name.into(), value.into()];
            Some(CONTACT_FIELD.row(cells))
        });
        let permissions = state.permissions.iter().map(|permission| {
            let (purpose, given) = (word(&permission.purpose).into(), permission.given.into());
            PERMISSION.row([self.tenant.into(), self.door.into(), id.into(), purpose, given])
        });
        std::iter::once(own).chain(fields).chain(permissions).collect()
    }

    fn visit(&self, visit: &Visit) -> Vec<Row> {
        let id = &visit.entry.to_string();
        let counts = visit.counts.as_ref();
        let knocked_by = counts.and_then(|interaction| interaction.knocked_by).map(|user| user.to_string());
        let (code, script, answers) = match counts.map(|interaction| &interaction.knock) {
            Some(Knock::Outcome(_, code)) => (code.as_ref(), None, &[][..]),
            Some(Knock::Answers(script, answers)) => (None, Some(script), answers.as_slice()),
            None => (None, None, &[][..]),
        };
        let evidence = counts.and_then(|interaction| interaction.evidence);
        let position = evidence.and_then(|evidence| evidence.position).filter(|_| self.delivery.keeps_positions);
        let own = INTERACTION.row([
            self.tenant.into(),
            id.into(),
            self.door.into(),
            visit.moment.at().into(),
            knocked_by.or_else(|| writer(self.delivery, visit.entry.device)).into(),
            counts.map(|interaction| interaction.list.to_string()).into(),
            counts.and_then(|interaction| interaction.contact).map(|contact| contact.to_string()).into(),
            counts.map(|interaction| interaction.knock.outcome().as_str()).into(),
            counts.map(|interaction| word(&interaction.knock.class())).into(),
            code.into(),
            counts.and_then(|interaction| interaction.note.as_ref()).into(),
            script.map(ToString::to_string).into(),
            number(visit.corrected_by.len() as u64).into(),
            counts.is_none().into(),
            evidence.map(|evidence| word(&evidence.distance)).into(),
            evidence.map(|evidence| evidence.mocked).into(),
            position.map(Position::lat).into(),
            position.map(Position::lon).into(),
        ]);
        std::iter::once(own).chain(self.answers(id, script, answers)).collect()
    }

    fn answers(&self, id: &str, script: Option<&ContentHash>, answers: &[Answer]) -> Vec<Row> {
        let script = script.and_then(|hash| self.delivery.scripts.get(hash));
        let row = |given: &Answer| {
            let question = script.and_then(|script| script.question(given.question));
            let (value, code) = answer(&given.value, question.map(|question| &question.kind));
            let name = question.map(|question| question.name.as_str());
            let number = i64::from(given.question.0);
            ANSWER.row([self.tenant.into(), id.into(), number.into(), name.into(), value.into(), code.into()])
        };
        answers.iter().map(row).collect()
    }

    fn suppressions(&self, state: &DoorState) -> Vec<Row> {
        let row = |mark: &NoMark| {
            let contact = match mark.target {
                Target::Door => None,
                Target::Contact(contact) => Some(contact.to_string()),
            };
            SUPPRESSION.row([
                self.tenant.into(),
                mark.entry.to_string().into(),
                self.door.into(),
                contact.into(),
                word(&mark.reason).into(),
                mark.until_on.map(|day| day.to_string()).into(),
            ])
        };
        state.suppressions.iter().map(row).collect()
    }

    fn consents(&self, entries: &[EntryRecord]) -> Vec<Row> {
        let row = |entry: &Entry| {
            let Payload::Consent(consent) = &entry.payload else { return None };
            Some(CONSENT.row([
                self.tenant.into(),
                entry.id().to_string().into(),
                self.door.into(),
                consent.contact.to_string().into(),
                word(&consent.purpose).into(),
                consent.given.into(),
                (&consent.wording).into(),
                (&consent.language).into(),
                consent.witness.to_string().into(),
                entry.moment().at().into(),
            ]))
        };
        entries.iter().filter_map(|record| record.entry.as_ref()).filter_map(row).collect()
    }
}

/// The entries of a document.
pub(super) fn entries(delivery: &Delivery, document: &str, entries: &[EntryRecord]) -> Vec<Row> {
    let tenant = delivery.tenant.id.to_string();
    let row = |record: &EntryRecord| {
        // Its time as it counts, where it can be read.
        let moment = record.entry.as_ref().map_or(record.header.moment, Entry::moment);
        ENTRY.row([
            (&tenant).into(),
            record.id.device.to_string().into(),
            number(record.id.seq).into(),
            number(record.position.get()).into(),
            document.into(),
            record.entry.as_ref().map_or("erased", |entry| entry.payload.kind()).into(),
            moment.at().into(),
            writer(delivery, record.id.device).into(),
        ])
    };
    entries.iter().map(row).collect()
}

fn writer(delivery: &Delivery, device: DeviceId) -> Option<String> {
    delivery.writers.get(&device).map(ToString::to_string)
}
