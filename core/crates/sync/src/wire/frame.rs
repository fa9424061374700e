//! A frame: one of a closed list of messages.

use super::{Decisions, Delivered, Drafts, Hello, ListCursor, Run, Verdicts, Welcome};
use crate::SyncRefused;
use minicbor::bytes::ByteVec;
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{DoorId, EntryId, Timestamp, WalkListId, Withheld};

const CAPS: Caps = Caps { bytes: super::MAX_FRAME_BYTES, depth: 40, items: 524_288 };

/// A frame of a request (0 to 15) or of a response (from 16).
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Frame {
    /// Request, first: who, and what the phone has.
    #[n(0)]
    Hello(#[n(0)] Hello),
    /// Request: a run of the phone's log.
    #[n(1)]
    Run(#[n(0)] Run),
    /// Either side, last: without it the message was cut off. In a response, whether more waits.
    #[n(2)]
    End(#[n(0)] bool),
    /// Response, first: the server's time and what it has of the phone's log.
    #[n(16)]
    Welcome(#[n(0)] Welcome),
    /// Response: what became of the runs, entry by entry.
    #[n(17)]
    Verdicts(#[n(0)] Verdicts),
    /// Response: bases of doors, each the canonical bytes of a `DoorBase`.
    #[n(18)]
    Doors(#[n(0)] Vec<ByteVec>),
    /// Response: the base of a walk list, the canonical bytes of a `ListBase`.
    #[n(19)]
    List(#[n(0)] ByteVec),
    /// Response: a version of a script, in canonical bytes.
    #[n(20)]
    Script(#[n(0)] ByteVec),
    /// Response: entries of others, and the phone's own from before it lost its memory.
    #[n(21)]
    Entries(#[n(0)] Vec<Delivered>),
    /// Response: lists that are no longer the phone's.
    #[n(22)]
    ForgetLists(#[n(0)] Vec<WalkListId>),
    /// Response: doors that are no longer on a list.
    #[n(23)]
    ForgetDoors(#[n(0)] WalkListId, #[n(1)] Vec<DoorId>),
    /// Response: everything before this frame is what the cursor stands for. The phone commits here.
    #[n(24)]
    Cursor(#[n(0)] ListCursor),
    /// Response: the streets around a list's doors, in their canonical bytes; of this list there are no others.
    #[n(25)]
    Streets(#[n(0)] WalkListId, #[n(1)] ByteVec),
    /// Response: what was decided about entries of the phone that had been set aside.
    #[n(26)]
    Decisions(#[n(0)] Decisions),
    /// Response: what is new of the drafts of scripts. Sent only to a phone that asks for them.
    #[n(27)]
    Drafts(#[n(0)] Drafts),
    /// Response: the tenant's settings in canonical bytes, and their mark, which the phone keeps and does not look into.
    #[n(29)]
    Settings(#[n(0)] ByteVec, #[n(1)] ByteVec),
    /// Response: entries of others to forget: they do not count any more, are not shown any more, or come again with less in
    /// them. Sent only to a phone that knows of it.
    #[n(30)]
    ForgetEntries(#[n(0)] Vec<EntryId>),
    /// Response: the phone is to destroy what it has, since this time. Sent only to a phone that knows of it.
    #[n(31)]
    Wipe(#[n(0)] Timestamp),
    /// Response: what of its doors the phone's user is not shown. Sent only to a phone that knows of it.
    #[n(32)]
    Withheld(#[n(0)] Withheld),
    /// Response: entries of the phone's own log, by their numbers, which spoke of somebody who was erased: it is to forget
    /// what they said. What is left of them comes as entries. Sent only to a phone that knows of it.
    #[n(33)]
    Erase(#[n(0)] Vec<u64>),
    /// Response: the map under a list's doors, the canonical bytes of a `BaseMap`; of this list there is no other. Its tiles
    /// come when they are asked for. Sent only to a phone that knows of it.
    #[n(34)]
    BaseMap(#[n(0)] WalkListId, #[n(1)] ByteVec),
    /// Response: tiles of maps, among those that the phone asked for. A tile's name is the hash of its bytes. Sent only to a
    /// phone that knows of it. The phone keeps them at once, each by itself.
    #[n(35)]
    Tiles(#[n(0)] Vec<ByteVec>),
}

/// Frames carry people and payloads: prints which frame, and how much is in it.
impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Hello(hello) => hello.fmt(f),
            Self::Run(run) => run.fmt(f),
            Self::End(more) => write!(f, "End(more: {more})"),
            Self::Welcome(welcome) => welcome.fmt(f),
            Self::Verdicts(verdicts) => verdicts.fmt(f),
            Self::Doors(doors) => write!(f, "Doors({})", doors.len()),
            Self::List(bytes) => write!(f, "List({} bytes)", bytes.len()),
            Self::Script(bytes) => write!(f, "Script({} bytes)", bytes.len()),
            Self::Entries(entries) => entries.fmt(f),
            Self::ForgetLists(lists) => write!(f, "ForgetLists({lists:?})"),
            Self::ForgetDoors(list, doors) => write!(f, "ForgetDoors({list}, {doors:?})"),
            Self::Cursor(cursor) => cursor.fmt(f),
            Self::Streets(list, bytes) => write!(f, "Streets({list}, {} bytes)", bytes.len()),
            Self::Decisions(decisions) => decisions.fmt(f),
            Self::Drafts(drafts) => drafts.fmt(f),
            Self::Settings(bytes, _) => write!(f, "Settings({} bytes)", bytes.len()),
            Self::ForgetEntries(entries) => write!(f, "ForgetEntries({entries:?})"),
            Self::Wipe(ordered_at) => write!(f, "Wipe({ordered_at:?})"),
            Self::Withheld(withheld) => withheld.fmt(f),
            Self::Erase(entries) => write!(f, "Erase({entries:?})"),
            Self::BaseMap(list, bytes) => write!(f, "BaseMap({list}, {} bytes)", bytes.len()),
            Self::Tiles(tiles) => write!(f, "Tiles({})", tiles.len()),
        }
    }
}

impl Frame {
    /// The number of the last frame that this version knows: what a phone says in its [`Hello`]. A frame from 30 on is sent
    /// only to a phone that says it knows of it.
    pub const LAST: u16 = Self::TILES;
    /// The number of [`Frame::ForgetEntries`].
    pub const FORGET_ENTRIES: u16 = 30;
    /// The number of [`Frame::Wipe`].
    pub const WIPE: u16 = 31;
    /// The number of [`Frame::Withheld`].
    pub const WITHHELD: u16 = 32;
    /// The number of [`Frame::Erase`].
    pub const ERASE: u16 = 33;
    /// The number of [`Frame::BaseMap`].
    pub const BASE_MAP: u16 = 34;
    /// The number of [`Frame::Tiles`].
    pub const TILES: u16 = 35;

    /// The frame's canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`Frame::to_bytes`]; `number` is the frame's place in the message, for the error.
    ///
    /// # Errors
    /// [`SyncRefused::Frame`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8], number: usize) -> Result<Self, SyncRefused> {
        cbor::decode(bytes, CAPS).map_err(|why| SyncRefused::Frame { frame: number, why })
    }
}
