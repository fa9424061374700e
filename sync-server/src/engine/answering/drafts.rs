//! Drafts of scripts, for those who may write them.

use super::super::cursor::{Cursor, Stage};
use super::Answer;
use super::portion::{chunks, delivered};
use crate::store::{self, LogPosition, StoredEntry};
use walkbook_model::{Action, EntryId, Whose};
use walkbook_sync::{Delivered, Drafts, Frame, Hello};

/// Edits that are read at once.
const EDITS: u32 = 256;

impl Answer<'_> {
    /// Tells what the phone does not know of; whether there is more. Who may not write drafts gets none, and is told to forget
    /// what there was. A phone that says nothing of drafts knows of none.
    pub(super) fn drafts(&mut self, hello: &Hello) -> Result<bool, store::Error> {
        let Some(mark) = &hello.drafts else { return Ok(false) };
        let tenant = self.sender.tenant;
        if !self.sender.user.role.may(Action::WriteDraft, Whose::Tenant) {
            if !mark.is_empty() {
                self.out.push(&Frame::Drafts(Drafts { edits: Vec::new(), cursor: None }));
            }
            return Ok(false);
        }
        let mut marked = Cursor::read(self.store, tenant, mark)?;
        let mut since = match marked.map(|marked| marked.stage) {
            Some(Stage::Following(since)) => since,
            Some(Stage::Downloading { .. }) | None => LogPosition::START,
        };
        let more = loop {
            let page = self.store.draft_edits_since(tenant, since, EDITS)?;
            let is_last = page.len() < EDITS as usize;
            since = page.last().and_then(place).unwrap_or(since);
            self.tell_recalled(&page);
            for edits in chunks(page.into_iter().filter_map(placed).collect(), |(_, edit)| edit.size()) {
                let Some(at) = edits.last().map(|(at, _)| *at) else { continue };
                marked = Some(self.tell_drafts(edits.into_iter().map(|(_, edit)| edit).collect(), at));
            }
            if is_last || self.out.is_full() {
                break !is_last;
            }
        };
        // A phone's first mark; one of an earlier life, which is renewed before the store forgets that life; one behind what
        // cannot be read.
        if marked != Some(self.following(since)) {
            self.tell_drafts(Vec::new(), since);
        }
        Ok(more)
    }

    /// What does not count any more is told before the mark that stands for it; one that was released since is an edit again.
    fn tell_recalled(&mut self, page: &[StoredEntry]) {
        let recalled: Vec<EntryId> =
            page.iter().filter(|stored| stored.position.is_none()).map(StoredEntry::id).collect();
        if self.tells_recalled && !recalled.is_empty() {
            self.out.push(&Frame::ForgetEntries(recalled));
        }
    }

    fn tell_drafts(&mut self, edits: Vec<Delivered>, since: LogPosition) -> Cursor {
        let mark = self.following(since);
        self.out.push(&Frame::Drafts(Drafts { edits, cursor: Some(mark.to_bytes().into()) }));
        mark
    }

    fn following(&self, since: LogPosition) -> Cursor {
        Cursor::new(self.store.life(), Stage::Following(since))
    }
}

/// Where an edit counts, or does not count any more, from.
fn place(stored: &StoredEntry) -> Option<LogPosition> {
    stored.position.or(stored.recalled)
}

fn placed(stored: StoredEntry) -> Option<(LogPosition, Delivered)> {
    Some((stored.position?, delivered(stored)?))
}
