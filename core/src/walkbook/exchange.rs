//! The exchange with the server, without the network: what to send, and what to do with the answer.

mod answer;
mod arriving;
mod decisions;

use super::salting::stretch;
use super::wipe_order::WipeOrder;
use super::{Error, Inner, Walkbook};
use answer::Answer;
use arriving::Arriving;
use decisions::DECISIONS;
use walkbook_model::Timestamp;
use walkbook_sync::{Effect, Frame, Hello, ListCursor, PhoneSession, Run};
use walkbook_vault::Signer;

/// So many runs go into one request: even of the smallest entries they hold fewer than a server takes at once.
const RUNS: usize = 3;

/// One exchange under way. What it brings is held back until the server's mark, then worked in together with it.
pub struct Exchange<'a> {
    pub(super) walkbook: &'a Walkbook,
    session: PhoneSession,
    pub(super) answer: Answer,
    /// Which doors come, where somebody wants to know.
    arriving: Option<Arriving>,
    /// How many entries are brought.
    entries: u64,
    /// Whether the log holds more than went into this request.
    is_part: bool,
    /// What stopped it. Going on behind a gap would move a cursor past what is missing.
    stopped: Option<Error>,
}

impl Walkbook {
    /// Begins an exchange: signs what is to be sent. `random` are 16 random bytes.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], [`Error::NotSigned`], [`Error::Store`].
    pub fn begin_exchange(&self, signer: &dyn Signer, random: [u8; 16], now: Timestamp) -> Result<Exchange<'_>, Error> {
        let mut inner = self.lock();
        if inner.wipe == Some(WipeOrder::IsDone) {
            return Err(WipeOrder::IsDone.refusal());
        }
        let said_empty = inner.wipe == Some(WipeOrder::IsEmpty);
        let Load { session, entries, is_part } = inner.load(signer, now)?;
        // What is recorded from now on belongs to the next run.
        inner.salting.begin_anew(random);
        drop(inner);
        let answer = Answer::asked(now, said_empty);
        Ok(Exchange { walkbook: self, session, answer, arriving: None, entries, is_part, stopped: None })
    }
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

    /// Whether there is more for another exchange to bring, in either direction.
    pub const fn has_more(&self) -> bool {
        self.answer.more || self.is_part
    }

    /// Takes the next bytes of the answer and works in what they complete.
    ///
    /// # Errors
    /// [`Error::Answered`] if they are no answer, [`Error::Store`]; what was worked in before stays. After an error the
    /// exchange takes nothing more and gives the same error: begin another.
    pub fn handle_bytes(&mut self, bytes: &[u8], now: Timestamp) -> Result<(), Error> {
        if let Some(error) = self.stopped {
            return Err(error);
        }
        let handled = self.take(bytes, now);
        self.stopped = handled.err();
        handled
    }

    fn take(&mut self, bytes: &[u8], now: Timestamp) -> Result<(), Error> {
        for effect in self.session.handle_bytes(bytes)? {
            let mut inner = self.walkbook.lock();
            let is_mark = matches!(effect, Effect::Commit(..));
            if let Some(arriving) = &mut self.arriving {
                arriving.comes(&effect, inner.store.book.view())?;
            }
            self.answer.handle(&mut inner, effect, now)?;
            if is_mark && let Some(arriving) = &mut self.arriving {
                arriving.is_worked_in(inner.store.book.view())?;
            }
        }
        Ok(())
    }

    /// From now on it is known which doors come. Gives how many entries are on this phone and nowhere else.
    pub(super) fn is_watched(&mut self) -> Result<u64, Error> {
        let inner = self.walkbook.lock();
        self.arriving = Some(Arriving::begins(inner.store.book.view())?);
        Ok(inner.store.log.counts()?.saved)
    }

    /// How many entries are brought with it.
    pub(super) const fn entries(&self) -> u64 {
        self.entries
    }

    /// How many doors have come, and how many are awaited.
    pub(super) fn doors(&self) -> (u64, u64) {
        self.arriving.as_ref().map_or((0, 0), |arriving| (arriving.come, arriving.awaited()))
    }
}

/// What is sent.
struct Load {
    session: PhoneSession,
    entries: u64,
    /// Whether the log holds more.
    is_part: bool,
}

impl Inner {
    fn load(&self, signer: &dyn Signer, now: Timestamp) -> Result<Load, Error> {
        let device = self.identity()?.device;
        let view = self.store.book.view();
        let lists = view.cursors()?;
        let lists = lists.into_iter().map(|(list, cursor)| ListCursor { list, cursor: cursor.into() }).collect();
        let decisions = self.store.log.note(DECISIONS)?.map(Into::into);
        let settings = view.settings_mark()?.map(Into::into);
        // Empty says that the phone knows what drafts are.
        let drafts = Some(view.drafts_cursor()?.unwrap_or_default().into());
        let (knows, wiped) = (Some(Frame::LAST), (self.wipe == Some(WipeOrder::IsEmpty)).then_some(true));
        let (tiles, maps_of) = (self.tiles_to_ask_for()?, self.maps_to_ask_for()?);
        let hello = Hello {
            lists,
            decisions,
            settings,
            drafts,
            knows,
            wiped,
            tiles,
            maps_of,
            ..Hello::new(device, now, self.last_seq)
        };
        let first = self.store.log.unacknowledged_seqs()?.first().copied();
        let Some(first) = first else {
            let session = PhoneSession::new(hello, Vec::new(), self.last_seq);
            return Ok(Load { session, entries: 0, is_part: false });
        };
        let (mut runs, mut next) = (Vec::new(), first);
        let seeds = self.store.log.seeds()?;
        while runs.len() < RUNS && next <= self.last_seq {
            let (seed, until) = stretch(&seeds, next, self.last_seq, RUNS - runs.len());
            let Some((run, last)) = self.run_between(next, until, signer)? else { break };
            runs.push(seed.into_iter().fold(run, Run::with_seed));
            next = last + 1;
        }
        let is_part = runs.len() == RUNS && next <= self.last_seq;
        let entries = runs.iter().map(|run| run.len() as u64).sum();
        Ok(Load { session: PhoneSession::new(hello, runs, first - 1), entries, is_part })
    }
}
