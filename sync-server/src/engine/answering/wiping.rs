//! A phone that is to destroy what it has.

use super::Answer;
use crate::store::{self, By, Device, Stamp};
use walkbook_model::Timestamp;
use walkbook_sync::{Frame, Hello};

impl Answer<'_> {
    /// Takes a phone's word that it has destroyed what it had, if the server has all of its log; otherwise says that it is to.
    /// A phone that says so without an order may have had it from before the store was restored.
    pub(super) fn wipe(&mut self, hello: &Hello, device: &Device, now: Timestamp) -> Result<(), store::Error> {
        let has_all = device.last_seq == hello.last_seq;
        if hello.wiped == Some(true) && has_all {
            self.store.note_wiped(self.sender.tenant, device.id, Stamp::new(By::Device(device.id), now))?;
        } else if let Some(ordered_at) = device.wipe_ordered_at
            && hello.knows(Frame::WIPE)
        {
            self.out.push(&Frame::Wipe(ordered_at));
        }
        Ok(())
    }
}
