//! What a test phone sends: runs, hellos, and the proof that they are its own.

use super::Phone;
use walkbook_model::{ContentHash, Timestamp};
use walkbook_sync::{Hello, ListCursor, PhoneSession, Request, Run, RunEntry};
use walkbook_vault::{RequestParts, RequestProof, SaltSeed, sign_request, sign_tip};

/// Where phones send their requests.
pub(crate) const PATH: &str = "/v1/sync";

/// A body and the proof that it is the phone's.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) proof: String,
    pub(crate) body: Vec<u8>,
}

impl Phone {
    /// The entries of the log behind `after`, up to and including `to`.
    pub(crate) fn entries(&self, after: u64, to: u64) -> Vec<RunEntry> {
        let [after, to] = [after, to].map(|seq| usize::try_from(seq).unwrap());
        self.log[after..to].iter().map(|(entry, _)| entry.clone()).collect()
    }

    /// These entries of the log, signed.
    pub(crate) fn run(&self, after: u64, to: u64) -> Run {
        let signature = sign_tip(&self.signer, self.device, to, self.tip_at(to)).unwrap();
        let run = Run::new(self.tip_at(after).to_bytes(), &self.entries(after, to), *signature.as_bytes());
        run.with_seed(SaltSeed::from_bytes(self.device.to_bytes()))
    }

    pub(crate) fn hello(&self, now: Timestamp) -> Hello {
        let cursors = self.book.cursors.iter();
        let lists = cursors.map(|(list, cursor)| ListCursor { list: *list, cursor: cursor.clone().into() }).collect();
        let decisions = self.decisions.clone().map(Into::into);
        let settings = self.settings.as_ref().map(|(_, mark)| mark.clone().into());
        // One that knows what drafts are.
        let drafts = Some(self.book.drafts.clone().unwrap_or_default().into());
        let hello = Hello::new(self.device, now.shifted_ms(self.skew_ms), self.last_seq());
        let tiles = Some(self.book.lacks()).filter(|lacks| !lacks.is_empty());
        Hello { lists, decisions, settings, drafts, knows: self.knows, tiles, maps_of: self.maps_of.clone(), ..hello }
    }

    pub(super) fn session(&self, now: Timestamp) -> PhoneSession {
        let run = (self.safe_up_to < self.last_seq()).then(|| self.run(self.safe_up_to, self.last_seq()));
        PhoneSession::new(self.hello(now), run.into_iter().collect(), self.safe_up_to)
    }

    /// What it sends next.
    pub(crate) fn request(&self, now: Timestamp) -> Signed {
        self.sign(self.session(now).request_bytes(), now)
    }

    /// What it would send with these runs.
    pub(crate) fn request_with(&self, runs: Vec<Run>, now: Timestamp) -> Signed {
        self.sign(Request { hello: self.hello(now), runs }.to_bytes(), now)
    }

    /// A new proof for this body.
    pub(crate) fn sign(&self, body: Vec<u8>, at: Timestamp) -> Signed {
        let proof = self.proof("POST", PATH, &body, at).format();
        Signed { proof, body }
    }

    pub(crate) fn proof(&self, method: &str, path: &str, body: &[u8], at: Timestamp) -> RequestProof {
        self.nonce.set(self.nonce.get() + 1);
        let nonce = (u128::from(self.nonce.get()) << 64).to_be_bytes();
        let (at_ms, challenge) = (at.as_ms(), self.challenge.get());
        let parts = RequestParts { method, path, at_ms, nonce, challenge, body_hash: ContentHash::of(body) };
        let signature = sign_request(&self.signer, &parts).unwrap();
        RequestProof { device: self.device, at_ms, nonce, challenge, signature }
    }
}
