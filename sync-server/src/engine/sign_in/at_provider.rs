//! Somebody signs in at their tenant's own provider, and the server redeems what was granted there: no token is ever on the
//! phone. The provider vouches for the phone's key, so that what was granted to one phone lets in no other.

use super::{Coming, SignIns, damaged, judged, read};
use crate::engine::notices::Notices;
use crate::engine::{InvitationRefused, Refused};
use crate::sign_in::Expected;
use crate::sign_in::provider::{Grant, NotVouched, ProviderSettings, Vouched};
use crate::store::accounts::{SecondFactor, SetUp, SignIn};
use crate::store::{self, Enrolment, Store};
use walkbook_model::{ContentHash, DeviceId, TenantId, Timestamp};
use walkbook_sync::{Granted, Provider, ProviderSignIn, provider_nonce};
use walkbook_vault::{InvitationCode, PublicKey};

/// Of a verifier (RFC 7636, 4.1).
const CHARACTERS: std::ops::RangeInclusive<usize> = 43..=128;

impl SignIns {
    /// Where the tenant's people sign in.
    pub(in crate::engine) fn provider(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        now: Timestamp,
    ) -> Result<Vec<u8>, Refused> {
        let settings = settings(store, tenant)?.ok_or(Refused::NoProvider)?;
        let endpoint = self.providers.authorization_endpoint(&settings, now);
        let authorization_endpoint = endpoint.map_err(|why| not_vouched(tenant, why))?;
        let scope = settings.scope();
        let ProviderSettings { issuer, client_id, parameters, .. } = settings;
        let parameters = parameters.into_iter().collect();
        Ok(Provider { issuer, authorization_endpoint, client_id, scope, parameters, now }.to_bytes())
    }

    pub(in crate::engine) fn sign_in_at_provider(
        &self,
        store: &dyn Store,
        notices: &Notices,
        coming: Coming,
        body: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let Coming { tenant, now, .. } = coming;
        let request = ProviderSignIn::from_bytes(body)?;
        if request.tenant() != tenant {
            return Err(Refused::SignIn);
        }
        let key = request.proven_key().map_err(|_| Refused::Unproven { now })?;
        let settings = settings(store, tenant)?.ok_or(Refused::NoProvider)?;
        let tries = self.delays.of_user(store, request.user(), coming)?;
        let let_in = self.let_in_vouched(store, &settings, &request, key, now);
        judged(store, notices, &coming, request.user(), tries, let_in)
    }

    fn let_in_vouched(
        &self,
        store: &dyn Store,
        settings: &ProviderSettings,
        request: &ProviderSignIn,
        public_key: PublicKey,
        now: Timestamp,
    ) -> Result<store::Device, Refused> {
        let (tenant, user) = (request.tenant(), request.user());
        let (phone, invited) = (ContentHash::of(public_key.as_bytes()), request.invited());
        let digest = invited.map(|code| InvitationCode::from_bytes(code).digest());
        // The provider is not asked for the sake of a link that is worth nothing.
        if let Some(digest) = digest
            && store.password_code(tenant, digest, phone, now)?.user != user
        {
            return Err(Refused::Invitation(InvitationRefused::Unknown));
        }
        let vouched = self.ask(store, settings, request, &public_key, now)?;
        if let Some(digest) = digest {
            let stored = store.account(tenant, user)?;
            let account = stored.as_ref().map(read).transpose()?.unwrap_or_default();
            let account = account.expecting(Expected::Subject(vouched.subject)).to_bytes().map_err(|_| damaged())?;
            store.set_up_account(tenant, digest, phone, (&account, SetUp::Identity), now)?;
        }
        let stored = store.account(tenant, user)?.ok_or(Refused::SignIn)?;
        let account = read(&stored)?.vouched_for(&vouched).ok_or(Refused::SignIn)?;
        let account = account.to_bytes().map_err(|_| damaged())?;
        let device = DeviceId::derive(&[&tenant.to_bytes(), public_key.as_bytes()]);
        let with =
            if vouched.has_second_factor { SecondFactor::ProviderWithSecondFactor } else { SecondFactor::Provider };
        let enrolment = Enrolment { device, public_key };
        let sign_in = SignIn { user, seen: stored.version, account: &account, with, enrolment };
        store.sign_in(tenant, &sign_in, now).map_err(|error| match error {
            // Somebody else came first with an address that lets in one.
            store::Error::Decided => Refused::SignIn,
            other => other.into(),
        })
    }

    /// For whom the provider vouches: somebody who has signed in there for this key.
    fn ask(
        &self,
        store: &dyn Store,
        settings: &ProviderSettings,
        request: &ProviderSignIn,
        key: &PublicKey,
        now: Timestamp,
    ) -> Result<Vouched, Refused> {
        let tenant = request.tenant();
        let Granted { code, verifier, redirect } = request.granted();
        if code.is_empty() || !CHARACTERS.contains(&verifier.len()) {
            return Err(Refused::SignIn);
        }
        let nonce = provider_nonce(tenant, &settings.issuer, key, verifier);
        let is_demanded = store.demands_second_factor(tenant)?;
        let claims = self.providers.redeem(settings, &Grant { code, verifier, redirect, nonce: &nonce }, now);
        let vouched = claims.and_then(|claims| settings.vouched(claims, is_demanded));
        vouched.map_err(|why| not_vouched(tenant, why))
    }
}

/// Whether the tenant's provider has to vouch for a device's user anew. One that came in otherwise is asked for nothing.
pub(in crate::engine) fn has_to_vouch_again(
    store: &dyn Store,
    tenant: TenantId,
    device: &store::Device,
    now: Timestamp,
) -> Result<bool, Refused> {
    let Some(vouched_at) = device.vouched_at else { return Ok(false) };
    Ok(settings(store, tenant)?.is_some_and(|settings| settings.has_to_vouch_again(vouched_at, now)))
}

/// What the tenant's operator has set down. An erased tenant has no provider.
pub(super) fn settings(store: &dyn Store, tenant: TenantId) -> Result<Option<ProviderSettings>, Refused> {
    let bytes = match store.provider(tenant) {
        Err(store::Error::KeyDestroyed) => None,
        found => found?,
    };
    let unreadable = Refused::Store(store::Error::Damaged { what: "provider" });
    bytes.map(|bytes| ProviderSettings::from_bytes(&bytes).ok_or(unreadable)).transpose()
}

/// The operator learns why from the log; whoever signs in, whether it is worth trying again.
fn not_vouched(tenant: TenantId, why: NotVouched) -> Refused {
    tracing::warn!(%tenant, %why, "nobody is vouched for");
    match why {
        NotVouched::Unreachable(_) => Refused::ProviderUnreachable,
        NotVouched::Busy => Refused::Busy,
        NotVouched::Refused(_) => Refused::SignIn,
    }
}
