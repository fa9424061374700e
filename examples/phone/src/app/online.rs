//! What the app wants of the network, and what it does with what comes of it.

use super::{App, first_screens};
use crate::event::Effect;
use crate::words;
use walkbook_core::{CancelToken, Ended, Heard, SyncFailed, SyncProgress, Synced};
use walkbook_model::Timestamp;

impl App {
    pub(super) fn begin_enrolment(&mut self, link: String) -> Vec<Effect> {
        if self.under_way.is_some() || self.offline {
            self.say(if self.offline { "Offline: press O on another screen first." } else { "One moment." });
            return vec![];
        }
        self.under_way = Some(("joining", CancelToken::new()));
        self.say("Joining …");
        vec![Effect::Enrol(link)]
    }

    pub(super) fn enrolled(&mut self, enrolled: Result<(), SyncFailed>) -> Vec<Effect> {
        self.under_way = None;
        match enrolled {
            Ok(()) => {
                if let Some(phone) = &self.phone {
                    self.screens = first_screens(phone);
                }
                self.begin_sync()
            }
            Err(failed) => {
                self.complain(&failed);
                vec![]
            }
        }
    }

    pub(super) fn begin_sync(&mut self) -> Vec<Effect> {
        if self.offline {
            self.say("Offline: what you record is safe on this phone. O goes online.");
            return vec![];
        }
        if self.under_way.is_some() {
            return vec![];
        }
        self.say("Syncing …");
        self.is_unasked = false;
        self.sync()
    }

    fn sync_unasked(&mut self) -> Vec<Effect> {
        self.is_unasked = true;
        self.sync()
    }

    fn sync(&mut self) -> Vec<Effect> {
        let cancel = CancelToken::new();
        (self.under_way, self.so_far) = (Some(("syncing", cancel.clone())), None);
        vec![Effect::Sync(cancel)]
    }

    /// What an earlier exchange said last may come late.
    pub(super) fn progressed(&mut self, so_far: SyncProgress) -> Vec<Effect> {
        self.so_far = self.under_way.is_some().then_some(so_far);
        vec![]
    }

    pub(super) fn synced(&mut self, synced: &Result<Synced, SyncFailed>) -> Vec<Effect> {
        (self.under_way, self.so_far) = (None, None);
        let has_news = std::mem::take(&mut self.has_news);
        match synced {
            Ok(synced) if !self.is_unasked => self.say(&words::synced(synced)),
            Err(failed) if !self.is_unasked => self.complain(failed),
            Ok(_) | Err(_) => {}
        }
        match synced {
            // They may have come too late for it.
            Ok(Synced { ended: Ended::Complete, .. }) if has_news && !self.offline => self.sync_unasked(),
            Ok(Synced { ended: Ended::Complete | Ended::OutOfTime, .. })
            | Err(SyncFailed::NoConnection | SyncFailed::Busy { .. } | SyncFailed::ServerFailed { .. }) => self.hear(),
            Ok(_) | Err(_) => vec![],
        }
    }

    /// Waits for news, as long as the phone is online: whenever there are some, or signal again, it syncs by itself.
    fn hear(&mut self) -> Vec<Effect> {
        if self.offline || self.hearing.is_some() {
            return vec![];
        }
        let cancel = CancelToken::new();
        self.hearing = Some(cancel.clone());
        vec![Effect::Hear(cancel)]
    }

    pub(super) fn heard(&mut self, heard: Result<Heard, SyncFailed>, now: Timestamp) -> Vec<Effect> {
        self.hearing = None;
        if let Some(act) = self.closes_for.take() {
            self.close_for(act, now);
            return vec![];
        }
        match heard {
            Ok(Heard::News) if self.under_way.is_some() => self.has_news = true,
            Ok(Heard::News) if !self.offline => return self.sync_unasked(),
            Ok(Heard::News | Heard::Cancelled) => {}
            Err(failed) => self.complain(&failed),
        }
        vec![]
    }
}
