//! An order to destroy what the phone has: kept until the server has all of it and has been told that the rest is gone.

use super::{Error, Exchange, Inner};
use crate::store::{self, Document, Log};
use walkbook_model::Timestamp;

const NOTE: &str = "wipe";

/// How far the phone has come with an order to destroy what it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WipeOrder {
    /// It sends what only it has.
    Sends = 1,
    /// It holds nothing more but who it is, which the server is to be told.
    IsEmpty = 2,
    /// The key is gone, and the files with the next opening.
    IsDone = 3,
}

impl WipeOrder {
    pub(super) fn load(log: &Log) -> Result<Option<Self>, Error> {
        let note = log.note(NOTE)?;
        let is_empty = note.as_deref() == Some(&[Self::IsEmpty as u8]);
        Ok(note.map(|_| if is_empty { Self::IsEmpty } else { Self::Sends }))
    }

    /// What everything but an exchange is answered with.
    pub(super) const fn refusal(self) -> Error {
        match self {
            Self::Sends | Self::IsEmpty => Error::WipeOrdered,
            Self::IsDone => Error::Store(store::Error::Wiped),
        }
    }
}

impl Exchange<'_> {
    /// The server does not let the phone in. Where the phone has said that it holds nothing more, and the answer was lost, that
    /// is the answer; whether it is.
    pub(super) fn was_shut_out(&self) -> Result<bool, Error> {
        if self.answer.said_empty {
            self.walkbook.lock().destroy_key()?;
        }
        Ok(self.answer.said_empty)
    }
}

impl Inner {
    /// Whether anything may be done with the phone but to exchange.
    pub(super) fn check_order(&self) -> Result<(), Error> {
        self.wipe.map_or(Ok(()), |order| Err(order.refusal()))
    }

    /// Takes the order, once and for good.
    pub(super) fn take_wipe_order(&mut self) -> Result<(), Error> {
        if self.wipe.is_none() { self.has_come_to(WipeOrder::Sends) } else { Ok(()) }
    }

    /// Goes on with an order at the end of an exchange, in which the phone may have said that it holds nothing more; whether
    /// there is more to be said.
    pub(super) fn go_on_wiping(&mut self, said_empty: bool, now: Timestamp) -> Result<bool, Error> {
        let Some(order) = self.wipe else { return Ok(false) };
        let is_sent = self.store.log.unacknowledged_seqs()?.is_empty();
        match order {
            WipeOrder::Sends if is_sent => {
                self.forget_all(now)?;
                self.has_come_to(WipeOrder::IsEmpty)?;
                Ok(true)
            }
            WipeOrder::IsEmpty if is_sent && said_empty => {
                self.destroy_key()?;
                Ok(false)
            }
            // The server was restored meanwhile, and lacks again what it had.
            WipeOrder::IsEmpty if !is_sent => {
                self.has_come_to(WipeOrder::Sends)?;
                Ok(true)
            }
            WipeOrder::Sends | WipeOrder::IsEmpty | WipeOrder::IsDone => Ok(false),
        }
    }

    fn has_come_to(&mut self, order: WipeOrder) -> Result<(), Error> {
        self.store.log.set_note(NOTE, &[order as u8])?;
        self.wipe = Some(order);
        self.news.status = true;
        Ok(())
    }

    /// Forgets everything that came from the server: nothing is left that only this phone has.
    fn forget_all(&mut self, now: Timestamp) -> Result<(), Error> {
        self.change_book_as_told(now, |writer, touched, keep| {
            for (list, _) in writer.view().cursors()? {
                touched.lists.insert(list);
                touched.fallen.extend(writer.forget_list(list, keep)?);
            }
            touched.documents.extend(writer.forget_drafts(keep)?.into_iter().map(Document::Draft));
            Ok(())
        })
    }

    /// Destroys the key, without which nothing of the files can be read; the next opening removes them.
    fn destroy_key(&mut self) -> Result<(), Error> {
        self.store.begin_wiping()?;
        self.wipe = Some(WipeOrder::IsDone);
        self.news.status = true;
        Ok(())
    }
}
