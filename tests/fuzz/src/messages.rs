//! What travels between phone and server, from either side.

use crate::known_signer;
use std::sync::LazyLock;
use walkbook_model::{DeviceId, Timestamp};
use walkbook_sync::{
    Admission, Effect, EnrolRequest, Enrolled, Frame, FrameReader, Hello, InvitationLink, LogPosition, MAX_ENTRIES,
    MAX_RUNS, MAX_UNPACKED_BYTES, PhoneSession, Request, SyncRefused, VERSION, admit,
};
use walkbook_vault::{PublicKey, RequestProof, Signer};

/// The device whose log the corpus holds.
pub const DEVICE: DeviceId = DeviceId::from_bytes([9; 16]);

static KEY: LazyLock<PublicKey> = LazyLock::new(|| known_signer().public_key());

/// A message of these frames, each with its length before it.
pub fn packed(frames: &[u8]) -> Vec<u8> {
    let mut message = vec![b'W', b'B', VERSION];
    message.extend(zstd::bulk::compress(frames, 1).unwrap());
    message
}

/// The frames of a message, each with its length before it.
pub fn unpacked(message: &[u8]) -> Vec<u8> {
    zstd::bulk::decompress(&message[3..], MAX_UNPACKED_BYTES).unwrap()
}

/// A request as it comes from the network, packed.
pub(crate) fn request(bytes: &[u8]) {
    let Ok(request) = Request::read(bytes) else { return };
    assert!(request.runs.len() <= MAX_RUNS && request.runs.iter().map(|run| run.len()).sum::<usize>() <= MAX_ENTRIES);
    assert_eq!(Request::read(&request.to_bytes()).as_ref(), Ok(&request), "written back, it reads otherwise");
    let start = LogPosition::start(DEVICE);
    for run in &request.runs {
        if let Admission::Continues(entries) = admit(DEVICE, &KEY, start, |_| None, run) {
            let seqs = entries.iter().map(|admitted| admitted.entry.header.seq);
            assert!(seqs.eq(1..=run.len() as u64), "a run that continues the log leaves a gap");
        }
    }
}

/// A request whose compression is whole: what a fuzzer would hardly get past.
pub(crate) fn request_frames(frames: &[u8]) {
    request(&packed(frames));
}

/// The server's answer, which arrives in pieces.
pub(crate) fn answer_frames(frames: &[u8]) {
    let message = packed(frames);
    let whole = heard(&message, message.len());
    for piece in [1, 7] {
        // One byte at a time only where that takes no second.
        let piece = piece.max(message.len() / 64);
        assert_eq!(heard(&message, piece), whole, "in pieces of {piece} bytes, the answer says something else");
    }
    let Ok(effects) = whole else { return };
    for effect in effects {
        if let Effect::SafeUpTo(seq) | Effect::InBackendUpTo(seq) = effect {
            assert!(seq <= LAST_SEQ, "more is safe than was written");
        }
    }
}

const LAST_SEQ: u64 = 3;

fn heard(message: &[u8], piece: usize) -> Result<Vec<Effect>, SyncRefused> {
    let hello = Hello::new(DEVICE, Timestamp::from_ms(0), LAST_SEQ);
    let mut session = PhoneSession::new(hello, vec![], LAST_SEQ);
    let mut effects = Vec::new();
    for piece in message.chunks(piece.max(1)) {
        effects.extend(session.handle_bytes(piece)?);
    }
    Ok(effects)
}

/// One frame, and everything that is wrapped in it.
pub(crate) fn frame(bytes: &[u8]) {
    let Ok(frame) = Frame::from_bytes(bytes, 0) else { return };
    let written = frame.to_bytes();
    let again = Frame::from_bytes(&written, 0).expect("what was read can be written and read");
    assert!(again == frame && again.to_bytes() == written, "written back, it reads otherwise");
    let mut length = u32::try_from(written.len()).unwrap().to_be_bytes().to_vec();
    length.extend(&written);
    assert_eq!(FrameReader::new().push(&packed(&length)).map(|frames| frames.len()), Ok(1));
    if let Frame::Entries(entries) = &frame {
        for entry in entries.iter().filter_map(|entry| entry.open().ok()) {
            let _ = entry.check();
        }
    }
}

/// A phone that wants in, and the answer to it.
pub(crate) fn enrol(bytes: &[u8]) {
    if let Ok(request) = EnrolRequest::from_bytes(bytes) {
        let written = request.to_bytes();
        assert!(EnrolRequest::from_bytes(&written).is_ok_and(|again| again == request));
        assert!(request.proven_key().is_err() || written.len() <= bytes.len(), "a proof came out of nothing");
    }
    if let Ok(enrolled) = Enrolled::from_bytes(bytes) {
        assert_eq!(Enrolled::from_bytes(&enrolled.to_bytes()), Ok(enrolled));
    }
}

/// The header that proves who asks.
pub(crate) fn proof(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(proof) = RequestProof::parse(text) {
        assert_eq!(proof.format(), text, "a proof has two forms");
    }
}

/// An invitation as somebody pastes it.
pub(crate) fn link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(link) = InvitationLink::parse(text) else { return };
    let written = link.to_text();
    // A link that is written anew may be longer: what was plain is escaped.
    if let Ok(again) = InvitationLink::parse(&written) {
        assert_eq!((again.server, again.tenant, again.authority), (link.server, link.tenant, link.authority));
        assert_eq!(again.code.text(), link.code.text());
    }
}
