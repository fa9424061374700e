//! What screens show.

use super::{Walkbook, now};
use crate::error::WalkbookError;
use crate::words::{Answer, Clash, DoorView, Question, Script, Settings, WalkList, Withheld, all};
use walkbook_core::DoorRow;
use walkbook_model::{self as model, ContentHash, Day, DoorId, WalkListId};

#[uniffi::export]
impl Walkbook {
    /// The walk lists on this phone.
    pub fn lists(&self) -> Result<Vec<WalkList>, WalkbookError> {
        self.ask(|walkbook| Ok(all(walkbook.lists()?)))
    }

    /// A list's doors in walk order.
    pub fn walk_list(&self, list: WalkListId) -> Result<Vec<DoorRow>, WalkbookError> {
        self.ask(|walkbook| walkbook.walk_list(list))
    }

    /// The tenant's settings, as they came with the last exchange; as by default where it has set nothing.
    pub fn settings(&self) -> Result<Settings, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.settings()?.into()))
    }

    /// What of its doors the server does not show to this phone's user, as it said with the last exchange.
    pub fn withheld(&self) -> Result<Withheld, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.withheld()?.into()))
    }

    /// A door with its contacts, visits and clashes.
    pub fn door(&self, door: DoorId) -> Result<DoorView, WalkbookError> {
        self.ask(|walkbook| {
            let today = Day::of(walkbook.corrected(now()));
            Ok(DoorView::on(walkbook.door(door)?, walkbook.withheld()?, today))
        })
    }

    /// A door's state as every phone and server computes it: equal states, equal bytes. For support and for tests.
    pub fn door_state_bytes(&self, door: DoorId) -> Result<Vec<u8>, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.door(door)?.to_bytes()))
    }

    /// Doors whose address or people match what was typed, best first.
    #[uniffi::method(default(limit = 50))]
    pub fn search(&self, typed: String, limit: u32) -> Result<Vec<DoorRow>, WalkbookError> {
        self.ask(|walkbook| walkbook.search(&typed, limit))
    }

    /// The version of a script with this hash, also one that is not worked any more.
    pub fn script(&self, hash: ContentHash) -> Result<Script, WalkbookError> {
        self.ask(|walkbook| Ok((hash, walkbook.script(hash)?).into()))
    }

    /// The version of the script that is worked on a list; nothing where the list has no script.
    pub fn script_of(&self, list: WalkListId) -> Result<Option<Script>, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.script_of(list)?.map(Script::from)))
    }

    /// The questions of a script that are asked, given the answers so far.
    pub fn asked(&self, script: ContentHash, answers: Vec<Answer>) -> Result<Vec<Question>, WalkbookError> {
        let answers: Vec<model::Answer> = all(answers);
        self.ask(|walkbook| Ok(all(walkbook.script(script)?.asked(&answers).cloned())))
    }

    /// The first question of a script that is asked and not answered yet; nothing, where all are.
    pub fn next_question(&self, script: ContentHash, answers: Vec<Answer>) -> Result<Option<Question>, WalkbookError> {
        let answers: Vec<model::Answer> = all(answers);
        self.ask(|walkbook| Ok(walkbook.script(script)?.next_question(&answers).cloned().map(Question::from)))
    }

    /// The doors with a clash, by address.
    pub fn clashes(&self) -> Result<Vec<DoorRow>, WalkbookError> {
        self.ask(walkbook_core::Walkbook::clashes)
    }

    /// The clashes of a door.
    pub fn clashes_at(&self, door: DoorId) -> Result<Vec<Clash>, WalkbookError> {
        self.ask(|walkbook| Ok(all(walkbook.clashes_at(door)?)))
    }
}
