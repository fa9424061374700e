//! Requests, answers, and what goes before them.

use crate::entries::{door_base, entries_of_a_door, list_base, script};
use crate::{Made, made};
use walkbook_fuzz::{DEVICE, known_signer, packed, unpacked};
use walkbook_ledger::{Entry, Header};
use walkbook_model::*;
use walkbook_sync::*;
use walkbook_vault::*;

pub(crate) fn seeds() -> Vec<Made> {
    let signer = known_signer();
    let run = run();
    let seeded = Run::new(run.start(), &run.entries().unwrap(), run.signature()).with_seed(SEED);
    let lists = vec![ListCursor { list: list_base().record.id, cursor: vec![1; 24].into() }];
    let hello = Hello {
        device: DEVICE,
        now: Timestamp::from_ms(1_795_000_000_000),
        last_seq: run.len() as u64,
        lists,
        decisions: Some(vec![1; 24].into()),
        settings: Some(vec![1; 8].into()),
        drafts: Some(vec![1; 24].into()),
        knows: Some(Frame::LAST),
        wiped: Some(true),
        tiles: Some(vec![ContentHash::of(b"a tile")]),
        maps_of: Some(vec![list_base().record.id]),
    };
    let request = Request { hello: hello.clone(), runs: vec![run.clone(), seeded.clone()] }.to_bytes();
    let answer = pack(answer());

    let code = InvitationCode::from_bytes([2; 16]);
    let tenant = TenantId::from_bytes([1; 16]);
    let enrol = EnrolRequest::new(tenant, [2; 16], &signer).unwrap();
    let enrolled = Enrolled { device: DEVICE, user: UserId::from_bytes([4; 16]), role: Role::TeamLead, now: hello.now };
    let parts = RequestParts {
        method: "POST",
        path: "/v1/sync",
        at_ms: 1_795_000_000_000,
        nonce: [6; 16],
        challenge: Some(Challenge::from_bytes([9; 16])),
        body_hash: ContentHash::of(b""),
    };
    let signature = sign_request(&signer, &parts).unwrap();
    let proof =
        RequestProof { device: DEVICE, at_ms: parts.at_ms, nonce: parts.nonce, challenge: parts.challenge, signature };
    let server: ServerUrl = "https://walk.example:8443".parse().unwrap();
    let link = InvitationLink { server, tenant, code, authority: Some(vec![0x30; 40]) };

    let mut seeds = vec![
        made("request", "shift", request.as_slice()),
        made("request", "bomb", packed(&bomb())),
        made("request_frames", "shift", unpacked(&request)),
        made("answer_frames", "day", unpacked(&answer)),
        made("enrol", "request", enrol.to_bytes()),
        made("enrol", "answer", enrolled.to_bytes()),
        made("proof", "signed", proof.format()),
        made("link", "private", link.to_text().as_bytes()),
        made("link", "public", InvitationLink { authority: None, ..link }.to_text().as_bytes()),
    ];
    seeds.push(made("frame", "lacking_tiles", Frame::Hello(hello.clone()).to_bytes()));
    let place = MapTile { zoom: 12, column: 2_331, row: 1_185 };
    let map = BaseMap { attribution: "© Nobody".into(), tiles: vec![(place, ContentHash::of(b"a tile"))] };
    let map = Frame::BaseMap(list_base().record.id, cbor::encode(&map).into());
    for (name, frame) in [("base_map", map), ("tiles", Frame::Tiles(vec![b"a tile".to_vec().into()]))] {
        seeds.push(made("frame", name, frame.to_bytes()));
        seeds.push(made("answer_frames", name, unpacked(&pack([self::answer().remove(0), frame, Frame::End(false)]))));
    }
    let frames = [Frame::Hello(hello), Frame::Run(run), Frame::Run(seeded)];
    for (number, frame) in (0..).zip(frames.into_iter().chain(self::answer())) {
        seeds.push(made("frame", &format!("{number:02}"), frame.to_bytes()));
    }
    seeds
}

const SEED: SaltSeed = SaltSeed::from_bytes([0x5a; 16]);

/// A device's log of everything that can happen at a door, signed.
pub(crate) fn run() -> Run {
    let in_log = |(seq, entry): (u64, Entry)| {
        let header = Header { seq, ..entry.header };
        RunEntry { header, body: Ok((SEED.salt(seq), entry.payload.to_bytes())) }
    };
    let entries: Vec<RunEntry> = (1..).zip(entries_of_a_door()).map(in_log).collect();
    let start = ChainHash::start(DEVICE);
    let tip = entries.iter().fold(start, |tip, entry| match &entry.body {
        Ok((salt, payload)) => tip.next(&entry.header.to_bytes(), payload_hash(*salt, payload)),
        Err(hash) => tip.next(&entry.header.to_bytes(), *hash),
    });
    let signature = sign_tip(&known_signer(), DEVICE, entries.len() as u64, tip).unwrap();
    Run::new(start.to_bytes(), &entries, *signature.as_bytes())
}

/// A run whose half a million payloads are empty: a frame as large as it may be, of the smallest items there are.
fn bomb() -> Vec<u8> {
    let items = 500_000_u32;
    let mut frame = vec![0x82, 0x01, 0x81, 0x8a, 0x01, 0x58, 0x20];
    frame.extend([0; 32]);
    frame.extend([0x80, 0x80, 0x80, 0x40, 0x9a]);
    frame.extend(items.to_be_bytes());
    frame.resize(frame.len() + usize::try_from(items).unwrap(), 0x40);
    frame.extend([0x80, 0x58, 0x40]);
    frame.extend([0; 64]);
    frame.push(0xf6);
    assert!(Frame::from_bytes(&frame, 0).is_ok_and(|frame| matches!(frame, Frame::Run(_))));
    let hello = Frame::Hello(Hello::new(DEVICE, Timestamp::from_ms(0), 0));
    let length = |frame: &[u8]| u32::try_from(frame.len()).unwrap().to_be_bytes();
    let hello = hello.to_bytes();
    [&length(&hello), hello.as_slice(), &length(&frame), &frame].concat()
}

fn answer() -> Vec<Frame> {
    let list = list_base().record.id;
    let door = door_base().record.id;
    vec![
        Frame::Welcome(Welcome {
            now: Timestamp::from_ms(1_795_000_000_000),
            last_seq: 3,
            tip: [8; 32].into(),
            in_backend_up_to: 2,
        }),
        Frame::Verdicts(Verdicts {
            refused: Reason::ALL.iter().zip(1..).map(|(reason, seq)| Refusal { seq, reason: *reason }).collect(),
            quarantined: vec![3],
            bounded: vec![(1, Moment::from_bits(9))],
        }),
        Frame::Doors(vec![door_base().to_bytes().into()]),
        Frame::List(list_base().to_bytes().into()),
        Frame::Script(cbor::encode(&script()).into()),
        Frame::Entries(entries_of_a_door().iter().map(Delivered::from).collect()),
        Frame::ForgetLists(vec![list]),
        Frame::ForgetDoors(list, vec![door]),
        Frame::Wipe(Timestamp::from_ms(1_795_000_000_000)),
        Frame::ForgetEntries(vec![EntryId::new(DeviceId::from_bytes([9; 16]), 7)]),
        Frame::Cursor(ListCursor { list, cursor: vec![0xff; 24].into() }),
        Frame::Decisions(Decisions {
            decided: [
                Settled::Taken(None),
                Settled::Refused(Reason::NotYours, "whose door is it?".into()),
                Settled::SetAside,
            ]
            .into_iter()
            .zip(1..)
            .map(|(settled, seq)| Decision { seq, settled })
            .collect(),
            cursor: vec![3; 24].into(),
        }),
        Frame::End(true),
    ]
}
