//! What somebody decided about entries of this phone that had been set aside.

use super::super::catching_up::work_in_own;
use super::super::{Error, Inner};
use crate::store::{EntryState, OwnEntry, Reached, Turned};
use std::collections::BTreeMap;
use walkbook_model::{EntryId, Moment, Timestamp};
use walkbook_sync::{Decisions, Settled};

/// The server's mark: up to where its decisions are worked in. It lies beside the states of the entries that they are about,
/// for a book that is made anew has not forgotten them.
pub(super) const DECISIONS: &str = "decisions";

impl Inner {
    /// What was taken counts here too, what was refused is shown with the words. The book comes first and the mark last:
    /// after a crash between, the server says it again.
    pub(super) fn take_decisions(&mut self, decisions: &Decisions, now: Timestamp) -> Result<(), Error> {
        let device = self.identity()?.device;
        let (mut taken, mut turned) = (BTreeMap::new(), Vec::new());
        for decision in &decisions.decided {
            let seq = decision.seq;
            let (state, words) = match &decision.settled {
                Settled::Taken(bound) => {
                    taken.insert(seq, *bound);
                    continue;
                }
                Settled::Refused(reason, words) => (
                    EntryState::Refused { reason: *reason as u16 },
                    Some(words.clone()).filter(|words| !words.is_empty()),
                ),
                Settled::SetAside => (EntryState::SetAside, None),
            };
            turned.push(Turned { seq, state, words });
        }
        let own = self.taken_entries(&taken)?;
        self.change_book(now, |writer, touched| {
            for Turned { seq, .. } in &turned {
                let id = EntryId::new(device, *seq);
                touched.documents.extend(writer.about(id)?);
                writer.remove_entry(id)?;
            }
            for (entry, bound) in &own {
                touched.documents.extend(work_in_own(writer, device, entry)?);
                if let Some(bound) = bound {
                    writer.bound_entry(EntryId::new(device, entry.seq), *bound)?;
                }
            }
            Ok(())
        })?;
        self.store.log.turn(&turned, now.shifted_ms(self.clock.offset_ms()))?;
        let taken: Vec<u64> = taken.into_keys().collect();
        self.store.log.acknowledge(&taken, Reached::Server)?;
        self.news.status = true;
        Ok(self.store.log.set_note(DECISIONS, &decisions.cursor)?)
    }

    /// The entries of the log that these are; what is not there any more is passed over.
    fn taken_entries(&self, taken: &BTreeMap<u64, Option<Moment>>) -> Result<Vec<(OwnEntry, Option<Moment>)>, Error> {
        let mut entries = Vec::with_capacity(taken.len());
        for (seq, bound) in taken {
            let found = self.store.log.from(*seq, 0)?.into_iter().next().filter(|own| own.seq == *seq);
            entries.extend(found.map(|own| (own, *bound)));
        }
        Ok(entries)
    }
}
