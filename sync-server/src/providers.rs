//! The tenants' providers of identities, over the network: OpenID Connect (Core and Discovery 1.0) as a relying party.
//!
//! A tenant's settings name whom the server calls. It calls nobody else, follows no redirect, and reads no more than a bound;
//! a provider that is slow keeps waiting who signs in there, and nobody else.

mod line;
mod public;
mod token;

use crate::sign_in::provider::{Claims, Grant, NotVouched, ProviderSettings, Providers};
use line::Line;
use openidconnect::IssuerUrl;
use openidconnect::core::CoreProviderMetadata;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Mutex as Turn, Semaphore};
use walkbook_model::{ContentHash, Timestamp};

/// So many wait for one provider at once.
const AT_ONCE: usize = 8;
/// Remembered at once; of more, all are forgotten and asked again.
const REMEMBERED: usize = 1_000;
/// How long what a provider says of itself is good, its keys among it. A key that signs something and is not there is asked
/// for at once.
const GOOD_FOR: Duration = Duration::from_secs(60 * 60);
/// For so long nobody asks again after a failure.
const LEFT_ALONE: Duration = Duration::from_secs(5);
/// All of a sign-in's questions together.
const PATIENCE: Duration = Duration::from_secs(20);

/// The providers that were asked.
pub struct Online {
    runtime: Handle,
    known: Mutex<BTreeMap<ContentHash, Arc<Known>>>,
}

/// A provider, and what it says of itself.
struct Known {
    line: Line,
    turns: Semaphore,
    said: Turn<Option<Said>>,
}

#[derive(Clone)]
struct Said {
    at: Timestamp,
    what: Result<Arc<CoreProviderMetadata>, NotVouched>,
}

impl Said {
    fn is_good(&self, now: Timestamp) -> bool {
        let good_for = if self.what.is_ok() { GOOD_FOR } else { LEFT_ALONE };
        // Also where the clock was set back meanwhile.
        u128::from(now.as_ms().abs_diff(self.at.as_ms())) < good_for.as_millis()
    }
}

impl Online {
    /// Providers that are asked on this runtime; calls come from threads that may block.
    pub fn new(runtime: Handle) -> Self {
        Self { runtime, known: Mutex::default() }
    }

    fn known(&self, settings: &ProviderSettings) -> Result<Arc<Known>, NotVouched> {
        let bytes = settings.to_bytes().map_err(|_| NotVouched::Unreachable("the settings are none"))?;
        let name = ContentHash::of(&bytes);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&name) {
            return Ok(Arc::clone(found));
        }
        let line = Line::new(settings).ok_or(NotVouched::Unreachable("the authorities are none"))?;
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let new = Arc::new(Known { line, turns: Semaphore::new(AT_ONCE), said: Turn::new(None) });
        known.insert(name, Arc::clone(&new));
        Ok(new)
    }

    fn ask<T, F: Future<Output = Result<T, NotVouched>>>(
        &self,
        settings: &ProviderSettings,
        question: impl FnOnce(Arc<Known>) -> F,
    ) -> Result<T, NotVouched> {
        let known = self.known(settings)?;
        let _turn = known.turns.try_acquire().map_err(|_| NotVouched::Busy)?;
        self.runtime.block_on(async {
            let answered = tokio::time::timeout(PATIENCE, question(Arc::clone(&known))).await;
            answered.unwrap_or(Err(NotVouched::Unreachable("it takes too long")))
        })
    }
}

impl Known {
    /// What the provider says of itself; asked for by one, while the others wait.
    async fn said(&self, settings: &ProviderSettings, now: Timestamp) -> Result<Arc<CoreProviderMetadata>, NotVouched> {
        let mut said = self.said.lock().await;
        if let Some(good) = said.as_ref().filter(|said| said.is_good(now)) {
            return good.what.clone();
        }
        let what = self.discover(settings).await;
        said.insert(Said { at: now, what }).what.clone()
    }

    /// The same, asked for again: but not by everybody who has waited for the one who did.
    async fn said_anew(
        &self,
        settings: &ProviderSettings,
        before: &Arc<CoreProviderMetadata>,
        now: Timestamp,
    ) -> Result<Arc<CoreProviderMetadata>, NotVouched> {
        let mut said = self.said.lock().await;
        match said.as_ref().map(|said| &said.what) {
            Some(Ok(newer)) if !Arc::ptr_eq(newer, before) => Ok(Arc::clone(newer)),
            _ => {
                let what = self.discover(settings).await;
                said.insert(Said { at: now, what }).what.clone()
            }
        }
    }

    async fn discover(&self, settings: &ProviderSettings) -> Result<Arc<CoreProviderMetadata>, NotVouched> {
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| NotVouched::Unreachable("no address"))?;
        let found = CoreProviderMetadata::discover_async(issuer, &self.line).await;
        found.map(Arc::new).map_err(|error| NotVouched::Unreachable(token::not_discovered(&error)))
    }
}

impl Providers for Online {
    fn authorization_endpoint(&self, settings: &ProviderSettings, now: Timestamp) -> Result<String, NotVouched> {
        self.ask(settings, |known| async move {
            let said = known.said(settings, now).await?;
            let endpoint = said.authorization_endpoint().url();
            // Whoever it is sends phones there: over TLS, or not at all.
            if endpoint.scheme() == "https" {
                Ok(endpoint.to_string())
            } else {
                Err(NotVouched::Unreachable("its authorization endpoint is not https"))
            }
        })
    }

    fn redeem(&self, settings: &ProviderSettings, grant: &Grant<'_>, now: Timestamp) -> Result<Claims, NotVouched> {
        self.ask(settings, |known| async move {
            let said = known.said(settings, now).await?;
            let token = token::redeem(&known.line, &said, settings, grant).await?;
            match token::verify(&token, &said, settings, grant.nonce, now) {
                // It signs with a key that it did not have before.
                Err(token::Flaw::UnknownKey) => {
                    let said = known.said_anew(settings, &said, now).await?;
                    token::verify(&token, &said, settings, grant.nonce, now).map_err(Into::into)
                }
                verified => verified.map_err(Into::into),
            }
        })
    }
}
