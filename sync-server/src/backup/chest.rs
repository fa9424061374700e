//! What a backup holds, sealed: nothing in it can be read, or put in another's place, without the backup's key.

use super::Error;
use crate::store::embedded::tap::Pages;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use walkbook_vault::{Nonce, SealKey, SecureRandom, derive_key};
use zeroize::Zeroizing;

/// Blocks of a database; those that have not changed since an earlier snapshot are not stored again.
pub(super) const BLOCK_BYTES: usize = 256 * 1024;
const LEVEL: i32 = 1;
/// More than this nothing unpacks to: a transaction's pages.
const MOST_BYTES: usize = 1 << 31;

/// The few small files of a server's folder, by name.
pub(super) type Files = BTreeMap<String, Zeroizing<Vec<u8>>>;

/// What a snapshot says: the database's blocks, in order, and the files beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Snapshot {
    pub(super) version: u32,
    pub(super) bytes: u64,
    pub(super) blocks: Vec<String>,
}

/// Seals and opens.
pub(super) struct Chest {
    sealing: SealKey,
    naming: SealKey,
    random: Arc<dyn SecureRandom + Send + Sync>,
}

impl Chest {
    pub(super) fn new(key: &SealKey, random: Arc<dyn SecureRandom + Send + Sync>) -> Self {
        let [sealing, naming] =
            ["backup seal", "backup name"].map(|label| derive_key(key, &format!("walkbook {label} 1"), b""));
        Self { sealing, naming, random }
    }

    /// Random letters for a name.
    pub(super) fn draw_name(&self) -> Result<String, Error> {
        let mut bytes = [0; 4];
        self.random.fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
        Ok(hex(&bytes))
    }

    /// The name of a block, which says nothing of it to whoever has not the key, and is the same for the same bytes.
    pub(super) fn name_block(&self, block: &[u8]) -> String {
        let name = hex(derive_key(&self.naming, "block", block).expose());
        format!("blocks/{}/{name}", name.get(..2).unwrap_or_default())
    }

    /// Packs and seals bytes for their place in the backup.
    pub(super) fn seal(&self, name: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; 12];
        self.random.fill(&mut nonce).map_err(|_| Error::NoRandomness)?;
        let packed = Zeroizing::new(zstd::bulk::compress(plain, LEVEL).map_err(|_| damaged(name))?);
        self.sealing.seal(Nonce::from_bytes(nonce), name.as_bytes(), &packed).map_err(|_| damaged(name))
    }

    /// Opens what was sealed for this place.
    pub(super) fn open(&self, name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let packed = Zeroizing::new(self.sealing.open(name.as_bytes(), sealed).map_err(|_| damaged(name))?);
        let bytes =
            zstd::zstd_safe::get_frame_content_size(&packed).ok().flatten().and_then(|bytes| bytes.try_into().ok());
        let bytes = bytes.filter(|bytes| *bytes <= MOST_BYTES).ok_or_else(|| damaged(name))?;
        zstd::bulk::decompress(&packed, bytes).map(Zeroizing::new).map_err(|_| damaged(name))
    }
}

/// The bytes of pages: their size, how many the database has, then each with its number before it.
pub(super) fn pages_to_bytes(pages: &Pages) -> Vec<u8> {
    let size = pages.page_bytes as usize;
    let mut bytes = Vec::with_capacity(8 + pages.pages.len() * (4 + size));
    bytes.extend(pages.page_bytes.to_be_bytes());
    bytes.extend(pages.count.to_be_bytes());
    for (number, page) in &pages.pages {
        bytes.extend(number.to_be_bytes());
        bytes.extend(page);
    }
    bytes
}

/// Pages of these bytes; nothing where they are none.
pub(super) fn pages_from_bytes(bytes: &[u8]) -> Option<Pages> {
    let (page_bytes, rest) = number(bytes)?;
    let (count, mut rest) = number(rest)?;
    let mut pages = BTreeMap::new();
    while !rest.is_empty() {
        let (page, more) = number(rest)?;
        let (bytes, more) = more.split_at_checked(page_bytes as usize)?;
        pages.insert(page, bytes.to_vec());
        rest = more;
    }
    (page_bytes > 0).then_some(Pages { page_bytes, count, pages })
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*number), rest))
}

/// Files as JSON, their bytes as Base64.
pub(super) fn files_to_bytes(files: &Files) -> Zeroizing<Vec<u8>> {
    let texts: BTreeMap<&str, Zeroizing<String>> =
        files.iter().map(|(name, bytes)| (name.as_str(), Zeroizing::new(STANDARD.encode(bytes)))).collect();
    let texts: BTreeMap<&str, &str> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    // A map of texts always is JSON.
    Zeroizing::new(serde_json::to_vec(&texts).unwrap_or_default())
}

/// Files of these bytes; nothing where they are none.
pub(super) fn files_from_bytes(bytes: &[u8]) -> Option<Files> {
    let texts: BTreeMap<String, Zeroizing<String>> = serde_json::from_slice::<BTreeMap<String, String>>(bytes)
        .ok()?
        .into_iter()
        .map(|(name, text)| (name, Zeroizing::new(text)))
        .collect();
    texts.into_iter().map(|(name, text)| Some((name, Zeroizing::new(STANDARD.decode(text.as_bytes()).ok()?)))).collect()
}

pub(super) fn damaged(name: &str) -> Error {
    Error::Damaged { name: name.to_owned() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
