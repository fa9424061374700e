//! Signing in at the tenant's own provider (OpenID Connect), in the phone's browser, as another way to enrol.

use super::beginning::refuse_former;
use super::syncing::Office;
use super::{Clock, Error, Identity, Walkbook};
use crate::courier::SyncFailed;
use std::sync::Arc;
use walkbook_sync::{Provider, ProviderSignIn, ProviderVisit, SignInLink};
use walkbook_vault::{SecureRandom, Signer};

/// A sign-in at a provider that was begun.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderSignInBegun {
    /// Where the browser is sent: the system's own (`ASWebAuthenticationSession`, Custom Tabs), never one within the app.
    pub url: String,
    /// What the app keeps until it is called back, also over a restart. Keep it as the link is kept: where that has a code, it
    /// is a secret until the sign-in has ended.
    pub visit: String,
}

walkbook_model::redacted!(ProviderSignInBegun);

impl Walkbook {
    /// Begins a sign-in at the provider of the tenant whose link this is (RFC 8252). `redirect` is the address at which the
    /// provider calls the app back, as it is registered there: an address of the app's own (`org.example.app:/signed-in`), an
    /// `https://` one that the system gives to the app, or one on the phone itself (`http://127.0.0.1:…/`).
    ///
    /// # Errors
    /// [`SyncFailed::NoProvider`] where the tenant's people sign in with a password; [`SyncFailed::ProviderUnreachable`];
    /// otherwise [`SyncFailed`] says what to do.
    pub async fn begin_sign_in_at_provider(
        self: &Arc<Self>,
        link: &str,
        redirect: &str,
    ) -> Result<ProviderSignInBegun, SyncFailed> {
        let (text, link) = (link.trim(), SignInLink::parse(link)?);
        // Durable before the browser is opened: the provider vouches for this key.
        let signer = self.signer_for(&link)?;
        let (office, _) = parts(link);
        let tenant = office.tenant;
        let provider = Provider::from_bytes(&self.look_up_office(&office, "provider").await?)
            .map_err(|_| SyncFailed::NotUnderstood)?;
        let mut drawn = [0; 48];
        self.random.fill(&mut drawn).map_err(|_| Error::NoRandomness)?;
        let visit = ProviderVisit::new(text, redirect, &provider, drawn);
        let url = visit.url(&provider, tenant, &signer.public_key());
        Ok(ProviderSignInBegun { url, visit: visit.to_text() })
    }

    /// Ends a sign-in at a provider: from then on the phone is a device of its user. `visit` is what
    /// [`begin_sign_in_at_provider`](Self::begin_sign_in_at_provider) gave, `called_back` the whole address at which the app was
    /// called back. Where the answer was lost, begin anew: the phone is the same device.
    ///
    /// # Errors
    /// [`SyncFailed::ProviderVisit`] where it was declined there, or is no answer to this visit;
    /// [`SyncFailed::SignInRefused`] where the provider does not vouch for this user; the phone is not enrolled then.
    pub async fn enrol_by_provider(
        self: &Arc<Self>,
        visit: &str,
        called_back: &str,
        clock: Clock,
    ) -> Result<Identity, SyncFailed> {
        let visit = ProviderVisit::from_text(visit)?;
        let granted = visit.granted(called_back)?;
        let link = SignInLink::parse(&visit.link)?;
        let signer = self.signer_for(&link)?;
        let user = link.user;
        let (office, invited) = parts(link);
        let request = ProviderSignIn::new(office.tenant, user, granted, invited, &*signer).map_err(Error::from)?;
        let answer = self.ask_office(&office, "provider-sign-in", request.to_bytes()).await?;
        self.become_device(office, &answer, &clock)
    }

    fn signer_for(&self, link: &SignInLink) -> Result<Arc<dyn Signer>, Error> {
        let signer = self.signer()?;
        refuse_former(&self.lock().store.log, link.tenant, &signer.public_key())?;
        Ok(signer)
    }
}

/// Whom to ask, and with which one-use code.
fn parts(link: SignInLink) -> (Office, Option<[u8; 16]>) {
    let invited = link.code.map(|code| *code.expose());
    (Office { server: link.server, tenant: link.tenant, authority: link.authority }, invited)
}
