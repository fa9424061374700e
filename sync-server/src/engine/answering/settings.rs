//! What the tenant has decided for all its phones.

use super::Answer;
use walkbook_model::{ContentHash, Settings, cbor};
use walkbook_sync::{Frame, Hello};

/// Bytes of a mark: settings change a few times in a tenant's life, and the mark travels with every request.
const MARK_BYTES: usize = 8;

impl Answer<'_> {
    /// Tells the settings to a phone that has others. Those that cannot be read hold up nothing. Where nothing was ever set, nothing
    /// travels.
    pub(super) fn settings(&mut self, hello: &Hello, settings: Option<&Settings>) {
        let Some(settings) = settings else { return };
        let bytes = cbor::encode(settings);
        let mark = mark(&bytes);
        let is_news = match &hello.settings {
            Some(known) => **known != mark,
            None => *settings != Settings::default(),
        };
        if is_news {
            self.out.push(&Frame::Settings(bytes.into(), mark.into()));
        }
    }
}

fn mark(settings: &[u8]) -> Vec<u8> {
    ContentHash::of(settings).to_bytes().into_iter().take(MARK_BYTES).collect()
}
