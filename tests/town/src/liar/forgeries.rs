//! Requests that are not what a device has signed, or not the liar's to send.

use super::not_home;
use super::street::{Street, proof};
use crate::{Chance, door_id};
use walkbook_ledger::{Header, Subject};
use walkbook_model::{Moment, Timestamp};
use walkbook_sync::{Hello, Request, Run, RunEntry};
use walkbook_vault::{ChainHash, Salt, Signer, payload_hash, sign_tip};

/// A request as it is sent.
pub(super) struct Forgery {
    pub(super) what: &'static str,
    pub(super) proof: String,
    pub(super) body: Vec<u8>,
}

impl Forgery {
    /// Any of those there are.
    pub(super) fn drawn(chance: &mut Chance, street: &Street<'_>, now: Timestamp) -> Self {
        let (liar, honest) = (&street.liar, &street.honest[chance.below(3) as usize]);
        let sent = liar.log.len();
        let own = |what, request: Request| Self::by_liar(what, street, request.to_bytes(), now);
        let hello = || Hello::new(liar.device, now, sent as u64 + 1);
        // An entry behind its log, and what the log ends in after it.
        let entry = entry(sent as u64 + 1, now);
        let tip = end(liar.tip_at(sent), &entry);
        let run = |start: ChainHash, entry: &RunEntry, signer: &dyn Signer| {
            let signature = sign_tip(signer, liar.device, entry.header.seq, end(start, entry)).expect("signs");
            Run::new(start.to_bytes(), std::slice::from_ref(entry), *signature.as_bytes())
        };
        match chance.below(8) {
            0 => own(
                "a run signed by another",
                Request { hello: hello(), runs: vec![run(liar.tip_at(sent), &entry, honest.signer())] },
            ),
            1 => {
                let mut altered = entry.clone();
                altered.header.subject = Subject::Door(door_id(5));
                let signature = sign_tip(&liar.signer, liar.device, entry.header.seq, tip).expect("signs");
                let run = Run::new(liar.tip_at(sent).to_bytes(), &[altered], *signature.as_bytes());
                own("a run that was altered", Request { hello: hello(), runs: vec![run] })
            }
            2 => {
                let start = ChainHash::from_bytes([7; 32]);
                own("a log that forks", Request { hello: hello(), runs: vec![run(start, &entry, &liar.signer)] })
            }
            3 => {
                let first = self::entry(1, now);
                let runs = vec![run(ChainHash::start(liar.device), &first, &liar.signer)];
                let what = "a history written anew";
                if sent > 0 { own(what, Request { hello: hello(), runs }) } else { Self::rubbish(street, now) }
            }
            4 => own("another's hello", Request { hello: Hello::new(honest.device, now, 0), runs: Vec::new() }),
            5 => {
                let body = Request { hello: Hello::new(honest.device, now, 0), runs: Vec::new() }.to_bytes();
                let proof = proof(honest.device, &liar.signer, &body, now);
                Self { what: "a request in another's name", proof, body }
            }
            6 => {
                let body = liar.request(now).to_bytes();
                let proof = proof(liar.device, &liar.signer, &body, now.shifted_ms(-3_600_000));
                Self { what: "a request of an hour ago", proof, body }
            }
            _ => Self::rubbish(street, now),
        }
    }

    fn rubbish(street: &Street<'_>, now: Timestamp) -> Self {
        Self::by_liar("rubbish", street, b"WB\x01rubbish".to_vec(), now)
    }

    fn by_liar(what: &'static str, street: &Street<'_>, body: Vec<u8>, now: Timestamp) -> Self {
        Self { what, proof: proof(street.liar.device, &street.liar.signer, &body, now), body }
    }
}

fn entry(seq: u64, now: Timestamp) -> RunEntry {
    // Later than any that it has written, so that it is another one than was written there before.
    let header = Header { seq, moment: Moment::new(now, 77), subject: Subject::Door(door_id(0)), epoch: 0 };
    RunEntry { header, body: Ok((Salt::from_bytes([1; 16]), not_home().to_bytes())) }
}

fn end(start: ChainHash, entry: &RunEntry) -> ChainHash {
    let hash = match &entry.body {
        Ok((salt, payload)) => payload_hash(*salt, payload),
        Err(hash) => *hash,
    };
    start.next(&entry.header.to_bytes(), hash)
}
