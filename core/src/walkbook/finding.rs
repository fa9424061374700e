//! In which region somebody is, of whom no more is known than an e-mail address.

use super::syncing::told;
use super::{Error, Walkbook};
use crate::courier::{Line, SyncFailed};
use std::sync::Arc;
use walkbook_model::{Email, Invalid};
use walkbook_sync::{FindRegion, FoundRegions, ServerUrl};

/// A region, and where its server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// The server's address.
    pub server: String,
}

impl Walkbook {
    /// Asks any server in which regions to look for somebody: all of them, where the address is registered first. Of an address that is
    /// registered nowhere the same is told, so that nobody finds out who is anywhere; empty where the server has no directory. The
    /// server has to have a certificate of a public authority, or of `authority` (DER). Works from any executor, and before the
    /// phone is a device.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) within [`SyncFailed::Phone`] for what is no address of a server, or of anybody;
    /// otherwise [`SyncFailed`] says what to do.
    pub async fn find_regions(
        self: &Arc<Self>,
        server: &str,
        authority: Option<&[u8]>,
        email: &str,
    ) -> Result<Vec<Region>, SyncFailed> {
        let no_server = Invalid::Malformed { what: "server", wanted: "an address such as https://walk.example" };
        let server: ServerUrl = server.trim().parse().map_err(|_| Error::Invalid(no_server))?;
        let email: Email = email.parse().map_err(Error::Invalid)?;
        let question = FindRegion { email: email.as_str().to_owned() }.to_bytes();
        let ask =
            |line: Arc<Line>| async move { told(line.transport.post("/v1/find-region", None, question).await?).await };
        let answer = match self.courier.run(&server, authority, ask).await {
            // There is no such route, or nobody is registered by that server.
            Err(SyncFailed::ShutOut) => return Ok(Vec::new()),
            answer => answer?,
        };
        let found = FoundRegions::from_bytes(&answer).map_err(|_| SyncFailed::NotUnderstood)?;
        Ok(found.regions.into_iter().map(|(name, server)| Region { name, server }).collect())
    }
}
