//! Logs of which a restored server has lost a part, while their phones bring it again.
//!
//! What an entry rests on (a door that a team mate added, a list that a lead handed out) may have been lost too, and come
//! with another phone later. Nothing that the phone had written when it met the restored server is refused for that: it is
//! set aside, and not lost. A phone that says so falsely has what would be refused set aside instead, which takes no effect
//! either.

use crate::store::{Device, Error, Store};
use walkbook_model::TenantId;
use walkbook_sync::Request;

/// The last number that a log can reach in a store.
const LAST_SEQ: u64 = u64::MAX >> 1;

/// The last entry that the phone had written when it met the restored server; 0 where nothing was lost. Noted before
/// anything is taken, so that whoever takes the rest judges it alike: this server after a restart, or another one.
pub(super) fn up_to(store: &dyn Store, tenant: TenantId, device: &Device, request: &Request) -> Result<u64, Error> {
    let believed_safe = match request.runs.first() {
        Some(run) => run.first_seq().saturating_sub(1),
        None => request.hello.last_seq,
    };
    let met = if believed_safe > device.last_seq { believed_safe.max(request.hello.last_seq) } else { 0 };
    let up_to = device.refill_up_to.max(met.min(LAST_SEQ));
    if up_to <= device.last_seq {
        return Ok(0);
    }
    if up_to > device.refill_up_to {
        store.note_refill(tenant, device.id, up_to)?;
    }
    Ok(up_to)
}
