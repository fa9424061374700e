//! `list evidence`: how near the doors knocks were recorded.

use crate::commands::Error;
use crate::commands::folder::Folder;
use crate::commands::output::put;
use crate::office::{self, Desk, EvidenceCount, KnockEvidence};
use crate::reading;
use crate::store::audit::LookedAt;
use crate::store::{Deed, Store};
use crate::words::{instant, word};
use std::collections::BTreeMap;
use walkbook_model::{Action, TenantId, UserId};

/// Shows what each person's knocks come to, or each knock that is doubtful, of the lists whose lead looks.
pub(super) fn show(folder: &Folder, tenant: TenantId, doubtful: bool) -> Result<(), Error> {
    let (store, desk) = (&*folder.store, folder.desk(tenant)?);
    let mut lists = Vec::new();
    for list in reading::lists(store, tenant)? {
        if Desk::is_allowed(desk.may_to_list(Action::SeeEvidence, list))? {
            lists.push(list);
        }
    }
    folder.note(tenant, Deed::Looked { what: LookedAt::Evidence, document: None })?;
    let knocks = office::evidence(store, tenant, &lists)?;
    let people = People { store, tenant };
    if doubtful { people.show_doubtful(&knocks) } else { people.show_counts(&knocks) }
}

struct People<'a> {
    store: &'a dyn Store,
    tenant: TenantId,
}

impl People<'_> {
    fn show_counts(&self, knocks: &[KnockEvidence]) -> Result<(), Error> {
        let mut people: BTreeMap<Option<UserId>, EvidenceCount> = BTreeMap::new();
        knocks.iter().for_each(|knock| people.entry(knock.user).or_default().count(knock));
        put("person\tknocks\tup to 100 m\tup to 300 m\tbeyond\tno fix\tmocked\timpossible")?;
        for (user, count) in people {
            let EvidenceCount { knocks, near, middling, far, no_fix, mocked, impossible } = count;
            let label = self.label(user);
            put(format_args!("{label}\t{knocks}\t{near}\t{middling}\t{far}\t{no_fix}\t{mocked}\t{impossible}"))?;
        }
        Ok(())
    }

    fn show_doubtful(&self, knocks: &[KnockEvidence]) -> Result<(), Error> {
        put("entry\tat\tperson\tdoor\tdistance\tmocked\timpossible")?;
        for knock in knocks.iter().filter(|knock| knock.is_doubtful()) {
            let KnockEvidence { entry, door, user, at, is_impossible, .. } = knock;
            let (at, label, distance) = (instant(*at), self.label(*user), word(&knock.distance()));
            put(format_args!("{entry}\t{at}\t{label}\t{door}\t{distance}\t{}\t{is_impossible}", knock.is_mocked()))?;
        }
        Ok(())
    }

    /// What people call them; someone who cannot be read any more has no name.
    fn label(&self, user: Option<UserId>) -> String {
        let found = user.and_then(|user| self.store.user(self.tenant, user).ok().flatten());
        found.map_or_else(|| "?".to_owned(), |user| user.label)
    }
}
