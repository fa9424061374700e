//! A phone's log with a shift in it, from a fixed key, so that the bytes can be frozen.
#![allow(dead_code, unreachable_pub, clippy::cast_possible_truncation, reason = "each test file uses its part")]

use std::sync::{Arc, LazyLock};
use walkbook_ledger::{Header, Payload, Subject};
use walkbook_model::*;
use walkbook_sync::{Run, RunEntry};
use walkbook_vault::{
    ChainHash, PublicKey, SaltSeed, Signature, Signer, SoftwareSigner, SystemRandom, make_device_key, payload_hash,
    sign_tip,
};

pub static SIGNER: LazyLock<SoftwareSigner> = LazyLock::new(signer);

pub const SEED: SaltSeed = SaltSeed::from_bytes([0x5a; 16]);

pub fn signer() -> SoftwareSigner {
    let random = SystemRandom::new();
    let key = make_device_key(&random).unwrap();
    SoftwareSigner::from_pkcs8(&key, Arc::new(random)).unwrap()
}

pub fn device() -> DeviceId {
    DeviceId::from_bytes([9; 16])
}

pub fn key() -> PublicKey {
    SIGNER.public_key()
}

pub fn scattered(seed: u64) -> [u8; 16] {
    DoorId::derive(&[&seed.to_be_bytes()]).to_bytes()
}

/// A knock at a door of its own, with six answers and now and then a note.
pub fn knock(seq: u64) -> RunEntry {
    let answers = (1..=6).map(|question| Answer {
        question: QuestionKey(question),
        value: match question {
            1 => AnswerValue::YesNo(seq.is_multiple_of(3)),
            2 => AnswerValue::Single((seq % 5) as u16),
            3 => AnswerValue::Scale((seq * 7 % 5) as i16 + 1),
            4 => AnswerValue::Multiple((0..seq as u16 % 4).collect()),
            5 => AnswerValue::Integer((seq * 31 % 90) as i64),
            _ => AnswerValue::YesNo(seq.is_multiple_of(2)),
        },
    });
    let interaction = Interaction {
        knock: if seq.is_multiple_of(3) {
            Knock::Outcome(Outcome::NotHome, None)
        } else {
            Knock::Answers(ContentHash::of(b"script"), answers.collect())
        },
        contact: Some(ContactId::from_bytes(scattered(seq + 1_000))),
        list: WalkListId::from_bytes([3; 16]),
        knocked_by: None,
        note: (seq.is_multiple_of(10)).then(|| "Dog in the yard, come by the back stairs".into()),
        evidence: Some(Evidence { distance: Distance::Near, mocked: false, position: None }),
    };
    let moment = Moment::new(Timestamp::from_ms(1_795_000_000_000 + seq * 137_913), 0);
    let header = Header { seq, moment, subject: Subject::Door(DoorId::from_bytes(scattered(seq))), epoch: 0 };
    RunEntry { header, body: Ok((SEED.salt(seq), Payload::Interaction(interaction).to_bytes())) }
}

pub fn hash(entry: &RunEntry) -> ContentHash {
    match &entry.body {
        Ok((salt, payload)) => payload_hash(*salt, payload),
        Err(hash) => *hash,
    }
}

pub fn tip_after(start: ChainHash, entries: &[RunEntry]) -> ChainHash {
    entries.iter().fold(start, |tip, entry| tip.next(&entry.header.to_bytes(), hash(entry)))
}

/// The run from `first` to `last` of the log of knocks.
pub fn run(first: u64, last: u64) -> Run {
    run_of(first, (first..=last).map(knock).collect(), &*SIGNER)
}

pub fn run_of(first: u64, entries: Vec<RunEntry>, signer: &dyn Signer) -> Run {
    let start = tip_at(first - 1);
    let last = first + entries.len() as u64 - 1;
    let signature: Signature = sign_tip(signer, device(), last, tip_after(start, &entries)).unwrap();
    Run::new(start.to_bytes(), &entries, *signature.as_bytes())
}

pub fn tip_at(seq: u64) -> ChainHash {
    tip_after(ChainHash::start(device()), &(1..=seq).map(knock).collect::<Vec<_>>())
}
