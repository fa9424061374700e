//! The exchange with the server, without the network: what to send, and what to do with the answer.

use super::working_in::held;
use super::{Error, Inner, Walkbook};
use crate::store::{Document, HeldBase, OwnEntry, Reached, StoreFile};
use walkbook_ledger::Header;
use walkbook_model::{ContentHash, EntryId, Timestamp, WalkListId};
use walkbook_sync::{Effect, Hello, ListCursor, PhoneSession, Run, RunEntry};
use walkbook_vault::{ChainHash, Salt, SaltSeed, Signer, sign_tip};

/// So much of the log goes into one request: far below the server's cap, far above a shift.
const RUN_BYTES: usize = 4 * 1024 * 1024;

/// One exchange under way. Effects are held back until the server's mark, then worked in together with it.
pub struct Exchange<'a> {
    walkbook: &'a Walkbook,
    session: PhoneSession,
    pending: Vec<Effect>,
    /// What the server has of the log and the backend has, once its verdicts are worked in.
    safe: Option<u64>,
    in_backend: Option<u64>,
    more: bool,
}

impl Walkbook {
    /// Begins an exchange: signs what is to be sent. `random` are 16 random bytes.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], [`Error::NotSigned`], [`Error::Store`].
    pub fn begin_exchange(&self, signer: &dyn Signer, random: [u8; 16], now: Timestamp) -> Result<Exchange<'_>, Error> {
        let mut inner = self.lock();
        let session = inner.session(signer, now)?;
        // What is recorded from now on belongs to the next run.
        inner.seed = SaltSeed::from_bytes(random);
        drop(inner);
        Ok(Exchange { walkbook: self, session, pending: Vec::new(), safe: None, in_backend: None, more: false })
    }
}

impl Inner {
    fn session(&self, signer: &dyn Signer, now: Timestamp) -> Result<PhoneSession, Error> {
        let device = self.identity()?.device;
        let lists = self.store.book.view().cursors()?;
        let lists = lists.into_iter().map(|(list, cursor)| ListCursor { list, cursor: cursor.into() }).collect();
        let hello = Hello { device, now, last_seq: self.last_seq, lists };
        let first = self.store.log.unacknowledged_seqs()?.first().copied();
        let Some(first) = first else { return Ok(PhoneSession::new(hello, Vec::new(), self.last_seq)) };
        let own = self.store.log.from(first, RUN_BYTES)?;
        let start = match first.checked_sub(2).map(|before| self.store.log.from(before + 1, 1)).transpose()? {
            Some(before) => before.first().map(|entry| ChainHash::from_bytes(entry.chain)),
            None => Some(ChainHash::start(device)),
        };
        let (Some(start), Some(last)) = (start, own.last()) else { return Err(Error::LogShort) };
        let signature = sign_tip(signer, device, last.seq, ChainHash::from_bytes(last.chain))?;
        let entries: Option<Vec<RunEntry>> = own.iter().map(run_entry).collect();
        let entries = entries.ok_or(crate::store::Error::Damaged { file: StoreFile::Log })?;
        let run = Run::new(start.to_bytes(), &entries, *signature.as_bytes()).with_seed(self.seed);
        Ok(PhoneSession::new(hello, vec![run], first - 1))
    }
}

fn run_entry(own: &OwnEntry) -> Option<RunEntry> {
    let header = Header::from_bytes(&own.header).ok()?;
    let body = match &own.content {
        Some(content) => Ok((Salt::from_bytes(content.salt), content.payload.clone())),
        None => Err(ContentHash::from_bytes(own.payload_hash)),
    };
    Some(RunEntry { header, body })
}

impl Exchange<'_> {
    /// The bytes to send.
    pub fn request_bytes(&self) -> Vec<u8> {
        self.session.request_bytes()
    }

    /// Whether the answer has come whole, and whether the server has more.
    pub const fn is_done(&self) -> bool {
        self.session.is_done()
    }

    /// Whether another exchange would bring more.
    pub const fn has_more(&self) -> bool {
        self.more
    }

    /// Takes the next bytes of the answer and works in what they complete.
    ///
    /// # Errors
    /// [`Error::Answered`] if they are no answer, [`Error::Store`]; what was worked in before stays.
    pub fn handle_bytes(&mut self, bytes: &[u8], now: Timestamp) -> Result<(), Error> {
        for effect in self.session.handle_bytes(bytes)? {
            match effect {
                Effect::Commit(list, cursor) => self.commit(Some((list, cursor)), now)?,
                Effect::Done { more } => {
                    self.more = more;
                    self.commit(None, now)?;
                }
                other => self.handle(other, now)?,
            }
        }
        Ok(())
    }

    fn handle(&mut self, effect: Effect, now: Timestamp) -> Result<(), Error> {
        let mut inner = self.walkbook.lock();
        let device = inner.identity()?.device;
        match effect {
            Effect::SetClock(server_now) => {
                let offset_ms = inner.clock.correct(now, server_now);
                if let Some(mut identity) = inner.identity.clone().filter(|known| known.clock_offset_ms != offset_ms) {
                    identity.clock_offset_ms = offset_ms;
                    identity.save(&mut inner.store.log)?;
                    inner.identity = Some(identity);
                }
            }
            // Nothing counts as safe before the verdicts are worked in: an answer may break off between.
            Effect::SafeUpTo(seq) => self.safe = Some(seq),
            Effect::InBackendUpTo(seq) => self.in_backend = Some(seq),
            Effect::SendAgainFrom(seq) => {
                inner.store.log.send_again_after(seq)?;
                self.more = true;
            }
            Effect::Verdicts(verdicts) => {
                inner.change_book(now, |writer, touched| {
                    for refusal in &verdicts.refused {
                        let id = EntryId::new(device, refusal.seq);
                        touched.extend(writer.about(id)?);
                        writer.remove_entry(id)?;
                    }
                    for (seq, bound) in &verdicts.bounded {
                        let id = EntryId::new(device, *seq);
                        writer.bound_entry(id, *bound)?;
                        touched.extend(writer.about(id)?);
                    }
                    Ok(())
                })?;
                for refusal in &verdicts.refused {
                    inner.store.log.refuse(refusal.seq, refusal.reason as u16)?;
                }
                self.acknowledge(&mut inner)?;
            }
            Effect::ForgetList(list) => inner.store.forget_list(list, device)?,
            other => self.pending.push(other),
        }
        Ok(())
    }

    fn acknowledge(&mut self, inner: &mut Inner) -> Result<(), Error> {
        for (seq, reached) in [(self.safe.take(), Reached::Server), (self.in_backend.take(), Reached::Backend)] {
            seq.map_or(Ok(()), |seq| inner.store.log.acknowledge_up_to(seq, reached))?;
        }
        Ok(())
    }

    fn commit(&mut self, cursor: Option<(WalkListId, Vec<u8>)>, now: Timestamp) -> Result<(), Error> {
        let pending = std::mem::take(&mut self.pending);
        let mut inner = self.walkbook.lock();
        self.acknowledge(&mut inner)?;
        let mut clock = inner.clock;
        let worked_in = inner.change_book(now, |writer, touched| {
            for effect in pending {
                match effect {
                    Effect::KeepDoor(base) => {
                        let about = Document::Door(base.record.id);
                        writer.put_base(about, &HeldBase { epoch: base.epoch, record: base.to_bytes() })?;
                        touched.insert(about);
                    }
                    Effect::KeepList(base) => {
                        let about = Document::List(base.record.id);
                        writer.put_base(about, &HeldBase { epoch: base.epoch, record: base.to_bytes() })?;
                        touched.insert(about);
                    }
                    Effect::KeepEntry(entry) => {
                        clock.observe(entry.moment());
                        let held = held(&entry);
                        writer.add_entry(&held)?;
                        touched.insert(held.about);
                    }
                    _ => {}
                }
            }
            cursor.iter().try_for_each(|(list, cursor)| writer.set_cursor(*list, cursor))
        });
        inner.clock = clock;
        match worked_in {
            // One document that cannot be computed holds up nothing.
            Err(Error::Document) => Ok(()),
            other => other,
        }
    }
}
