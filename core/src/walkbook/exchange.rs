//! The exchange with the server, without the network: what to send, and what to do with the answer.

mod answer;
mod decisions;

use super::{Error, Inner, Walkbook};
use answer::Answer;
use decisions::DECISIONS;
use walkbook_model::Timestamp;
use walkbook_sync::{Hello, ListCursor, PhoneSession};
use walkbook_vault::{SaltSeed, Signer};

/// So many runs go into one request: even of the smallest entries they hold fewer than a server takes at once.
const RUNS: usize = 3;

/// One exchange under way. What it brings is held back until the server's mark, then worked in together with it.
pub struct Exchange<'a> {
    walkbook: &'a Walkbook,
    session: PhoneSession,
    answer: Answer,
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
        let (session, is_part) = inner.session(signer, now)?;
        // What is recorded from now on belongs to the next run.
        inner.seed = SaltSeed::from_bytes(random);
        drop(inner);
        Ok(Exchange { walkbook: self, session, answer: Answer::asked(now), is_part, stopped: None })
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
            self.answer.handle(&mut self.walkbook.lock(), effect, now)?;
        }
        Ok(())
    }
}

impl Inner {
    /// What is sent, and whether the log holds more.
    fn session(&self, signer: &dyn Signer, now: Timestamp) -> Result<(PhoneSession, bool), Error> {
        let device = self.identity()?.device;
        let view = self.store.book.view();
        let lists = view.cursors()?;
        let lists = lists.into_iter().map(|(list, cursor)| ListCursor { list, cursor: cursor.into() }).collect();
        let decisions = self.store.log.note(DECISIONS)?.map(Into::into);
        let settings = view.settings_mark()?.map(Into::into);
        // Empty says that the phone knows what drafts are.
        let drafts = Some(view.drafts_cursor()?.unwrap_or_default().into());
        let hello = Hello { lists, decisions, settings, drafts, ..Hello::new(device, now, self.last_seq) };
        let first = self.store.log.unacknowledged_seqs()?.first().copied();
        let Some(first) = first else { return Ok((PhoneSession::new(hello, Vec::new(), self.last_seq), false)) };
        let (mut runs, mut next) = (Vec::new(), first);
        while runs.len() < RUNS && next <= self.last_seq {
            let Some((run, last)) = self.run_from(next, signer)? else { break };
            runs.push(run.with_seed(self.seed));
            next = last + 1;
        }
        let is_part = runs.len() == RUNS && next <= self.last_seq;
        Ok((PhoneSession::new(hello, runs, first - 1), is_part))
    }
}
