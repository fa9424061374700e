//! A real phone, without a network: its requests are handed to the engine, and the engine's answers to it.

use super::town::{Town, now};
use crate::Fate;
use std::sync::Arc;
use tempfile::TempDir;
use walkbook_core::{Identity, Rescue, Walkbook, read_rescue_file};
use walkbook_model::{
    Answer, AnswerValue, ContactField, ContentHash, DoorId, EntryId, Interaction, Knock, Outcome, QuestionKey,
    Timestamp, UserId, WalkListId,
};
use walkbook_server::engine::Exchange;
use walkbook_sync::{EnrolRequest, Enrolled};
use walkbook_vault::{
    RequestParts, RequestProof, SecureRandom, SoftwareSigner, SystemRandom, make_device_key, sign_request,
};

/// A phone of one user.
pub struct Phone {
    /// What an app holds.
    pub walkbook: Arc<Walkbook>,
    /// By how much its clock is wrong, in milliseconds.
    pub skew_ms: i64,
    signer: Arc<SoftwareSigner>,
    random: Arc<SystemRandom>,
    folder: TempDir,
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
        let signer = Arc::new(SoftwareSigner::from_pkcs8(&make_device_key(&*random).unwrap(), random.clone()).unwrap());
        let request = EnrolRequest::new(town.tenant, *town.invite(user).expose(), &*signer).unwrap();
        let enrolled = town.engine.enrol(town.tenant, &request.to_bytes(), now()).unwrap();
        let enrolled = Enrolled::from_bytes(&enrolled).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let walkbook = Arc::new(Walkbook::open_with_key(folder.path(), &[7; 32], [3; 16], now()).unwrap());
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
        Self { walkbook, skew_ms: 0, signer, random, folder }
    }

    /// What its clock says.
    pub fn clock(&self) -> Timestamp {
        now().shifted_ms(self.skew_ms)
    }

    /// The phone dies where it stands, and is switched on again: with its files as they are at this moment.
    pub fn die_and_start(self) -> Self {
        let Self { walkbook, skew_ms, signer, random, folder } = self;
        let copy = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
        // The living one is closed after the copy was made: nothing that closing writes is in it.
        drop(walkbook);
        let walkbook = Arc::new(Walkbook::open_with_key(copy.path(), &[7; 32], [4; 16], now()).unwrap());
        Self { walkbook, skew_ms, signer, random, folder: copy }
    }

    /// What it would send now.
    pub fn request(&self, town: &Town) -> Signed {
        let body = self.walkbook.begin_exchange(&*self.signer, [9; 16], now()).unwrap().request_bytes();
        self.sign(town, body)
    }

    /// A request of these bytes, with the proof that it is this phone's.
    pub fn sign(&self, town: &Town, body: Vec<u8>) -> Signed {
        let path = format!("/v1/tenants/{}/sync", town.tenant);
        let mut nonce = [0; 16];
        self.random.fill(&mut nonce).unwrap();
        let at_ms = now().as_ms();
        let parts = RequestParts {
            method: "POST",
            path: &path,
            at_ms,
            nonce,
            challenge: None,
            body_hash: ContentHash::of(&body),
        };
        let signature = sign_request(&*self.signer, &parts).unwrap();
        let device = self.walkbook.identity().unwrap().device;
        Signed { proof: RequestProof { device, at_ms, nonce, challenge: None, signature }.format(), path, body }
    }

    /// Exchanges until both have everything.
    pub fn sync(&self, town: &Town) {
        while self.exchange(town, Fate::Arrives) {}
    }

    /// One exchange over a bad network; whether there is more.
    pub fn exchange(&self, town: &Town, fate: Fate) -> bool {
        let mut exchange = self.walkbook.begin_exchange(&*self.signer, [8; 16], self.clock()).unwrap();
        let body = exchange.request_bytes();
        let (times, percent) = match fate {
            Fate::RequestLost => return false,
            Fate::Twice => (2, 100),
            Fate::AnswerLost => (1, 0),
            Fate::AnswerCut(percent) => (1, usize::from(percent)),
            Fate::Arrives => (1, 100),
        };
        let answers = (0..times).map(|_| {
            let signed = self.sign(town, body.clone());
            town.engine.sync(town.tenant, &signed.proof, &signed.path, &signed.body, now()).unwrap()
        });
        // Every one of them is asked for: the last is the one that arrives.
        let answer = answers.fold(Vec::new(), |_, answer| answer);
        // Where it breaks off, the phone keeps what had come.
        exchange.handle_bytes(&answer[..answer.len() * percent / 100], self.clock()).unwrap();
        exchange.has_more()
    }

    /// Everything that only this phone has, out of a rescue file.
    pub fn rescue(&self) -> Rescue {
        let path = self.folder.path().join(format!("{}.rescue", self.walkbook.status().unwrap().at_risk()));
        let mut random = [0; 28];
        self.random.fill(&mut random).unwrap();
        let code = self.walkbook.write_rescue_file(&path, &*self.signer, random, self.clock()).unwrap();
        let file = std::fs::read(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        read_rescue_file(&file, &code.text()).unwrap()
    }

    /// The same phone twice: its files were copied while it was off.
    pub fn copied(self) -> (Self, Self) {
        let key = self.random.clone();
        let copy = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(self.folder.path()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
        let walkbook = Arc::new(Walkbook::open_with_key(copy.path(), &[7; 32], [5; 16], now()).unwrap());
        let copied = Self { walkbook, skew_ms: self.skew_ms, signer: self.signer.clone(), random: key, folder: copy };
        (self, copied)
    }

    /// How many of its entries are only on this phone.
    pub fn at_risk(&self) -> u64 {
        self.walkbook.status().unwrap().at_risk()
    }

    /// The two-tap not-home.
    pub fn not_home(&self, list: WalkListId, door: DoorId) -> EntryId {
        let not_home = Interaction::of_outcome(list, None, Outcome::NotHome);
        self.walkbook.record_knock(door, not_home, self.clock()).unwrap()
    }

    /// The knocks that count at a door, as this phone shows them.
    pub fn knocks_at(&self, door: DoorId) -> Vec<EntryId> {
        self.walkbook.door(door).unwrap().counting().map(|(visit, _)| visit.entry).collect()
    }

    /// A shift: knocks over the list's doors, a third of them not home and six answers otherwise; then edits.
    pub fn work(&self, script: ContentHash, list: WalkListId, knocks: usize, edits: usize) {
        work(&self.walkbook, script, list, knocks, edits);
    }
}

/// A shift of whoever holds this phone: knocks over the list's doors, a third of them not home and six answers otherwise;
/// then edits.
pub fn work(walkbook: &Walkbook, script: ContentHash, list: WalkListId, knocks: usize, edits: usize) {
    let rows = walkbook.walk_list(list).unwrap();
    let first_at = |door| walkbook.door(door).unwrap().present().map(|contact| contact.contact.id).next();
    let doors: Vec<_> = rows.into_iter().map(|row| (row.door, first_at(row.door))).collect();
    for (number, (door, contact)) in doors.iter().cycle().take(knocks).enumerate() {
        let mut interaction = Interaction::of_outcome(list, None, Outcome::NotHome);
        if number % 3 != 0 && contact.is_some() {
            interaction.contact = *contact;
            interaction.knock = Knock::Answers(script, six_answers(number));
        }
        walkbook.record_knock(*door, interaction, now()).unwrap();
    }
    for (number, (door, contact)) in doors.into_iter().enumerate().take(edits) {
        if let Some(contact) = contact {
            let phone = format!("+1-202-555-01{number:02}");
            walkbook.edit_contact(door, contact, ContactField::Phone, phone, now()).unwrap();
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
