//! The exchange with the server, without the network: what to send, and what to do with the answer.

mod answer;

use super::{Error, Inner, Walkbook};
use answer::Answer;
use walkbook_model::Timestamp;
use walkbook_sync::{Hello, ListCursor, PhoneSession};
use walkbook_vault::{SaltSeed, Signer};

/// One exchange under way. What it brings is held back until the server's mark, then worked in together with it.
pub struct Exchange<'a> {
    walkbook: &'a Walkbook,
    session: PhoneSession,
    answer: Answer,
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
        let session = inner.session(signer, now)?;
        // What is recorded from now on belongs to the next run.
        inner.seed = SaltSeed::from_bytes(random);
        drop(inner);
        Ok(Exchange { walkbook: self, session, answer: Answer::asked(now), stopped: None })
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

    /// Whether another exchange would bring more.
    pub const fn has_more(&self) -> bool {
        self.answer.more
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
    fn session(&self, signer: &dyn Signer, now: Timestamp) -> Result<PhoneSession, Error> {
        let device = self.identity()?.device;
        let lists = self.store.book.view().cursors()?;
        let lists = lists.into_iter().map(|(list, cursor)| ListCursor { list, cursor: cursor.into() }).collect();
        let hello = Hello { device, now, last_seq: self.last_seq, lists };
        let first = self.store.log.unacknowledged_seqs()?.first().copied();
        let Some(first) = first else { return Ok(PhoneSession::new(hello, Vec::new(), self.last_seq)) };
        let run = self.run_from(first, signer)?.map(|(run, _)| run.with_seed(self.seed));
        Ok(PhoneSession::new(hello, run.into_iter().collect(), first - 1))
    }
}
