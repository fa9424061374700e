//! Entries and bases, and the states that are computed from them: also from such as no server would have taken.

use minicbor::bytes::ByteVec;
use walkbook_ledger::{Base, DoorState, Entry, Error, Header, ListState, Payload, ScriptDraft, ScriptState, Subject};
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{Door, Script, WalkList};
use walkbook_sync::Delivered;

/// What an entry says, and its header.
pub(crate) fn payload(bytes: &[u8]) {
    if let Ok(payload) = Payload::from_bytes(bytes) {
        let written = payload.to_bytes();
        let again = Payload::from_bytes(&written).expect("what was read can be written and read");
        assert!(again == payload && again.to_bytes() == written, "written back, it reads otherwise");
    }
    if let Ok(header) = Header::from_bytes(bytes) {
        assert_eq!(Header::from_bytes(&header.to_bytes()), Ok(header));
    }
}

/// A base of each kind, and a version of a script.
pub(crate) fn base(bytes: &[u8]) {
    if let Ok(base) = Base::<Door>::from_bytes(bytes) {
        reads_back(&base);
        let _ = base.record.check();
        settled(DoorState::compute(base.record.id, Some(&base), []).map(|state| state.to_bytes()));
    }
    if let Ok(base) = Base::<WalkList>::from_bytes(bytes) {
        reads_back(&base);
        let _ = base.record.check();
        settled(ListState::compute(&base, []).map(|state| state.to_bytes()));
    }
    if let Ok(base) = Base::<ScriptDraft>::from_bytes(bytes) {
        reads_back(&base);
        let _ = base.record.published();
        settled(ScriptState::compute(base.record.script.id, Some(&base), []).map(|state| state.to_bytes()));
    }
    if let Ok(script) = cbor::decode::<Script>(bytes, Caps::RECORD) {
        let _ = script.check();
        let again = cbor::decode::<Script>(&cbor::encode(&script), Caps::RECORD);
        assert_eq!(again.map(|again| again.content_hash()), Ok(script.content_hash()));
    }
}

fn reads_back<T>(base: &Base<T>)
where
    T: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()> + PartialEq,
{
    let written = base.to_bytes();
    let again = Base::<T>::from_bytes(&written).expect("what was read can be written and read");
    assert!(again == *base && again.to_bytes() == written, "written back, it reads otherwise");
}

/// A base without edits always has a state.
fn settled(state: Result<Vec<u8>, Error>) {
    assert!(state.is_ok(), "a base alone has no state");
}

/// A door as entries make it.
pub(crate) fn door(bytes: &[u8]) {
    let Some((base, entries)) = delivered(bytes) else { return };
    let base = base.and_then(|base| Base::<Door>::from_bytes(&base).ok());
    for subject in subjects(&entries) {
        let Subject::Door(id) = subject else { continue };
        let base = base.as_ref().filter(|base| base.record.id == id);
        one_truth(&entries, |entries| DoorState::compute(id, base, entries).map(|state| state.to_bytes()));
    }
}

/// A walk list as entries make it.
pub(crate) fn list(bytes: &[u8]) {
    let Some((Some(base), entries)) = delivered(bytes) else { return };
    let Ok(base) = Base::<WalkList>::from_bytes(&base) else { return };
    one_truth(&entries, |entries| ListState::compute(&base, entries).map(|state| state.to_bytes()));
}

/// The draft of a script as entries make it.
pub(crate) fn draft(bytes: &[u8]) {
    let Some((base, entries)) = delivered(bytes) else { return };
    let base = base.and_then(|base| Base::<ScriptDraft>::from_bytes(&base).ok());
    for subject in subjects(&entries) {
        let Subject::Script(id) = subject else { continue };
        let base = base.as_ref().filter(|base| base.record.script.id == id);
        one_truth(&entries, |entries| {
            ScriptState::compute(id, base, entries).map(|state| {
                if let Ok(script) = state.published() {
                    assert_eq!(script.check(), Ok(()), "a script was published that is over a bound");
                }
                state.to_bytes()
            })
        });
    }
}

/// Few enough that a run takes milliseconds.
const ENTRIES: usize = 64;

/// An optional base, and entries as the server delivers them.
fn delivered(bytes: &[u8]) -> Option<(Option<ByteVec>, Vec<Entry>)> {
    let (base, entries): (Option<ByteVec>, Vec<Delivered>) = cbor::decode(bytes, Caps::RECORD).ok()?;
    Some((base, entries.iter().take(ENTRIES).filter_map(|entry| entry.open().ok()).collect()))
}

fn subjects(entries: &[Entry]) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = entries.iter().map(|entry| entry.header.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects.truncate(4);
    subjects
}

/// The same set of entries gives the same bytes, in whatever order and however often.
fn one_truth<'a>(entries: &'a [Entry], compute: impl Fn(Vec<&'a Entry>) -> Result<Vec<u8>, Error>) {
    let there = compute(entries.iter().collect());
    let back = compute(entries.iter().rev().collect());
    let middle = entries.len() / 2;
    let twice = compute(entries[middle..].iter().chain(entries).collect());
    assert!(there == back && there == twice, "the order of entries makes a difference");
}
