//! Stories of a phone. What they share: a list with doors, and a server that answers what it is told to.

mod adding;
mod beginning;
mod catching_up;
mod clashes;
mod day;
mod drafts;
mod feed;
mod forgetting;
mod lease;
mod log_short;
mod maps;
mod mending;
mod planning;
mod presence;
mod rebasing;
mod refused;
mod rescue;
mod salting;
mod scripts;
mod settings;
mod status;
mod verdicts;
mod walking;
mod wipe_order;
mod wiping;
mod withheld;
mod without_key;

use super::writing::Draft;
use super::{Error, Exchange, Identity, Walkbook};
use crate::store::Document;
use std::sync::Arc;
use walkbook_ledger::{Base, Entry, Header, ListEdit, Payload, ScriptChange, ScriptEdit, Subject};
use walkbook_model::*;
use walkbook_sync::{Delivered, Drafts, Frame, ListCursor, Reason, Refusal, Verdicts, Welcome, pack};
use walkbook_vault::{SoftwareSigner, SystemRandom, make_device_key};

const KEY: [u8; 32] = [7; 32];
const DEVICE: DeviceId = DeviceId::from_bytes([9; 16]);
const MATE: DeviceId = DeviceId::from_bytes([8; 16]);

fn now(seconds: u64) -> Timestamp {
    Timestamp::from_ms(1_795_000_000_000 + seconds * 1_000)
}

fn list() -> WalkListId {
    list_n(1)
}

fn list_n(number: u8) -> WalkListId {
    WalkListId::from_bytes([number; 16])
}

fn door() -> DoorId {
    door_n(4)
}

fn door_n(number: u8) -> DoorId {
    DoorId::from_bytes([number; 16])
}

/// Who lives at the first door.
fn aino() -> ContactId {
    ContactId::from_bytes([5; 16])
}

fn not_home() -> Interaction {
    Interaction::of_outcome(list(), None, Outcome::NotHome)
}

fn signer() -> SoftwareSigner {
    let random = SystemRandom::new();
    SoftwareSigner::from_pkcs8(&make_device_key(&random).unwrap(), Arc::new(random)).unwrap()
}

fn open(folder: &tempfile::TempDir) -> Walkbook {
    Walkbook::open_with_key(folder.path(), &KEY, [3; 16], now(0)).unwrap()
}

/// A phone that is enrolled and has one list with one door.
fn enrolled(folder: &tempfile::TempDir) -> Walkbook {
    let walkbook = open(folder);
    let identity = Identity {
        device: DEVICE,
        user: UserId::from_bytes([1; 16]),
        role: Role::Canvasser,
        tenant: TenantId::from_bytes([1; 16]),
        clock_offset_ms: 0,
        server: None,
        authority: None,
    };
    walkbook.enrolled_as(identity).unwrap();
    answer(&walkbook, download());
    walkbook
}

fn record() -> Door {
    let contacts = vec![Contact { id: aino(), fields: [(ContactField::GivenName, "Aino".into())].into() }];
    Door { id: door(), contacts, ..record_n(4) }
}

/// A door at number 36 + n, where nobody is known.
fn record_n(number: u8) -> Door {
    let number_of_house = (36 + u16::from(number)).to_string();
    Door {
        id: door_n(number),
        address: Address { street: "Unioninkatu".into(), number: number_of_house, ..Address::default() },
        position: None,
        access_notes: String::new(),
        contacts: Vec::new(),
    }
}

fn walk(list: WalkListId, doors: &[DoorId]) -> WalkList {
    let (effort, name) = (EffortId::from_bytes([1; 16]), "Kruununhaka".into());
    WalkList { id: list, effort, name, script: None, assigned: Vec::new(), doors: doors.to_vec() }
}

fn download() -> Vec<Frame> {
    vec![list_frame(walk(list(), &[door()])), doors_frame([record()]), cursor(list())]
}

fn list_frame(list: WalkList) -> Frame {
    Frame::List(Base::first(list).to_bytes().into())
}

fn doors_frame(doors: impl IntoIterator<Item = Door>) -> Frame {
    Frame::Doors(doors.into_iter().map(|door| Base::first(door).to_bytes().into()).collect())
}

fn cursor(list: WalkListId) -> Frame {
    Frame::Cursor(ListCursor { list, cursor: vec![1].into() })
}

fn refused(seqs: &[u64], reason: Reason) -> Frame {
    let refused = seqs.iter().map(|seq| Refusal { seq: *seq, reason }).collect();
    Frame::Verdicts(Verdicts { refused, ..Verdicts::default() })
}

/// What a team mate wrote, as the server delivers it.
fn of_mate(seq: u64, moment: Timestamp, payload: Payload) -> Frame {
    let header = Header { seq, moment: Moment::new(moment, 0), subject: Subject::Door(door()), epoch: 0 };
    Frame::Entries(vec![Delivered::from(&Entry { device: MATE, header, bound: None, payload })])
}

fn welcome(last_seq: u64) -> Frame {
    Frame::Welcome(Welcome { now: now(100), last_seq, tip: [0; 32].into(), in_backend_up_to: 0 })
}

fn begin(walkbook: &Walkbook) -> Exchange<'_> {
    walkbook.begin_exchange(&signer(), [8; 16], now(100)).unwrap()
}

/// An exchange with a server that takes everything and answers with these frames.
fn answer(walkbook: &Walkbook, frames: Vec<Frame>) {
    let last_seq = walkbook.lock().last_seq;
    answer_of(walkbook, last_seq, frames);
}

/// An exchange with a server that has the phone's log up to here; whether another would bring more.
fn answer_of(walkbook: &Walkbook, last_seq: u64, frames: Vec<Frame>) -> bool {
    let mut exchange = begin(walkbook);
    let frames = std::iter::once(welcome(last_seq)).chain(frames).chain([Frame::End(false)]);
    exchange.handle_bytes(&pack(frames), now(100)).unwrap();
    assert!(exchange.is_done());
    exchange.has_more()
}

fn about(walkbook: &Walkbook, document: Document) -> Vec<EntryId> {
    let mut inner = walkbook.lock();
    let held = inner.book().unwrap().entries_about(document).unwrap();
    held.into_iter().map(|entry| entry.id).collect()
}

/// Edits the list as a lead does, whose app can do more than this one.
fn write_list(walkbook: &Walkbook, edit: ListEdit, now: Timestamp) -> EntryId {
    let draft = Draft { subject: Subject::List(list()), epoch: 0, payload: Payload::List(edit) };
    walkbook.lock().write_all(vec![draft], None, now).unwrap()
}
