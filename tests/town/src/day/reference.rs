//! What should be, whatever phones and server make of it: what the office has decided, as whoever decided remembers it.

use super::Story;
use crate::server::Decided;
use crate::{Phone, Server};
use std::collections::BTreeMap;
use walkbook_model::EntryId;
use walkbook_sync::Reason;

/// What was decided. Its clone goes with a backup: what was decided afterwards is forgotten by a server that is restored.
#[derive(Clone, Default)]
pub(super) struct Reference {
    decided: BTreeMap<EntryId, Decided>,
}

impl Reference {
    pub(super) fn decided(&mut self, id: EntryId, decided: Option<Decided>) {
        self.decided.extend(decided.map(|decided| (id, decided)));
    }

    /// Holds server and phones against what was decided, when everybody has met the server.
    pub(super) fn holds(&self, phones: &[Phone], server: &Server, story: &Story) -> Result<(), String> {
        for (id, decided) in &self.decided {
            let counts = *decided == Decided::Released;
            story.holds(server.has(*id) == counts, "the server has not done what the office decided")?;
            let everybody = phones.iter().all(|phone| phone.counts(*id) == counts);
            story.holds(everybody, "a phone has not heard what the office decided")?;
            let told = phones.iter().any(|phone| phone.refused().get(id) == Some(&Reason::Declined));
            story.holds(
                told != counts,
                "a writer was not told that an entry is refused, or was told of one that counts",
            )?;
        }
        for id in server.set_aside() {
            story.holds(!self.decided.contains_key(&id), "what is decided is set aside")?;
            story.holds(!phones.iter().any(|phone| phone.counts(id)), "what is set aside counts on a phone")?;
        }
        Ok(())
    }
}
