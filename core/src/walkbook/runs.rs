//! Runs: stretches of the log without a gap, signed, as they are sent and rescued.

use super::{Error, Inner};
use crate::store::{self, OwnEntry, StoreFile};
use walkbook_ledger::Header;
use walkbook_model::ContentHash;
use walkbook_sync::{MAX_FRAME_BYTES, Run, RunEntry};
use walkbook_vault::{ChainHash, Salt, Signer, sign_tip};

/// So much of the log goes into one run: far above a shift, and with its columns well below the cap of a frame.
const RUN_BYTES: usize = MAX_FRAME_BYTES / 2;

impl Inner {
    /// The run that begins with this entry, as far as it goes, and its last entry. Nothing, where the log has lost the
    /// entry or the one before it: nobody could tell what it continues.
    pub(super) fn run_from(&self, first: u64, signer: &dyn Signer) -> Result<Option<(Run, u64)>, Error> {
        self.run_between(first, u64::MAX, signer)
    }

    /// The same, which ends with entry `until` at the latest.
    pub(super) fn run_between(&self, first: u64, until: u64, signer: &dyn Signer) -> Result<Option<(Run, u64)>, Error> {
        let Some(start) = self.tip_before(first)? else { return Ok(None) };
        let own: Vec<OwnEntry> = self.store.log.from(first, RUN_BYTES)?;
        let own: Vec<&OwnEntry> =
            (first..=until).zip(&own).take_while(|(seq, own)| own.seq == *seq).map(|(_, own)| own).collect();
        let Some(last) = own.last() else { return Ok(None) };
        let signature = sign_tip(signer, self.identity()?.device, last.seq, ChainHash::from_bytes(last.chain))?;
        let entries: Option<Vec<RunEntry>> = own.iter().map(|own| run_entry(own)).collect();
        let entries = entries.ok_or(store::Error::Damaged { file: StoreFile::Log })?;
        Ok(Some((Run::new(start.to_bytes(), &entries, *signature.as_bytes()), last.seq)))
    }

    /// The end of the log before this entry.
    fn tip_before(&self, first: u64) -> Result<Option<ChainHash>, Error> {
        let Some(before) = first.checked_sub(1) else { return Ok(None) };
        if before == 0 {
            return Ok(Some(ChainHash::start(self.identity()?.device)));
        }
        let own = self.store.log.from(before, 0)?;
        Ok(own.first().filter(|own| own.seq == before).map(|own| ChainHash::from_bytes(own.chain)))
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
