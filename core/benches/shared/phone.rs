//! A phone with one list, as both benches use it: 1.8 contacts a door, eight fields a contact, a script of six questions.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use walkbook_core::{Identity, Walkbook};
use walkbook_ledger::Base;
use walkbook_model::*;
use walkbook_sync::{Frame, ListCursor, Welcome, pack};
use walkbook_vault::{SoftwareSigner, SystemRandom, make_device_key};

pub(crate) const KEY: [u8; 32] = [7; 32];
const DOORS_A_FRAME: usize = 128;

pub(crate) fn now(ms: u64) -> Timestamp {
    Timestamp::from_ms(1_795_000_000_000 + ms)
}

pub(crate) fn list() -> WalkListId {
    WalkListId::from_bytes([1; 16])
}

pub(crate) fn door_id(number: u32) -> DoorId {
    DoorId::derive(&[b"door", &number.to_be_bytes()])
}

/// Two contacts at four of five doors, one at the fifth.
fn contacts(door: u32) -> Vec<Contact> {
    let count = if door % 5 == 4 { 1 } else { 2 };
    (0..count).map(|place| contact(door, place)).collect()
}

fn contact(door: u32, place: u8) -> Contact {
    let fields = [
        (
            ContactField::GivenName,
            ["Aino", "Väinö", "Eino", "Aili"][(door as usize + usize::from(place)) % 4].to_owned(),
        ),
        (ContactField::FamilyName, format!("Virtanen-{}", door % 97)),
        (ContactField::Phone, format!("+358 40 555 {:04}", door % 10_000)),
        (ContactField::Email, format!("a{door}.{place}@example.org")),
        (ContactField::Language, "fi".to_owned()),
        (ContactField::BirthYear, (1930 + door % 75).to_string()),
        (ContactField::Support, (1 + door % 5).to_string()),
        (ContactField::Reference, format!("FI-{door:07}-{place}")),
    ];
    Contact { id: contact_id(door, place), fields: fields.into() }
}

pub(crate) fn contact_id(door: u32, place: u8) -> ContactId {
    ContactId::derive(&[b"contact", &door.to_be_bytes(), &[place]])
}

fn door(number: u32) -> Door {
    let address = Address {
        street: format!("Unioninkatu {}", number / 500),
        number: (number % 500).to_string(),
        unit: format!("A {}", number % 40),
        ..Address::default()
    };
    let position = Position::from_degrees(60.17 + f64::from(number) / 100_000.0, 24.95).ok();
    Door { id: door_id(number), address, position, access_notes: String::new(), contacts: contacts(number) }
}

fn script() -> Script {
    let choices = (1..=4).map(|code| Choice { code, text: format!("option {code}") }).collect();
    let kinds = [
        QuestionKind::YesNo,
        QuestionKind::Single(choices),
        QuestionKind::Scale(1, 5),
        QuestionKind::Integer,
        QuestionKind::Consent(Purpose::Visit, "May we come again?".into()),
        QuestionKind::Text,
    ];
    let question = |(key, kind): (u16, QuestionKind)| Question {
        key: QuestionKey(key),
        name: format!("q{key}"),
        text: "What would you say?".into(),
        kind,
        when: None,
    };
    let questions = (1..).zip(kinds).map(question).collect();
    Script { id: ScriptId::from_bytes([1; 16]), title: "Spring".into(), questions }
}

/// Six answers of the first contact at a door.
pub(crate) fn answered(number: u32) -> Interaction {
    let values = [
        AnswerValue::YesNo(true),
        AnswerValue::Single(1 + u16::try_from(number % 4).unwrap()),
        AnswerValue::Scale(1 + i16::try_from(number % 5).unwrap()),
        AnswerValue::Integer(i64::from(number % 7)),
        AnswerValue::Consent(Purpose::Visit, true),
        AnswerValue::Text("wants the tram, not the tunnel".into()),
    ];
    let answer = |(key, value)| Answer { question: QuestionKey(key), value };
    let knock = Knock::Answers(script().content_hash(), (1..).zip(values).map(answer).collect());
    let contact = Some(contact_id(number, 0));
    Interaction { knock, contact, ..Interaction::of_outcome(list(), None, Outcome::Canvassed) }
}

/// A phone that has downloaded a list of so many doors.
pub(crate) fn with_list(folder: &Path, doors: u32) -> Walkbook {
    let walkbook = Walkbook::open(folder, &KEY, [3; 16], now(0)).unwrap();
    let identity = Identity {
        device: DeviceId::from_bytes([9; 16]),
        user: UserId::from_bytes([1; 16]),
        role: Role::Canvasser,
        tenant: TenantId::from_bytes([1; 16]),
        clock_offset_ms: 0,
    };
    walkbook.enrolled_as(identity).unwrap();
    let list_of_all = WalkList {
        id: list(),
        effort: EffortId::from_bytes([1; 16]),
        name: "Kruununhaka".into(),
        script: Some(script().content_hash()),
        assigned: Vec::new(),
        doors: (0..doors).map(door_id).collect(),
    };
    let cursor = || Frame::Cursor(ListCursor { list: list(), cursor: vec![1].into() });
    let mut frames = vec![
        Frame::Welcome(Welcome { now: now(0), last_seq: 0, tip: [0; 32].into(), in_backend_up_to: 0 }),
        Frame::List(Base::first(list_of_all).to_bytes().into()),
        Frame::Script(cbor::encode(&script()).into()),
    ];
    let all: Vec<u32> = (0..doors).collect();
    for some in all.chunks(DOORS_A_FRAME) {
        frames.push(Frame::Doors(some.iter().map(|number| Base::first(door(*number)).to_bytes().into()).collect()));
        frames.push(cursor());
    }
    frames.extend([cursor(), Frame::End(false)]);
    let random = SystemRandom::new();
    let signer = SoftwareSigner::from_pkcs8(&make_device_key(&random).unwrap(), Arc::new(random)).unwrap();
    let mut exchange = walkbook.begin_exchange(&signer, [8; 16], now(0)).unwrap();
    exchange.handle_bytes(&pack(frames), now(0)).unwrap();
    drop(exchange);
    walkbook
}

/// The time that so many of a thousand stay below.
pub(crate) fn at(times: &[Duration], of_thousand: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[(times.len() * of_thousand / 1_000).min(times.len() - 1)]
}

/// What the figures were measured on.
pub(crate) fn print_machine() {
    let about = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let processors = about("/proc/cpuinfo");
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let count = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = about("/proc/sys/kernel/osrelease");
    println!("machine: {} x {}, kernel {}", count, model.map_or("unknown", |(_, name)| name.trim()), kernel.trim());
}
