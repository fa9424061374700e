//! A real phone, without a network: its requests are handed to the engine, and the engine's answers to it.

use crate::town::{Town, now};
use std::sync::Arc;
use tempfile::TempDir;
use walkbook_core::{Identity, Walkbook};
use walkbook_model::{
    Answer, AnswerValue, ContactField, ContentHash, DoorId, Interaction, Knock, Outcome, QuestionKey, UserId,
    WalkListId,
};
use walkbook_server::engine::Exchange;
use walkbook_sync::{EnrolRequest, Enrolled};
use walkbook_vault::{
    RequestParts, RequestProof, SecureRandom, SoftwareSigner, SystemRandom, make_device_key, sign_request,
};

/// A phone of one user.
pub struct Phone {
    /// What an app holds.
    pub walkbook: Walkbook,
    signer: SoftwareSigner,
    random: Arc<SystemRandom>,
    _folder: TempDir,
}

/// A request, and the proof of whose it is.
pub struct Signed {
    /// The header.
    pub proof: String,
    /// The path that was signed.
    pub path: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Phone {
    /// A phone that has redeemed an invitation.
    pub fn enrol(town: &Town, user: UserId) -> Self {
        let random = Arc::new(SystemRandom::new());
        let signer = SoftwareSigner::from_pkcs8(&make_device_key(&*random).unwrap(), random.clone()).unwrap();
        let request = EnrolRequest::new(town.tenant, *town.invite(user).expose(), &signer).unwrap();
        let enrolled = town.engine.enrol(town.tenant, &request.to_bytes(), now()).unwrap();
        let enrolled = Enrolled::from_bytes(&enrolled).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let walkbook = Walkbook::open_with_key(folder.path(), &[7; 32], [3; 16], now()).unwrap();
        let identity = Identity {
            device: enrolled.device,
            user,
            role: enrolled.role,
            tenant: town.tenant,
            clock_offset_ms: 0,
            server: None,
            authority: None,
        };
        walkbook.enrolled_as(identity).unwrap();
        Self { walkbook, signer, random, _folder: folder }
    }

    /// What it would send now.
    pub fn request(&self, town: &Town) -> Signed {
        let body = self.walkbook.begin_exchange(&self.signer, [9; 16], now()).unwrap().request_bytes();
        self.sign(town, body)
    }

    fn sign(&self, town: &Town, body: Vec<u8>) -> Signed {
        let path = format!("/v1/tenants/{}/sync", town.tenant);
        let mut nonce = [0; 16];
        self.random.fill(&mut nonce).unwrap();
        let at_ms = now().as_ms();
        let parts = RequestParts { method: "POST", path: &path, at_ms, nonce, body_hash: ContentHash::of(&body) };
        let signature = sign_request(&self.signer, &parts).unwrap();
        let device = self.walkbook.identity().unwrap().device;
        Signed { proof: RequestProof { device, at_ms, nonce, signature }.format(), path, body }
    }

    /// Exchanges until both have everything.
    pub fn sync(&self, town: &Town) {
        loop {
            let mut exchange = self.walkbook.begin_exchange(&self.signer, [8; 16], now()).unwrap();
            let signed = self.sign(town, exchange.request_bytes());
            let answer = town.engine.sync(town.tenant, &signed.proof, &signed.path, &signed.body, now()).unwrap();
            exchange.handle_bytes(&answer, now()).unwrap();
            if !exchange.has_more() {
                return;
            }
        }
    }

    /// A shift: knocks over the list's doors, a third of them not home and six answers otherwise; then edits.
    pub fn work(&self, script: ContentHash, list: WalkListId, knocks: usize, edits: usize) {
        let doors: Vec<DoorId> = self.walkbook.walk_list(list).unwrap().into_iter().map(|row| row.door).collect();
        for (number, door) in doors.iter().cycle().take(knocks).enumerate() {
            let contact = self.walkbook.door(*door).unwrap().present().map(|contact| contact.contact.id).next();
            let mut interaction = Interaction::of_outcome(list, None, Outcome::NotHome);
            if number % 3 != 0 && contact.is_some() {
                interaction.contact = contact;
                interaction.knock = Knock::Answers(script, six_answers(number));
            }
            self.walkbook.record_knock(*door, interaction, now()).unwrap();
        }
        for (number, door) in doors.iter().enumerate().take(edits) {
            let contact = self.walkbook.door(*door).unwrap().present().map(|contact| contact.contact.id).next();
            if let Some(contact) = contact {
                let phone = format!("+1-202-555-01{number:02}");
                self.walkbook.edit_contact(*door, contact, ContactField::Phone, phone, now()).unwrap();
            }
        }
    }
}

/// Six answers to the script.
pub fn six_answers(number: usize) -> Vec<Answer> {
    let values = [
        (1, AnswerValue::YesNo(true)),
        (2, AnswerValue::Scale(3 + (number % 3) as i16)),
        (3, AnswerValue::Single(1 + (number % 3) as u16)),
        (5, AnswerValue::YesNo(number.is_multiple_of(2))),
        (6, AnswerValue::Integer(1 + (number % 4) as i64)),
        (7, AnswerValue::Note("come again on Saturday".into())),
    ];
    values.into_iter().map(|(key, value)| Answer { question: QuestionKey(key), value }).collect()
}
