//! One exchange from the phone's side: frames in, effects out, whatever happens to the bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod shift;

use proptest::prelude::*;
use shift::*;
use walkbook_ledger::{Base, Entry, Header, Payload, ScriptChange, ScriptEdit, Subject};
use walkbook_model::*;
use walkbook_sync::*;

fn hello() -> Hello {
    Hello::new(device(), Timestamp::from_ms(1), 5)
}

fn list() -> WalkListId {
    WalkListId::from_bytes([3; 16])
}

fn door(seed: u64) -> Door {
    let address = Address { street: "Unioninkatu".into(), number: seed.to_string(), ..Address::default() };
    Door {
        id: DoorId::from_bytes(scattered(seed)),
        address,
        position: None,
        access_notes: String::new(),
        contacts: Vec::new(),
    }
}

fn draft_edit() -> Entry {
    let subject = Subject::Script(ScriptId::from_bytes([6; 16]));
    let header = Header { seq: 1, moment: Moment::default(), subject, epoch: 0 };
    let change = ScriptChange::SetTitle("Spring".into());
    let payload = Payload::Script(ScriptEdit { on: Vec::new(), change });
    Entry { device: DeviceId::from_bytes([5; 16]), header, bound: None, payload }
}

fn welcome(last_seq: u64) -> Frame {
    Frame::Welcome(Welcome { now: Timestamp::from_ms(2), last_seq, tip: [0; 32].into(), in_backend_up_to: 3 })
}

fn answer() -> Vec<u8> {
    let mut writer = ResponseWriter::new(1 << 20);
    writer.push(&welcome(5));
    let refusal = Refusal { seq: 4, reason: Reason::NotYours };
    writer.push(&Frame::Verdicts(Verdicts { refused: vec![refusal], ..Verdicts::default() }));
    for chunk in 0..4 {
        let doors = (chunk * 2_000..(chunk + 1) * 2_000).map(|seed| Base::first(door(seed)).to_bytes().into());
        writer.push(&Frame::Doors(doors.collect()));
        writer.push(&Frame::Cursor(ListCursor { list: list(), cursor: vec![chunk as u8].into() }));
    }
    writer.finish(false)
}

#[test]
fn a_request_is_read_back() {
    let session = PhoneSession::new(hello(), vec![run(1, 5)], 0);
    let read = Request::read(&session.request_bytes()).unwrap();
    assert_eq!(read.hello, hello());
    assert_eq!(
        read.runs,
        [run(1, 5)].map(|signed| Run::new(signed.start(), &signed.entries().unwrap(), read.runs[0].signature()))
    );
}

#[test]
fn a_phone_forgets_entries_of_others_only() {
    let theirs = EntryId::new(DeviceId::from_bytes([5; 16]), 2);
    let mut writer = ResponseWriter::new(1 << 20);
    writer.push(&welcome(5));
    writer.push(&Frame::ForgetEntries(vec![EntryId::new(device(), 2), theirs]));
    let effects = PhoneSession::new(hello(), Vec::new(), 5).handle_bytes(&writer.finish(false)).unwrap();
    let forgotten: Vec<_> = effects.iter().filter(|effect| matches!(effect, Effect::ForgetEntry(_))).collect();
    assert_eq!(forgotten, [&Effect::ForgetEntry(theirs)]);
}

#[test]
fn a_debug_print_of_what_travels_shows_no_payload() {
    let session = PhoneSession::new(hello(), vec![run(1, 20)], 0);
    let printed = format!("{:?}", Request::read(&session.request_bytes()).unwrap());
    assert!(printed.contains("20 entries from 1"));
    let (_, payload) = knock(1).body.unwrap();
    assert!(!printed.contains(&format!("{:?}", &payload[..4]).replace(['[', ']'], "")), "{printed}");
}

#[test]
fn an_answer_byte_by_byte_is_the_same_as_at_once() {
    let bytes = answer();
    let mut at_once = PhoneSession::new(hello(), Vec::new(), 5);
    let expected = at_once.handle_bytes(&bytes).unwrap();
    let mut dripping = PhoneSession::new(hello(), Vec::new(), 5);
    let effects: Vec<Effect> = bytes.iter().flat_map(|byte| dripping.handle_bytes(&[*byte]).unwrap()).collect();
    assert_eq!(effects, expected);
    assert_eq!(expected.last(), Some(&Effect::Done { more: false }));
    assert!(dripping.is_done());
}

#[test]
fn what_came_before_the_connection_broke_is_kept_with_its_cursor() {
    let bytes = answer();
    let mut session = PhoneSession::new(hello(), Vec::new(), 5);
    let effects = session.handle_bytes(&bytes[..bytes.len() - 8]).unwrap();
    let commits = effects.iter().filter(|effect| matches!(effect, Effect::Commit(..))).count();
    assert_eq!(commits, 4, "the answer was cut off at its very end");
    let half = PhoneSession::new(hello(), Vec::new(), 5).handle_bytes(&bytes[..bytes.len() / 2]).unwrap();
    let commits = half.iter().filter(|effect| matches!(effect, Effect::Commit(..))).count();
    assert!((1..4).contains(&commits), "{commits} of 4 chunks came with the first half");
    assert!(!session.is_done());
}

#[test]
fn tiles_that_came_before_the_connection_broke_are_there() {
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + (state >> 24) as u8 % 26
    };
    // So little that it is packed as one block, were it not for the place to go on from.
    let tiles: Vec<Vec<u8>> = [66_000, 3_000].map(|bytes| (0..bytes).map(|_| noise()).collect()).into();
    let frames = tiles.iter().map(|tile| Frame::Tiles(vec![tile.clone().into()]));
    let answer = pack([welcome(5)].into_iter().chain(frames).chain([Frame::End(false)]));
    let effects = PhoneSession::new(hello(), Vec::new(), 5).handle_bytes(&answer[..answer.len() - 1_000]).unwrap();
    assert_eq!(effects.last(), Some(&Effect::KeepTiles(vec![tiles[0].clone()])));
}

#[test]
fn drafts_come_up_to_a_mark_and_are_forgotten_without_one() {
    let drafts = |cursor: Option<Vec<u8>>| {
        let edits = vec![Delivered::from(&draft_edit())];
        Frame::Drafts(Drafts { edits, cursor: cursor.map(Into::into) })
    };
    let mut session = PhoneSession::new(hello(), Vec::new(), 5);
    let frames = [welcome(5), drafts(Some(vec![7])), drafts(None), Frame::End(false)];
    let effects = session.handle_bytes(&pack(frames)).unwrap();
    let kept = Effect::KeepEntry(Box::new(draft_edit()));
    let expected =
        [kept.clone(), Effect::CommitDrafts(vec![7]), kept, Effect::ForgetDrafts, Effect::Done { more: false }];
    assert!(effects.ends_with(&expected), "{effects:?}");
}

#[test]
fn a_restored_server_is_refilled() {
    let mut session = PhoneSession::new(hello(), Vec::new(), 5);
    let effects = session.handle_bytes(&pack([welcome(2), Frame::End(false)])).unwrap();
    assert!(effects.contains(&Effect::SendAgainFrom(2)));
}

#[test]
fn a_server_that_claims_more_than_the_phone_wrote_is_not_believed() {
    let mut session = PhoneSession::new(hello(), Vec::new(), 5);
    let effects = session.handle_bytes(&pack([welcome(900), Frame::End(false)])).unwrap();
    assert!(effects.contains(&Effect::SafeUpTo(5)));
}

#[test]
fn an_answer_without_a_welcome_is_refused() {
    let mut session = PhoneSession::new(hello(), Vec::new(), 5);
    assert_eq!(session.handle_bytes(&pack([Frame::End(false)])), Err(SyncRefused::Unexpected { frame: 0 }));
}

#[test]
fn a_poisoned_record_is_set_aside_and_the_rest_goes_on() {
    let doors = Frame::Doors(vec![b"poison".to_vec().into(), Base::first(door(1)).to_bytes().into()]);
    let mut session = PhoneSession::new(hello(), Vec::new(), 5);
    let effects = session.handle_bytes(&pack([welcome(5), doors, Frame::End(false)])).unwrap();
    assert!(effects.iter().any(|effect| matches!(effect, Effect::SetAside(_))));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::KeepDoor(_))));
}

#[test]
fn a_newer_version_is_named() {
    let mut bytes = answer();
    bytes[2] = 2;
    assert_eq!(Request::read(&bytes), Err(SyncRefused::Version { found: 2, known: 1 }));
}

#[test]
fn a_bomb_is_refused_before_it_unpacks() {
    // A gigabyte of zeros in some tens of kilobytes, as one promised frame.
    let zeros = zstd::bulk::compress(&vec![0u8; 1 << 30], 1).unwrap();
    let bytes = [b"WB\x01".to_vec(), zeros].concat();
    assert!(matches!(Request::read(&bytes), Err(SyncRefused::TooLarge { .. } | SyncRefused::Frame { .. })));
    let promise = zstd::bulk::compress(&u32::MAX.to_be_bytes(), 1).unwrap();
    let bytes = [b"WB\x01".to_vec(), promise].concat();
    assert_eq!(Request::read(&bytes), Err(SyncRefused::TooLarge { limit: MAX_FRAME_BYTES }));
}

#[test]
fn a_request_of_more_runs_or_entries_than_allowed_is_refused_as_it_unpacks() {
    let read = |runs: Vec<Run>| Request::read(&PhoneSession::new(hello(), runs, 0).request_bytes());
    assert_eq!(read(vec![run(1, 1); MAX_RUNS]).unwrap().runs.len(), MAX_RUNS);
    assert_eq!(read(vec![run(1, 1); MAX_RUNS + 1]), Err(SyncRefused::TooMany { what: "runs", limit: MAX_RUNS }));
    // Columns that do not fit together take no room either: 4,000 hashes of erased payloads, and no entry.
    let erased = (1..=4_000).map(|seq| RunEntry { body: Err(hash(&knock(seq))), ..knock(seq) });
    let wide = Run::new([0; 32], &erased.collect::<Vec<_>>(), [0; 64]);
    assert_eq!(read(vec![wide.clone(); 8]).unwrap().runs.len(), 8);
    assert_eq!(read(vec![wide; 9]), Err(SyncRefused::TooMany { what: "entries", limit: MAX_ENTRIES }));
}

#[test]
fn the_verdicts_of_the_largest_request_fit_into_a_frame() {
    let last = u64::MAX - MAX_ENTRIES as u64..u64::MAX;
    let verdicts = Verdicts {
        refused: last.clone().map(|seq| Refusal { seq, reason: Reason::NotYours }).collect(),
        quarantined: Vec::new(),
        bounded: last.map(|seq| (seq, Moment::from_bits(u64::MAX))).collect(),
    };
    let mut session = PhoneSession::new(hello(), Vec::new(), 0);
    let answer = pack([welcome(5), Frame::Verdicts(verdicts), Frame::End(false)]);
    assert!(session.handle_bytes(&answer).is_ok() && session.is_done());
}

#[test]
fn a_request_cut_off_at_any_byte_is_refused_whole() {
    let bytes = PhoneSession::new(hello(), vec![run(1, 5)], 0).request_bytes();
    for end in 0..bytes.len() {
        assert!(Request::read(&bytes[..end]).is_err(), "cut at {end}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_either_side_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0usize..300) {
        let _ = Request::read(&bytes);
        let packed = [b"WB\x01".to_vec(), zstd::bulk::compress(&bytes, 1).unwrap()].concat();
        let _ = Request::read(&packed);
        let mut session = PhoneSession::new(hello(), Vec::new(), 5);
        let _ = session.handle_bytes(&packed[..cut.min(packed.len())]);
    }

    #[test]
    fn a_flipped_bit_is_never_read_as_another_shift(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let session = PhoneSession::new(hello(), vec![run(1, 3)], 0);
        let mut bytes = session.request_bytes();
        let sent = Request::read(&bytes).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(read) = Request::read(&bytes) && read != sent {
            for run in &read.runs {
                let admission = admit(device(), &key(), LogPosition::start(device()), |_| None, run);
                let unaltered = matches!(&admission, Admission::Continues(new)
                    if new.iter().map(|new| &new.entry).eq(sent.runs[0].entries().unwrap().iter()));
                prop_assert!(unaltered || !matches!(admission, Admission::Continues(_)));
            }
        }
    }
}
