//! The exchange with the server, without the network: what to send, and what to do with the answer.

mod answer;

use super::{Error, Inner, Walkbook};
use crate::store::{OwnEntry, StoreFile};
use answer::Answer;
use walkbook_ledger::Header;
use walkbook_model::{ContentHash, Timestamp};
use walkbook_sync::{Hello, ListCursor, PhoneSession, Run, RunEntry};
use walkbook_vault::{ChainHash, Salt, SaltSeed, Signer, sign_tip};

/// So much of the log goes into one request: far below the server's cap, far above a shift.
const RUN_BYTES: usize = 4 * 1024 * 1024;

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
        Ok(Exchange { walkbook: self, session, answer: Answer::default(), stopped: None })
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
