//! What was decided about the phone's entries that had been set aside, and what is erased of its log: told whichever lists it has.

use super::super::cursor::{Besides, Cursor, Stage};
use super::Answer;
use super::portion::Portion;
use crate::store::{self, Held, LogPosition, Standing, Verdict};
use walkbook_sync::{Decision, Decisions, Frame, Hello, Reason, Settled};

/// Decisions of one answer: with the longest words they fit into a frame.
const DECISIONS: u32 = 128;

impl Answer<'_> {
    /// Tells what the phone does not know of; whether there is more. A phone whose mark counts for nothing is told how each
    /// of its entries stands that is, or was, set aside: a restored server may not know of a decision any more. A mark behind
    /// the end of the phone's log, `last_seq`, counts for nothing.
    pub(super) fn decisions(&mut self, hello: &Hello, last_seq: u64) -> Result<bool, store::Error> {
        let (store, tenant, device) = (self.store, self.sender.tenant, self.sender.device);
        let known =
            hello.decisions.as_ref().map(|bytes| Cursor::read_since(store, tenant, bytes)).transpose()?.flatten();
        let known = known.filter(|cursor| !cursor.is_behind(last_seq));
        let stage = match known.map(|cursor| cursor.stage) {
            Some(stage) => stage,
            None => Stage::Downloading { since: store.head(tenant)?, rank: LogPosition::START },
        };
        let standings = match stage {
            Stage::Downloading { rank, .. } => store.standings_of(tenant, device, rank.get(), DECISIONS)?,
            Stage::Following(since) => store.decided_since(tenant, device, since, DECISIONS)?,
        };
        let more = standings.len() == DECISIONS as usize;
        let next = match (stage, standings.last()) {
            (Stage::Downloading { since, .. }, Some(last)) if more => {
                Stage::Downloading { since, rank: LogPosition::new(last.seq) }
            }
            (Stage::Downloading { since, .. }, _) => Stage::Following(since),
            (Stage::Following(since), last) => {
                Stage::Following(last.and_then(|last| last.decided).map_or(since, |(position, _)| position))
            }
        };
        let mut next = Cursor::new(store.life(), next);
        if let Stage::Following(since) = next.stage
            && self.tells_erased
        {
            let known = known.filter(|cursor| cursor.besides.erased).map_or(LogPosition::START, Cursor::position);
            let last = self.erased_since(known)?;
            // Behind what is left to be told of decisions nothing is marked; it is told again.
            next.stage = Stage::Following(if more { since } else { since.max(last) });
            next.besides = Besides { erased: true, ..Besides::default() };
        }
        // A mark of an earlier life is renewed before the store forgets that life.
        if known != Some(next) {
            let decided = standings.into_iter().map(decision).collect();
            self.out.push(&Frame::Decisions(Decisions { decided, cursor: next.to_bytes().into() }));
        }
        Ok(more)
    }

    /// Tells what is erased of the phone's log since a position, and what is left of it; the position of the last of it.
    fn erased_since(&mut self, mut since: LogPosition) -> Result<LogPosition, store::Error> {
        let (tenant, device) = (self.sender.tenant, self.sender.device);
        loop {
            let page = self.store.erased_of(tenant, device, since, DECISIONS)?;
            let Some((last, _)) = page.last() else { return Ok(since) };
            since = *last;
            let mut portion = Portion::default();
            portion.erased(page.iter().map(|(_, entry)| entry.header.seq));
            portion.entries(page.into_iter().map(|(_, entry)| entry).filter(|entry| entry.position.is_some()));
            portion.write(None, &mut self.out);
        }
    }
}

fn decision(standing: Standing) -> Decision {
    let settled = match standing.verdict {
        Verdict::Accepted => Settled::Taken(standing.bound),
        Verdict::Refused(reason) => {
            let words = standing.words.and_then(Held::readable).unwrap_or_default();
            Settled::Refused(Reason::of(reason.0), words)
        }
        Verdict::Quarantined => Settled::SetAside,
    };
    Decision { seq: standing.seq, settled }
}
