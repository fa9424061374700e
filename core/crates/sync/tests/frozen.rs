//! Frozen bytes: what a released version wrote, every later one reads, and writes again to the byte.
//!
//! `WALKBOOK_FREEZE=1 cargo test -p walkbook-sync --test frozen` writes files that are missing; one that is there is
//! never written over.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod shift;

use shift::*;
use std::path::PathBuf;
use walkbook_ledger::{
    Base, Entry, Header, Payload, ScriptChange, ScriptEdit, Subject, question_added_by, script_started_by,
};
use walkbook_model::*;
use walkbook_sync::*;

fn held_against_frozen(name: &str, frames: Vec<Frame>) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/wire").join(name);
    let bytes: Vec<u8> = frames
        .iter()
        .flat_map(|frame| {
            let bytes = frame.to_bytes();
            [u32::try_from(bytes.len()).unwrap().to_be_bytes().to_vec(), bytes].concat()
        })
        .collect();
    if !path.exists() && std::env::var_os("WALKBOOK_FREEZE").is_some() {
        std::fs::write(&path, &bytes).unwrap();
    }
    let frozen = std::fs::read(&path).unwrap();
    assert_eq!(bytes, frozen, "{name}: the bytes on the wire have changed");
    let mut rest = frozen.as_slice();
    let mut read = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let (frame, behind) = behind.split_at(u32::from_be_bytes(*length) as usize);
        read.push(Frame::from_bytes(frame, read.len()).unwrap());
        rest = behind;
    }
    assert_eq!(read, frames);
}

#[test]
fn a_request_of_version_1() {
    let lists = vec![ListCursor { list: WalkListId::from_bytes([3; 16]), cursor: vec![1, 2].into() }];
    let hello = Hello { lists, ..Hello::new(device(), Timestamp::from_ms(1_795_000_000_000), 3) };
    let mut entries: Vec<_> = (1..=3).map(knock).collect();
    entries[1].body = Err(hash(&entries[1]));
    let run = Run::new(tip_at(0).to_bytes(), &entries, [7; 64]);
    held_against_frozen("request.v1", vec![Frame::Hello(hello), Frame::Run(run), Frame::End(false)]);
}

#[test]
fn a_run_with_a_seed_of_version_1() {
    let entries: Vec<_> = (1..=2).map(knock).collect();
    let run = Run::new(tip_at(0).to_bytes(), &entries, [7; 64]).with_seed(SEED);
    held_against_frozen("seeded_run.v1", vec![Frame::Run(run)]);
}

#[test]
fn a_response_of_version_1() {
    let list = WalkListId::from_bytes([3; 16]);
    let door = Door {
        id: DoorId::from_bytes([4; 16]),
        address: Address { street: "Unioninkatu".into(), number: "40".into(), floor: Some(2), ..Address::default() },
        position: Position::from_degrees(60.17, 24.95).ok(),
        access_notes: "Ring twice".into(),
        contacts: vec![Contact {
            id: ContactId::from_bytes([5; 16]),
            fields: [(ContactField::GivenName, "Aino".into()), (ContactField::Custom("pet".into()), "cat".into())]
                .into(),
        }],
    };
    let walk = WalkList {
        id: list,
        effort: EffortId::from_bytes([6; 16]),
        name: "Kruununhaka".into(),
        script: Some(ContentHash::of(b"script")),
        assigned: vec![UserId::from_bytes([7; 16])],
        doors: vec![door.id],
    };
    let knocked = knock(1);
    let (_, payload) = knocked.body.unwrap();
    let payload = Payload::from_bytes(&payload).unwrap();
    let bound = Some(Moment::new(Timestamp::from_ms(1_795_000_000_001), 2));
    let entry = Entry { device: device(), header: knocked.header, bound, payload };
    held_against_frozen(
        "response.v1",
        vec![
            Frame::Welcome(Welcome {
                now: Timestamp::from_ms(1),
                last_seq: 3,
                tip: [8; 32].into(),
                in_backend_up_to: 2,
            }),
            Frame::Verdicts(Verdicts {
                refused: vec![Refusal { seq: 2, reason: Reason::Rebase }],
                quarantined: vec![3],
                bounded: vec![(1, Moment::from_bits(9))],
            }),
            Frame::Doors(vec![Base::first(door.clone()).to_bytes().into()]),
            Frame::List(Base::first(walk).to_bytes().into()),
            Frame::Script(vec![1, 2, 3].into()),
            Frame::Entries(vec![Delivered::from(&entry)]),
            Frame::ForgetLists(vec![list]),
            Frame::ForgetDoors(list, vec![door.id]),
            Frame::Cursor(ListCursor { list, cursor: vec![0xff].into() }),
            Frame::End(true),
        ],
    );
}

#[test]
fn decisions_of_version_1() {
    let hello = Hello::new(device(), Timestamp::from_ms(1_795_000_000_000), 3);
    let decided = [
        Settled::Taken(None),
        Settled::Taken(Some(Moment::new(Timestamp::from_ms(1_795_000_000_001), 2))),
        Settled::Refused(Reason::Declined, "That door was Berta's.".into()),
        Settled::SetAside,
    ];
    let decided = (1..).zip(decided).map(|(seq, settled)| Decision { seq, settled }).collect();
    held_against_frozen(
        "decisions.v1",
        vec![
            Frame::Hello(Hello { decisions: Some(vec![1, 2].into()), ..hello }),
            Frame::Decisions(Decisions { decided, cursor: vec![3].into() }),
        ],
    );
}

#[test]
fn settings_of_version_1() {
    let codes = [("NH".to_owned(), Outcome::NotHome), ("LIT".to_owned(), Outcome::LeftLiterature)];
    let settings = Settings { outcome_codes: OutcomeCodes::from_iter(codes), ..Settings::default() };
    let hello = Hello::new(device(), Timestamp::from_ms(1_795_000_000_000), 3);
    held_against_frozen(
        "settings.v1",
        vec![
            Frame::Hello(Hello { settings: Some(vec![1, 2].into()), ..hello }),
            Frame::Settings(cbor::encode(&settings).into(), vec![3].into()),
        ],
    );
}

#[test]
fn drafts_of_version_1() {
    let hello = Hello::new(device(), Timestamp::from_ms(1_795_000_000_000), 3);
    let delivered = |entry: RunEntry| {
        let payload = Payload::from_bytes(&entry.body.unwrap().1).unwrap();
        Delivered::from(&Entry { device: device(), header: entry.header, bound: None, payload })
    };
    let edits = draft_entries().into_iter().map(delivered).collect();
    held_against_frozen(
        "drafts.v1",
        vec![
            Frame::Hello(Hello { drafts: Some(vec![1, 2].into()), ..hello.clone() }),
            Frame::Hello(Hello { drafts: Some(Vec::new().into()), ..hello }),
            Frame::Drafts(Drafts { edits, cursor: Some(vec![3].into()) }),
            Frame::Drafts(Drafts { edits: Vec::new(), cursor: None }),
        ],
    );
}

#[test]
fn a_draft_is_published_in_version_1() {
    let [start, added] = [1, 2].map(|seq| EntryId::new(device(), seq));
    let numbers = [(question_added_by(added), QuestionKey(7))].into();
    let change = ScriptChange::Publish { numbers, version: ContentHash::of(b"script") };
    let moment = Moment::new(Timestamp::from_ms(1_795_000_000_001), 0);
    let header = Header { seq: 3, moment, subject: Subject::Script(script_started_by(start)), epoch: 0 };
    let payload = Payload::Script(ScriptEdit { on: vec![added], change });
    let published = Entry { device: device(), header, bound: None, payload };
    held_against_frozen("published.v1", vec![Frame::Entries(vec![Delivered::from(&published)])]);
}

#[test]
fn entries_to_be_forgotten_of_version_1() {
    let hello = Hello::new(device(), Timestamp::from_ms(1_795_000_000_000), 3);
    let forgotten = [1, 300].map(|seq| EntryId::new(device(), seq)).to_vec();
    held_against_frozen(
        "forget_entries.v1",
        vec![Frame::Hello(Hello { knows: Some(30), ..hello }), Frame::ForgetEntries(forgotten)],
    );
}

#[test]
fn an_order_to_wipe_of_version_1() {
    let hello = Hello::new(device(), Timestamp::from_ms(1_795_000_000_000), 3);
    let wipe = Frame::Wipe(Timestamp::from_ms(1_795_000_000_001));
    held_against_frozen("wipe.v1", vec![Frame::Hello(Hello { wiped: Some(true), ..hello }), wipe]);
}

#[test]
fn what_is_withheld_of_version_1() {
    let fields = [ContactField::Phone, ContactField::Custom("membership".into())].into();
    let withheld = [Withheld { history: true, fields }, Withheld::default()];
    held_against_frozen("withheld.v1", withheld.into_iter().map(Frame::Withheld).collect());
}

#[test]
fn erased_entries_of_version_1() {
    held_against_frozen("erase.v1", vec![Frame::Erase(vec![1, 300, 70_000])]);
}

#[test]
fn a_base_map_and_its_tiles_of_version_1() {
    let tile = |zoom, column, row| MapTile { zoom, column, row };
    let tiles: [&[u8]; 2] = [b"one", b"another"];
    let [one, another] = tiles.map(ContentHash::of);
    let map = BaseMap {
        attribution: "© OpenStreetMap contributors".into(),
        tiles: vec![(tile(12, 2_331, 1_185), one), (tile(13, 4_663, 2_371), another)],
    };
    let hello = Hello::new(device(), Timestamp::from_ms(1_795_000_000_000), 3);
    let list = WalkListId::from_bytes([3; 16]);
    held_against_frozen(
        "base_map.v1",
        vec![
            Frame::Hello(Hello { knows: Some(35), maps_of: Some(vec![list]), ..hello.clone() }),
            Frame::Hello(Hello { knows: Some(35), tiles: Some(vec![one, another]), ..hello }),
            Frame::BaseMap(list, cbor::encode(&map).into()),
            Frame::BaseMap(list, cbor::encode(&BaseMap::default()).into()),
            Frame::Tiles(tiles.map(|tile| tile.to_vec().into()).into()),
        ],
    );
}

#[test]
fn streets_of_version_1() {
    let list = WalkListId::from_bytes([3; 16]);
    // A lane with a bend and a main road in Helsinki; the same bytes are held in the crate that plans walks.
    let streets: &[u8] = &[
        1, 3, 192, 218, 233, 189, 4, 192, 197, 248, 237, 1, 160, 156, 1, 0, 0, 192, 154, 12, 2, 0, 1, 1, 1, 144, 78,
        160, 31, 1, 1, 3, 0,
    ];
    held_against_frozen("streets.v1", vec![Frame::Streets(list, streets.to_vec().into())]);
}

/// Every change that there is of a script's draft, each on top of the one before.
fn draft_entries() -> Vec<RunEntry> {
    let [start, added] = [1, 2].map(|seq| EntryId::new(device(), seq));
    let (script, key) = (script_started_by(start), question_added_by(added));
    let support = Question {
        key,
        name: "support".into(),
        text: "Whom?".into(),
        kind: QuestionKind::Single(vec![Choice { code: 1, text: "Green".into() }]),
        when: None,
    };
    let other = QuestionId::from_bytes([9; 16]);
    let when = Condition::Any(vec![Condition::Said(other, true), Condition::Not(Box::new(Condition::Chose(other, 2)))]);
    let changes = [
        ScriptChange::SetTitle("Spring".into()),
        ScriptChange::AddQuestion { question: support, behind: Some(other) },
        ScriptChange::SetName(key, "party".into()),
        ScriptChange::SetText(key, "Which?".into()),
        ScriptChange::SetKind(key, QuestionKind::Scale(1, 5)),
        ScriptChange::SetCondition(key, Some(when)),
        ScriptChange::Move { question: key, behind: None },
        ScriptChange::Drop(key),
        ScriptChange::Number(key, QuestionKey(7)),
    ];
    let entry = |(seq, change)| {
        let moment = Moment::new(Timestamp::from_ms(1_795_000_000_000 + seq), 0);
        let header = Header { seq, moment, subject: Subject::Script(script), epoch: 0 };
        let on = (seq > 1).then(|| EntryId::new(device(), seq - 1)).into_iter().collect();
        RunEntry { header, body: Ok((SEED.salt(seq), Payload::Script(ScriptEdit { on, change }).to_bytes())) }
    };
    (1..).zip(changes).map(entry).collect()
}

#[test]
fn a_run_of_edits_of_a_draft_of_version_1() {
    let run = Run::new(tip_at(0).to_bytes(), &draft_entries(), [7; 64]);
    held_against_frozen("draft_run.v1", vec![Frame::Run(run)]);
    for entry in draft_entries() {
        let payload = entry.body.unwrap().1;
        assert_eq!(Payload::from_bytes(&payload).unwrap().to_bytes(), payload);
    }
}

/// What was written once, or what is made now where nothing was: signatures are never twice the same.
fn frozen(name: &str, made: Vec<u8>) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/wire").join(name);
    if !path.exists() && std::env::var_os("WALKBOOK_FREEZE").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    std::fs::read(&path).unwrap()
}

const TENANT: TenantId = TenantId::from_bytes([1; 16]);
const USER: UserId = UserId::from_bytes([2; 16]);
const PASSWORD: &str = "correct horse battery";

#[test]
fn enrolling_of_version_1() {
    let bytes = frozen("enrol.v1", EnrolRequest::new(TENANT, [3; 16], &*SIGNER).unwrap().to_bytes());
    let read = EnrolRequest::from_bytes(&bytes).unwrap();
    assert!(read.proven_key().is_ok(), "what was signed is another thing by now");
    assert_eq!((read.tenant(), read.code(), read.to_bytes()), (TENANT, [3; 16], bytes));
    let enrolled = Enrolled { device: device(), user: USER, role: Role::TeamLead, now: Timestamp::from_ms(17) };
    let bytes = frozen("enrolled.v1", enrolled.to_bytes());
    assert_eq!((Enrolled::from_bytes(&bytes), enrolled.to_bytes()), (Ok(enrolled), bytes));
}

#[test]
fn signing_in_of_version_1() {
    for (name, code) in [("sign_in.v1", Some("123456")), ("sign_in_without_code.v1", None)] {
        let bytes = frozen(name, SignInRequest::new(TENANT, USER, PASSWORD, code, &*SIGNER).unwrap().to_bytes());
        let read = SignInRequest::from_bytes(&bytes).unwrap();
        assert!(read.proven_key().is_ok(), "what was signed is another thing by now");
        assert_eq!((read.tenant(), read.user(), read.password(), read.code()), (TENANT, USER, PASSWORD, code));
        assert_eq!(read.to_bytes(), bytes);
    }
}

#[test]
fn choosing_a_password_of_version_1() {
    let bytes = frozen("password.v1", PasswordRequest::new(TENANT, [3; 16], PASSWORD, &*SIGNER).unwrap().to_bytes());
    let read = PasswordRequest::from_bytes(&bytes).unwrap();
    assert!(read.proven_key().is_ok(), "what was signed is another thing by now");
    assert_eq!((read.tenant(), read.code(), read.password()), (TENANT, [3; 16], PASSWORD));
    assert_eq!(read.to_bytes(), bytes);
    let chosen = PasswordChosen {
        user: USER,
        authenticator: "otpauth://totp/x?secret=ABC".into(),
        recovery_codes: vec!["0004-1061".into()],
        now: Timestamp::from_ms(17),
    };
    let bytes = frozen("password_chosen.v1", chosen.to_bytes());
    assert!(PasswordChosen::from_bytes(&bytes).unwrap() == chosen && chosen.to_bytes() == bytes);
}

#[test]
fn signing_in_at_a_provider_of_version_1() {
    let provider = Provider {
        issuer: "https://id.example/".into(),
        authorization_endpoint: "https://id.example/authorize".into(),
        client_id: "walkbook".into(),
        scope: "openid email".into(),
        parameters: vec![("organization".into(), "org_1".into())],
        now: Timestamp::from_ms(17),
    };
    let bytes = frozen("provider.v1", provider.to_bytes());
    assert_eq!((Provider::from_bytes(&bytes), provider.to_bytes()), (Ok(provider), bytes));
    let granted = Granted { code: "granted".into(), verifier: "v".repeat(43), redirect: "app:/back".into() };
    for (name, invited) in [("provider_sign_in.v1", None), ("provider_sign_in_with_link.v1", Some([3; 16]))] {
        let made = ProviderSignIn::new(TENANT, USER, granted.clone(), invited, &*SIGNER).unwrap().to_bytes();
        let bytes = frozen(name, made);
        let read = ProviderSignIn::from_bytes(&bytes).unwrap();
        assert!(read.proven_key().is_ok(), "what was signed is another thing by now");
        assert_eq!((read.tenant(), read.user(), read.invited()), (TENANT, USER, invited));
        assert!(*read.granted() == granted && read.to_bytes() == bytes);
    }
}

#[test]
fn what_a_provider_vouches_for_of_version_1() {
    // A phone of today asks a provider for this, and a server of tomorrow expects it.
    let key = frozen("provider_key.v1", key().as_bytes().to_vec());
    let key = walkbook_vault::PublicKey::from_bytes(&key).unwrap();
    let nonce = provider_nonce(TENANT, "https://id.example/", &key, &"v".repeat(43));
    assert_eq!(nonce.as_bytes(), frozen("provider_nonce.v1", nonce.clone().into_bytes()));
}

#[test]
fn frames_from_30_on_are_numbered_without_a_gap() {
    // A phone says the last number that it knows, and means all before it.
    let numbers = [Frame::FORGET_ENTRIES, Frame::WIPE, Frame::WITHHELD, Frame::ERASE, Frame::BASE_MAP, Frame::TILES];
    assert!(numbers.into_iter().eq(30..=Frame::LAST));
}
