//! What screens show.

use super::{Walkbook, now};
use crate::error::WalkbookError;
use crate::words::{Answer, Clash, DoorView, NearbyDoor, Question, Script, Settings, WalkList, all};
use walkbook_core::{Bounds, DoorRow, Progress};
use walkbook_model::{self as model, ContentHash, Day, DoorId, Position, WalkListId};

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

    /// Where to go next on a list: the first door behind `behind` in walk order where nobody has been and nobody said no.
    /// Behind the last door it goes on at the front. Nothing, where the list is done.
    #[uniffi::method(default(behind = None))]
    pub fn next_door(&self, list: WalkListId, behind: Option<DoorId>) -> Result<Option<DoorRow>, WalkbookError> {
        self.ask(|walkbook| walkbook.next_door(list, behind))
    }

    /// How far a list has come.
    pub fn progress(&self, list: WalkListId) -> Result<Progress, WalkbookError> {
        self.ask(|walkbook| walkbook.progress(list))
    }

    /// The tenant's settings, as they came with the last exchange; as by default where it has set nothing.
    pub fn settings(&self) -> Result<Settings, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.settings()?.into()))
    }

    /// A door with its contacts, visits and clashes.
    pub fn door(&self, door: DoorId) -> Result<DoorView, WalkbookError> {
        self.ask(|walkbook| Ok(DoorView::on(walkbook.door(door)?, Day::of(walkbook.corrected(now())))))
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

    /// The doors nearest to a position, nearest first. Doors that are not on the map are not among them.
    #[uniffi::method(default(limit = 20))]
    pub fn nearest_doors(&self, position: Position, limit: u32) -> Result<Vec<NearbyDoor>, WalkbookError> {
        self.ask(|walkbook| Ok(all(walkbook.nearest_doors(position, limit)?)))
    }

    /// Doors on this part of the map.
    #[uniffi::method(default(limit = 1000))]
    pub fn doors_in_view(&self, bounds: Bounds, limit: u32) -> Result<Vec<DoorRow>, WalkbookError> {
        self.ask(|walkbook| walkbook.doors_in_view(bounds, limit))
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
