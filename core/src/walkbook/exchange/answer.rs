//! What the phone does with the server's answer, effect by effect.

use super::super::catching_up::work_in_own;
use super::super::states::held;
use super::super::working_in::Touched;
use super::super::{Error, Inner};
use crate::store::{self, Document, EntryState, HeldBase, Reached, Turned, Writer};
use std::collections::BTreeSet;
use walkbook_model::{DeviceId, EntryId, HybridClock, Timestamp, WalkListId, cbor};
use walkbook_sync::{Effect, Reason, Verdicts};
use walkbook_terrain::Streets;

/// An answer that is coming in.
#[derive(Default)]
pub(in crate::walkbook) struct Answer {
    /// When the phone asked, by its own clock.
    asked_at: Timestamp,
    /// Whether the phone has said that it holds nothing more.
    pub(in crate::walkbook) said_empty: bool,
    /// What came since the last mark.
    pending: Vec<Effect>,
    /// What the server has of the log and the backend has, once its verdicts are worked in.
    safe: Option<u64>,
    in_backend: Option<u64>,
    pub(super) more: bool,
    /// Whether a map or a tile came: then it is worth while to ask for the tiles that lack.
    map_came: bool,
}

/// Up to where an answer has come.
enum Mark {
    /// The server's cursor of a list.
    List(WalkListId, Vec<u8>),
    /// The server's cursor of the drafts.
    Drafts(Vec<u8>),
    /// The drafts are not the phone's any more.
    NoDrafts,
    /// Its end, and whether the server has more.
    End(bool),
}

impl Answer {
    /// The answer to what is asked now.
    pub(super) fn asked(now: Timestamp, said_empty: bool) -> Self {
        Self { asked_at: now, said_empty, ..Self::default() }
    }

    pub(super) fn handle(&mut self, inner: &mut Inner, effect: Effect, now: Timestamp) -> Result<(), Error> {
        match effect {
            Effect::SetClock(server_now) => inner.set_clock(self.asked_at, now, server_now),
            // Nothing counts as safe before the verdicts are worked in: an answer may break off between.
            Effect::SafeUpTo(seq) => {
                self.safe = Some(seq);
                Ok(())
            }
            Effect::InBackendUpTo(seq) => {
                self.in_backend = Some(seq);
                Ok(())
            }
            Effect::SendAgainFrom(seq) => {
                self.more = true;
                inner.send_again_after(seq, now)
            }
            Effect::Verdicts(verdicts) => {
                inner.take_verdicts(&verdicts, now)?;
                self.acknowledge(inner)
            }
            Effect::EraseOwn(entries) => {
                // The log comes first, and before the mark that follows: after a crash between, the server says it again.
                inner.store.log.erase(&entries)?;
                self.pending.push(Effect::EraseOwn(entries));
                Ok(())
            }
            Effect::Decisions(decisions) => inner.take_decisions(&decisions, now),
            Effect::Wipe(_) => inner.take_wipe_order(),
            Effect::KeepTiles(tiles) => {
                self.map_came |= inner.take_tiles(&tiles)?;
                Ok(())
            }
            Effect::Commit(list, cursor) => self.commit(inner, Mark::List(list, cursor), now),
            Effect::CommitDrafts(cursor) => self.commit(inner, Mark::Drafts(cursor), now),
            Effect::ForgetDrafts => self.commit(inner, Mark::NoDrafts, now),
            Effect::Done { more } => {
                self.commit(inner, Mark::End(more), now)?;
                inner.renew_lease()?;
                inner.turn_day(now)?;
                // What is made again is to be sent.
                let made_again = inner.make_again(now)?;
                self.more |= more || made_again > 0;
                self.more |= inner.go_on_wiping(self.said_empty, now)?;
                self.more |= self.map_came && inner.tiles_to_ask_for()?.is_some();
                Ok(())
            }
            other => {
                self.pending.push(other);
                Ok(())
            }
        }
    }

    fn acknowledge(&mut self, inner: &mut Inner) -> Result<(), Error> {
        inner.news.status = true;
        for (seq, reached) in [(self.safe.take(), Reached::Server), (self.in_backend.take(), Reached::Backend)] {
            seq.map_or(Ok(()), |seq| inner.store.log.acknowledge_up_to(seq, reached))?;
        }
        Ok(())
    }

    /// Works in what has come, together with the mark.
    fn commit(&mut self, inner: &mut Inner, mark: Mark, now: Timestamp) -> Result<(), Error> {
        let pending = std::mem::take(&mut self.pending);
        self.map_came |= pending.iter().any(|effect| matches!(effect, Effect::KeepBaseMap(..)));
        self.acknowledge(inner)?;
        let own: Vec<u64> = pending.iter().filter_map(|effect| inner.own_seq(effect)).collect();
        let server_now = now.shifted_ms(inner.clock.offset_ms());
        let (mut clock, device) = (inner.clock, inner.identity()?.device);
        inner.change_book_as_told(now, |writer, touched, keep| {
            let mut working = Working { writer, touched, keep, clock: &mut clock, device };
            pending.into_iter().try_for_each(|effect| working.work_in(effect))?;
            let Working { writer, touched, .. } = working;
            match mark {
                Mark::List(list, cursor) => writer.set_cursor(list, &cursor),
                Mark::Drafts(cursor) => writer.set_drafts_cursor(&cursor),
                Mark::NoDrafts => {
                    let forgotten = writer.forget_drafts(keep)?;
                    touched.documents.extend(forgotten.into_iter().map(Document::Draft));
                    Ok(())
                }
                Mark::End(more) => {
                    for gone in writer.view().orphans()? {
                        writer.forget_document(gone, keep)?;
                    }
                    if !more {
                        writer.set_told_maps()?;
                    }
                    writer.set_exchanged_at(server_now)
                }
            }
        })?;
        inner.clock = clock;
        // What the server delivers it counts, also what it had set aside before.
        Ok(inner.store.log.acknowledge(&own, Reached::Server)?)
    }
}

/// What is changed while an answer is worked in.
struct Working<'a, 'b> {
    writer: &'a Writer<'b>,
    touched: &'a mut Touched,
    keep: &'a BTreeSet<EntryId>,
    clock: &'a mut HybridClock,
    device: DeviceId,
}

impl Working<'_, '_> {
    fn work_in(&mut self, effect: Effect) -> Result<(), store::Error> {
        let Self { writer, touched, keep, clock, device } = self;
        match effect {
            Effect::KeepDoor(base) => {
                let about = Document::Door(base.record.id);
                touched.documents.insert(about);
                let base = HeldBase { epoch: base.epoch, record: base.to_bytes() };
                // Less of it may be shown now.
                if writer.view().base(about)?.is_some_and(|before| before.record != base.record) {
                    writer.leaves_traces()?;
                }
                writer.put_base(about, &base)
            }
            Effect::KeepList(base) => {
                let about = Document::List(base.record.id);
                touched.documents.insert(about);
                // What is folded into the base is done with.
                for edit in writer.view().entries_about(about)?.iter().filter(|held| base.has_folded(held.id)) {
                    writer.remove_entry(edit.id)?;
                }
                writer.put_base(about, &HeldBase { epoch: base.epoch, record: base.to_bytes() })
            }
            Effect::KeepEntry(entry) => {
                clock.observe(entry.moment());
                let held = held(&entry);
                touched.documents.insert(held.about);
                if entry.device == *device { writer.add_entry(&held).map(drop) } else { writer.show_entry(&held) }
            }
            Effect::ForgetEntry(id) => forget(writer, touched, id),
            Effect::EraseOwn(entries) => {
                entries.into_iter().try_for_each(|seq| forget(writer, touched, EntryId::new(*device, seq)))
            }
            Effect::KeepWithheld(withheld) => {
                touched.settings |= writer.put_withheld(&cbor::encode(&withheld))?;
                Ok(())
            }
            Effect::KeepScript(script) if script.check().is_ok() => {
                writer.put_script(script.content_hash(), &cbor::encode(&*script))
            }
            Effect::KeepSettings(settings, mark) if settings.check().is_ok() => {
                touched.settings = true;
                writer.put_settings(&cbor::encode(&settings), &mark)
            }
            Effect::KeepStreets(list, record) if Streets::from_bytes(&record).is_ok() => {
                writer.put_streets(list, &record)
            }
            Effect::KeepBaseMap(list, map) if map.check().is_ok() => {
                touched.map = true;
                writer.put_map(list, &map)
            }
            Effect::KeepSettings(..)
            | Effect::KeepScript(_)
            | Effect::KeepStreets(..)
            | Effect::KeepBaseMap(..)
            | Effect::SetAside(_) => writer.count_not_understood(1),
            Effect::ForgetList(list) => {
                touched.lists.insert(list);
                touched.map |= writer.forget_map(list)?;
                touched.fallen.extend(writer.forget_list(list, keep)?);
                Ok(())
            }
            Effect::ForgetDoor(list, door) => {
                touched.left.insert((list, door));
                Ok(())
            }
            // These are not held back.
            Effect::SetClock(_)
            | Effect::SafeUpTo(_)
            | Effect::InBackendUpTo(_)
            | Effect::Verdicts(_)
            | Effect::SendAgainFrom(_)
            | Effect::Decisions(_)
            | Effect::Wipe(_)
            | Effect::KeepTiles(_)
            | Effect::Commit(..)
            | Effect::CommitDrafts(_)
            | Effect::ForgetDrafts
            | Effect::Done { .. } => Ok(()),
        }
    }
}

/// Takes an entry out of the book, and leaves nothing of it in the file.
fn forget(writer: &Writer<'_>, touched: &mut Touched, id: EntryId) -> Result<(), store::Error> {
    let Some(about) = writer.about(id)? else { return Ok(()) };
    touched.documents.insert(about);
    writer.remove_entry(id)?;
    writer.leaves_traces()
}

impl Inner {
    /// Takes the server's clock, and remembers how far the phone's is off. The server looked at it somewhere between asking
    /// and now: as long as what is known fits into that, a slow network does not put a right clock wrong.
    pub(in crate::walkbook) fn set_clock(
        &mut self,
        asked_at: Timestamp,
        now: Timestamp,
        server_now: Timestamp,
    ) -> Result<(), Error> {
        let (least_ms, most_ms) = (server_now.ms_since(now), server_now.ms_since(asked_at));
        let offset_ms = self.clock.offset_ms().min(most_ms).max(least_ms);
        let offset_ms = self.clock.correct(server_now.shifted_ms(offset_ms.saturating_neg()), server_now);
        self.news.status = true;
        if let Some(mut identity) = self.identity.clone().filter(|known| known.clock_offset_ms != offset_ms) {
            identity.clock_offset_ms = offset_ms;
            identity.save(&mut self.store.log)?;
            self.identity = Some(identity);
        }
        Ok(())
    }

    /// The number of an own entry that the server delivers: it knew it already when it was written on this phone.
    fn own_seq(&self, effect: &Effect) -> Option<u64> {
        match (effect, &self.identity) {
            (Effect::KeepEntry(entry), Some(identity)) if entry.device == identity.device => Some(entry.header.seq),
            _ => None,
        }
    }

    /// Rolls back what the server has refused or set aside, and fills in the moments that it has bounded. The book comes
    /// first, what is to be erased next: after a crash between, the log still has the entries to send, and the server says it
    /// again.
    fn take_verdicts(&mut self, verdicts: &Verdicts, now: Timestamp) -> Result<(), Error> {
        let device = self.identity()?.device;
        let refused = verdicts.refused.iter().map(|refusal| {
            let state = EntryState::Refused { reason: refusal.reason as u16 };
            Turned { seq: refusal.seq, state, words: None }
        });
        let set_aside =
            verdicts.quarantined.iter().map(|seq| Turned { seq: *seq, state: EntryState::SetAside, words: None });
        let turned: Vec<Turned> = refused.chain(set_aside).collect();
        let erased = verdicts.refused.iter().filter(|refusal| refusal.reason == Reason::Erased);
        let erased: Vec<u64> = erased.map(|refusal| refusal.seq).collect();
        self.change_book(now, |writer, touched| {
            for Turned { seq, .. } in &turned {
                let id = EntryId::new(device, *seq);
                touched.documents.extend(writer.about(id)?);
                writer.remove_entry(id)?;
            }
            if !erased.is_empty() {
                writer.leaves_traces()?;
            }
            for (seq, bound) in &verdicts.bounded {
                let id = EntryId::new(device, *seq);
                writer.bound_entry(id, *bound)?;
                touched.documents.extend(writer.about(id)?);
            }
            Ok(())
        })?;
        self.store.log.erase(&erased)?;
        Ok(self.store.log.turn(&turned, now.shifted_ms(self.clock.offset_ms()))?)
    }

    /// The server was restored. What it had turned down may be taken this time: until it says so again, it counts. The
    /// book comes first: after a crash between, the server says again what it lacks.
    fn send_again_after(&mut self, seq: u64, now: Timestamp) -> Result<(), Error> {
        let device = self.identity()?.device;
        let mut next = seq.saturating_add(1);
        loop {
            let again = self.store.log.from(next, 1024 * 1024)?;
            let Some(last) = again.last().map(|entry| entry.seq) else { break };
            self.change_book(now, |writer, touched| {
                for own in &again {
                    touched.documents.extend(work_in_own(writer, device, own)?);
                }
                Ok(())
            })?;
            next = last.saturating_add(1);
        }
        self.store.log.send_again_after(seq)?;
        self.news.status = true;
        Ok(())
    }
}
