//! The phone's part: frames in, effects out. Whoever drives it commits each effect before asking for the next bytes, so
//! that a connection that breaks in the middle loses nothing that had come.

use crate::SyncRefused;
use crate::wire::{
    Decisions, Delivered, Drafts, Frame, FrameReader, Hello, ListCursor, Request, Run, Verdicts, Welcome,
};
use walkbook_ledger::{DoorBase, Entry, ListBase};
use walkbook_model::cbor::{self, Caps, Malformed};
use walkbook_model::{BaseMap, DoorId, EntryId, Script, Settings, Timestamp, WalkListId, Withheld};

/// What the phone has to do, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Correct the clock by the server's time.
    SetClock(Timestamp),
    /// Everything up to this entry of the own log is safe on the server, but for what a verdict names.
    SafeUpTo(u64),
    /// Everything up to this entry is in the tenant's backend.
    InBackendUpTo(u64),
    /// Refusals, quarantine and bounded moments.
    Verdicts(Verdicts),
    /// The server has less of the own log than the phone believed: send again from the entry after this number.
    SendAgainFrom(u64),
    /// Keep a door's base.
    KeepDoor(Box<DoorBase>),
    /// Keep a walk list's base.
    KeepList(Box<ListBase>),
    /// Keep a version of a script.
    KeepScript(Box<Script>),
    /// Keep the tenant's settings, and their mark.
    KeepSettings(Settings, Vec<u8>),
    /// Keep the streets around a list's doors, in the place of those there were. What the bytes mean is the map's business.
    KeepStreets(WalkListId, Vec<u8>),
    /// Keep the map under a list's doors, in the place of the one there was: its tiles come when they are asked for.
    KeepBaseMap(WalkListId, Box<BaseMap>),
    /// Keep these tiles, by the hashes of their bytes, at once: they wait for no mark, and are of no list.
    KeepTiles(Vec<Vec<u8>>),
    /// Keep an entry. One of another device takes the place of what was shown of it before.
    KeepEntry(Box<Entry>),
    /// Keep what of its doors the phone's user is not shown.
    KeepWithheld(Withheld),
    /// Forget an entry of another device: it does not count any more, is not shown any more, or comes again with less in it. One of
    /// the own log is judged by verdicts alone.
    ForgetEntry(EntryId),
    /// Forget what these entries of the own log said, before anything of it is kept again: they spoke of somebody who was
    /// erased.
    EraseOwn(Vec<u64>),
    /// Destroy what the phone has, once the server has all of it: somebody has ordered it, at this time.
    Wipe(Timestamp),
    /// Something came that this version does not understand: set it aside, show it, go on.
    SetAside(Malformed),
    /// Forget a list, and every door that is on no other.
    ForgetList(WalkListId),
    /// Forget a door of a list.
    ForgetDoor(WalkListId, DoorId),
    /// Commit: everything so far, together with this cursor.
    Commit(WalkListId, Vec<u8>),
    /// Commit: everything so far, together with this cursor of the drafts.
    CommitDrafts(Vec<u8>),
    /// Forget the drafts of scripts, and their cursor.
    ForgetDrafts,
    /// What was decided about entries that had been set aside: keep its mark once it is worked in.
    Decisions(Decisions),
    /// The exchange is complete; whether another one would bring more.
    Done {
        /// Whether to ask again at once.
        more: bool,
    },
}

/// The phone's side of one exchange.
pub struct PhoneSession {
    request: Request,
    believed_seq: u64,
    reader: FrameReader,
    frames: usize,
    done: bool,
}

impl PhoneSession {
    /// An exchange that says hello, with these runs of the own log; `believed_seq` is the last entry that the phone
    /// believes on the server.
    pub fn new(hello: Hello, runs: Vec<Run>, believed_seq: u64) -> Self {
        let request = Request { hello, runs };
        Self { request, believed_seq, reader: FrameReader::new(), frames: 0, done: false }
    }

    /// The bytes to send. The same for every try.
    pub fn request_bytes(&self) -> Vec<u8> {
        self.request.to_bytes()
    }

    /// Whether the answer has come whole.
    pub const fn is_done(&self) -> bool {
        self.done
    }

    /// Takes the next bytes of the answer.
    ///
    /// # Errors
    /// [`SyncRefused`] if they are no answer. Effects returned before still count.
    pub fn handle_bytes(&mut self, bytes: &[u8]) -> Result<Vec<Effect>, SyncRefused> {
        let mut effects = Vec::new();
        for frame in self.reader.push(bytes)? {
            let number = self.frames;
            self.frames += 1;
            if self.done || (number == 0) != matches!(frame, Frame::Welcome(_)) {
                return Err(SyncRefused::Unexpected { frame: number });
            }
            self.handle_frame(frame, number, &mut effects)?;
        }
        Ok(effects)
    }

    fn handle_frame(&mut self, frame: Frame, number: usize, effects: &mut Vec<Effect>) -> Result<(), SyncRefused> {
        match frame {
            Frame::Welcome(welcome) => self.handle_welcome(&welcome, effects),
            Frame::Verdicts(verdicts) => effects.push(Effect::Verdicts(verdicts)),
            Frame::Doors(doors) => effects.extend(
                doors.iter().map(|door| kept(DoorBase::from_bytes(door), |base| Effect::KeepDoor(Box::new(base)))),
            ),
            Frame::List(list) => {
                effects.push(kept(ListBase::from_bytes(&list), |base| Effect::KeepList(Box::new(base))));
            }
            Frame::Script(script) => {
                let script = cbor::decode::<Script>(&script, Caps::RECORD);
                effects.push(kept(script, |script| Effect::KeepScript(Box::new(script))));
            }
            Frame::Settings(settings, mark) => {
                let settings = cbor::decode::<Settings>(&settings, Caps::PAYLOAD);
                effects.push(kept(settings, |settings| Effect::KeepSettings(settings, mark.into())));
            }
            Frame::Streets(list, streets) => effects.push(Effect::KeepStreets(list, streets.into())),
            Frame::BaseMap(list, map) => {
                let map = cbor::decode::<BaseMap>(&map, Caps::RECORD);
                effects.push(kept(map, |map| Effect::KeepBaseMap(list, Box::new(map))));
            }
            Frame::Tiles(tiles) => effects.push(Effect::KeepTiles(tiles.into_iter().map(Into::into).collect())),
            Frame::Entries(entries) => effects.extend(entries.iter().map(keep_entry)),
            Frame::ForgetEntries(entries) => {
                let others = entries.into_iter().filter(|entry| entry.device != self.request.hello.device);
                effects.extend(others.map(Effect::ForgetEntry));
            }
            Frame::Erase(entries) => effects.push(Effect::EraseOwn(entries)),
            Frame::Wipe(ordered_at) => effects.push(Effect::Wipe(ordered_at)),
            Frame::Withheld(withheld) => effects.push(Effect::KeepWithheld(withheld)),
            Frame::ForgetLists(lists) => effects.extend(lists.into_iter().map(Effect::ForgetList)),
            Frame::ForgetDoors(list, doors) => {
                effects.extend(doors.into_iter().map(|door| Effect::ForgetDoor(list, door)));
            }
            Frame::Cursor(ListCursor { list, cursor }) => effects.push(Effect::Commit(list, cursor.into())),
            Frame::Decisions(decisions) => effects.push(Effect::Decisions(decisions)),
            Frame::Drafts(Drafts { edits, cursor }) => {
                effects.extend(edits.iter().map(keep_entry));
                effects.push(cursor.map_or(Effect::ForgetDrafts, |cursor| Effect::CommitDrafts(cursor.into())));
            }
            Frame::End(more) => {
                self.done = true;
                effects.push(Effect::Done { more });
            }
            Frame::Hello(_) | Frame::Run(_) => return Err(SyncRefused::Unexpected { frame: number }),
        }
        Ok(())
    }

    fn handle_welcome(&self, welcome: &Welcome, effects: &mut Vec<Effect>) {
        effects.push(Effect::SetClock(welcome.now));
        // A server never has more of a log than its phone wrote.
        let last_seq = welcome.last_seq.min(self.request.hello.last_seq);
        effects.push(Effect::SafeUpTo(last_seq));
        effects.push(Effect::InBackendUpTo(welcome.in_backend_up_to.min(last_seq)));
        if last_seq < self.believed_seq {
            effects.push(Effect::SendAgainFrom(last_seq));
        }
    }
}

fn keep_entry(entry: &Delivered) -> Effect {
    kept(entry.open(), |entry| Effect::KeepEntry(Box::new(entry)))
}

fn kept<T>(read: Result<T, Malformed>, keep: impl FnOnce(T) -> Effect) -> Effect {
    read.map_or_else(Effect::SetAside, keep)
}
