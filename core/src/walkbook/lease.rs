//! The lease: for how long a phone that is out of touch shows anybody. The tenant sets it.

use super::settings::settings;
use super::{Error, Inner, Walkbook};
use crate::store::{self, View};
use walkbook_model::Timestamp;

const HOUR_MS: i64 = 60 * 60 * 1_000;
/// The latest time is put on the disk again once it is so much later: what is lost with the power is at most that.
const KEPT_EVERY_MS: i64 = 60 * 1_000;

/// How long the phone may go on by itself.
#[derive(Clone, Copy, Default)]
pub(super) struct Lease {
    /// When it is over, by the server's clock; nothing where the tenant has set none.
    pub(super) ends_at: Option<Timestamp>,
    /// The latest time that the phone was told, by the server's clock. Only the server puts it back.
    latest: Timestamp,
    /// What of it is on the disk.
    kept: Timestamp,
}

impl Lease {
    /// As the book has it.
    pub(super) fn of(view: View<'_>) -> Result<Self, Error> {
        let (hours, since) = (settings(view)?.lease_hours, view.exchanged_at()?);
        let ends_at = hours.zip(since).map(|(hours, since)| since.shifted_ms(i64::from(hours) * HOUR_MS));
        let kept = view.latest_at()?.unwrap_or_default();
        Ok(Self { ends_at, latest: kept, kept })
    }

    pub(super) fn is_over(&self) -> bool {
        self.ends_at.is_some_and(|ends_at| self.latest >= ends_at)
    }
}

impl Walkbook {
    /// Tells what time it is by the phone's clock, so that a lease ends while nobody writes. An app calls it before it shows
    /// something; in Kotlin, Swift and Python every call does. The latest time counts, also after the clock was set back: only an
    /// exchange, which knows the server's, puts it right.
    ///
    /// ```
    /// use walkbook_core::Walkbook;
    /// use walkbook_model::Timestamp;
    ///
    /// let (folder, now) = (tempfile::tempdir()?, Timestamp::from_ms(1_795_000_000_000));
    /// let walkbook = Walkbook::open_with_key(folder.path(), &[7; 32], [3; 16], now)?;
    /// walkbook.tell_time(now.shifted_ms(60_000))?;
    /// assert_eq!(walkbook.status()?.lease_ends_at, None, "no tenant has set one");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn tell_time(&self, now: Timestamp) -> Result<(), Error> {
        self.lock().told_time(now)
    }
}

impl Inner {
    /// Whether people may be shown.
    pub(super) fn check_may_show(&self) -> Result<(), Error> {
        self.check_order()?;
        if self.lease.is_over() { Err(Error::LeaseOver) } else { Ok(()) }
    }

    /// Goes on to this time, if it is later than any before.
    pub(super) fn told_time(&mut self, now: Timestamp) -> Result<(), Error> {
        let latest = now.shifted_ms(self.clock.offset_ms()).max(self.lease.latest);
        let was_over = self.lease.is_over();
        self.lease.latest = latest;
        let ends_now = !was_over && self.lease.is_over();
        self.news.status |= ends_now;
        // Without a lease nobody asks how late it was.
        let is_due = self.lease.ends_at.is_some() && latest.ms_since(self.lease.kept) >= KEPT_EVERY_MS;
        if !is_due && !ends_now {
            return Ok(());
        }
        match self.store.book.change(|writer| writer.set_latest_at(latest)) {
            // It counts while the walkbook is open, and is kept once there is room.
            Err(store::Error::DiskFull { .. }) => Ok(()),
            kept => {
                kept?;
                self.lease.kept = latest;
                Ok(())
            }
        }
    }

    /// The phone has been in touch: the lease begins anew, by what the book says now.
    pub(super) fn renew_lease(&mut self) -> Result<(), Error> {
        let was_over = self.lease.is_over();
        self.lease = Lease::of(self.store.book.view())?;
        self.news.status |= was_over;
        Ok(())
    }
}
