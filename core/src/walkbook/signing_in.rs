//! Signing in with a password and a second factor, as another way to enrol.

use super::beginning::refuse_former;
use super::syncing::Office;
use super::{Clock, Error, Identity, Walkbook};
use crate::courier::SyncFailed;
use std::sync::Arc;
use walkbook_sync::{LinkRefused, PasswordChosen, PasswordRequest, SignInLink, SignInRequest};

/// What somebody is told once who has chosen a password. The phone keeps nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// What an authenticator app reads, as a link: `otpauth://totp/…` (RFC 6238). Show it as a QR code.
    pub authenticator: String,
    /// Each is good once in the place of the authenticator's code. To be written down.
    pub recovery_codes: Vec<String>,
}

walkbook_model::redacted!(SecondFactor);

impl Walkbook {
    /// Chooses the password of the user whose link this is: with the code in it, once. Where the answer was lost, the same
    /// phone may ask again; what was told before is worth nothing then.
    ///
    /// # Errors
    /// [`SyncFailed::PasswordUnfit`] where it has fewer than 12 characters or more than 256 bytes; [`SyncFailed::Link`] where
    /// the link has no code; otherwise [`SyncFailed`] says what to do.
    pub async fn choose_password(self: &Arc<Self>, link: &str, password: &str) -> Result<SecondFactor, SyncFailed> {
        let link = SignInLink::parse(link)?;
        let code = link.code.ok_or(LinkRefused::Missing { part: "code" })?;
        let signer = self.signer()?;
        let request =
            PasswordRequest::new(link.tenant, *code.expose(), password, &*signer).map_err(Error::from)?.to_bytes();
        let office = Office { server: link.server, tenant: link.tenant, authority: link.authority };
        let answer = self.ask_office(&office, "password", request).await?;
        let chosen = PasswordChosen::from_bytes(&answer).map_err(|_| SyncFailed::NotUnderstood)?;
        Ok(SecondFactor { authenticator: chosen.authenticator, recovery_codes: chosen.recovery_codes })
    }

    /// Signs in: from then on the phone is a device of the user whose link this is. `code` is what the authenticator shows, or
    /// a recovery code; without one only where the tenant demands no second factor and the user has never used one. Where the
    /// answer was lost, sign in again with the next code: the phone is the same device.
    ///
    /// # Errors
    /// [`SyncFailed::SignInRefused`] where the password or the code is not right, which of them nobody is told;
    /// [`SyncFailed::Busy`] after too many tries. The phone is not enrolled then.
    pub async fn enrol_by_sign_in(
        self: &Arc<Self>,
        link: &str,
        password: &str,
        code: Option<&str>,
        clock: Clock,
    ) -> Result<Identity, SyncFailed> {
        let link = SignInLink::parse(link)?;
        // Durable before the request: whoever the server lets in is able to sign ever after.
        let signer = self.signer()?;
        refuse_former(&self.lock().store.log, link.tenant, &signer.public_key())?;
        let code = code.map(str::trim).filter(|code| !code.is_empty());
        let request = SignInRequest::new(link.tenant, link.user, password, code, &*signer).map_err(Error::from)?;
        let office = Office { server: link.server, tenant: link.tenant, authority: link.authority };
        let answer = self.ask_office(&office, "sign-in", request.to_bytes()).await?;
        self.become_device(office, &answer, &clock)
    }
}
