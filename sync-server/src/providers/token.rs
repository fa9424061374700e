//! A code becomes a token, and a token what it says: signed by the provider, made for this app and this sign-in, and of now.

use super::line::{Line, LineFailed};
use crate::outgoing::Unanswered;
use crate::sign_in::provider::{Claims, Grant, NotVouched, ProviderSettings};
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret, DiscoveryError,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken, IdTokenClaims, IdTokenFields,
    IdTokenVerifier, Nonce, PkceCodeVerifier, RedirectUrl, RequestTokenError, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;
use walkbook_model::Timestamp;

/// What a token may be signed with: a key of the provider's own. Neither with nothing, nor with what the app knows as well.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];
/// A token is made when its code is redeemed: so far may its time be from now, either way.
const FRESH: Duration = Duration::from_secs(5 * 60);

/// What a token says that the standard does not know.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Others(Map<String, Value>);

walkbook_model::redacted!(Others);

impl AdditionalClaims for Others {}

pub(super) type Token = IdToken<Others, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Fields = IdTokenFields<
    Others,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type RelyingParty = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why a token says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It is signed by a key that the provider did not have when it was last asked.
    UnknownKey,
    /// It is not what it should be.
    Refused(&'static str),
}

impl From<Flaw> for NotVouched {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::UnknownKey => Self::Refused("signed by a key that the provider does not show"),
            Flaw::Refused(why) => Self::Refused(why),
        }
    }
}

/// Redeems a code at the provider. Whatever else it gives, such as an access token, is dropped.
pub(super) async fn redeem(
    line: &Line,
    said: &CoreProviderMetadata,
    settings: &ProviderSettings,
    grant: &Grant<'_>,
) -> Result<Token, NotVouched> {
    let redirect = RedirectUrl::new(grant.redirect.to_owned()).map_err(|_| NotVouched::Refused("no redirect"))?;
    let secret = settings.client_secret.clone().map(ClientSecret::new);
    let party = RelyingParty::from_provider_metadata(said.clone(), ClientId::new(settings.client_id.clone()), secret)
        .set_redirect_uri(redirect);
    let request = party
        .exchange_code(AuthorizationCode::new(grant.code.to_owned()))
        .map_err(|_| NotVouched::Unreachable("it has no token endpoint"))?
        .set_pkce_verifier(PkceCodeVerifier::new(grant.verifier.to_owned()));
    let answer = request.request_async(line).await.map_err(|error| match error {
        RequestTokenError::ServerResponse(refused) => not_redeemed(refused.error()),
        RequestTokenError::Request(_) => NotVouched::Unreachable("its token endpoint does not answer"),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            NotVouched::Unreachable("its token endpoint does not answer as it should")
        }
    })?;
    answer.id_token().cloned().ok_or(NotVouched::Refused("no token of an identity"))
}

/// Whose fault it is that a code was not redeemed (RFC 6749, 5.2): what somebody brought, or else how the app is registered there.
const fn not_redeemed(error: &CoreErrorResponseType) -> NotVouched {
    match error {
        CoreErrorResponseType::InvalidGrant | CoreErrorResponseType::InvalidRequest => {
            NotVouched::Refused("the code is not good")
        }
        CoreErrorResponseType::InvalidClient => {
            NotVouched::Unreachable("it does not know the app, or not by this secret (invalid_client)")
        }
        CoreErrorResponseType::UnauthorizedClient => {
            NotVouched::Unreachable("it does not let the app sign people in so (unauthorized_client)")
        }
        _ => NotVouched::Unreachable("its token endpoint refuses for another reason than the code"),
    }
}

/// What a token says, if everything about it is right.
pub(super) fn verify(
    token: &Token,
    said: &CoreProviderMetadata,
    settings: &ProviderSettings,
    nonce: &str,
    now: Timestamp,
) -> Result<Claims, Flaw> {
    let (at, client) = (moment(now), ClientId::new(settings.client_id.clone()));
    // Of a public client: what the app and the provider both know never stands for the provider's own key.
    let verifier = IdTokenVerifier::new_public_client(client, said.issuer().clone(), said.jwks().clone())
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || at)
        .set_issue_time_verifier_fn(move |issued| {
            let apart = (issued - at).abs().to_std().unwrap_or(Duration::MAX);
            if apart <= FRESH { Ok(()) } else { Err(String::new()) }
        });
    let claims = token.claims(&verifier, &Nonce::new(nonce.to_owned())).map_err(|error| flaw(&error))?;
    Ok(taken(claims))
}

fn taken(claims: &IdTokenClaims<Others, CoreGenderClaim>) -> Claims {
    let is_verified = claims.email_verified() == Some(true);
    Claims {
        subject: claims.subject().as_str().to_owned(),
        verified_email: claims.email().filter(|_| is_verified).map(|email| email.as_str().to_owned()),
        authorized_party: claims.authorized_party().map(|party| party.as_str().to_owned()),
        class: claims.auth_context_ref().map(|class| class.as_str().to_owned()),
        methods: claims.auth_method_refs().into_iter().flatten().map(|method| method.as_str().to_owned()).collect(),
        others: claims.additional_claims().0.clone(),
    }
}

/// In words that tell nothing of anybody: the library's own hold what the token says.
const fn flaw(error: &ClaimsVerificationError) -> Flaw {
    match error {
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_),
        ) => Flaw::UnknownKey,
        ClaimsVerificationError::SignatureVerification(_) => Flaw::Refused("not signed as it has to be"),
        ClaimsVerificationError::Expired(_) => Flaw::Refused("not of now"),
        ClaimsVerificationError::InvalidAudience(_) => Flaw::Refused("made for another app"),
        ClaimsVerificationError::InvalidIssuer(_) => Flaw::Refused("of another provider"),
        ClaimsVerificationError::InvalidNonce(_) => Flaw::Refused("made for another sign-in"),
        _ => Flaw::Refused("not as it should be"),
    }
}

pub(super) const fn not_discovered(error: &DiscoveryError<LineFailed>) -> &'static str {
    match error {
        DiscoveryError::Request(LineFailed::Private) => "it is in a private network",
        DiscoveryError::Request(LineFailed::NotHttps) => "it is not https",
        DiscoveryError::Request(LineFailed::Unanswered(Unanswered::Large)) => "it says too much of itself",
        DiscoveryError::Request(LineFailed::Unanswered(Unanswered::NoAnswer)) => "it does not answer",
        DiscoveryError::Validation(_) => "it says that it is another one",
        _ => "it does not say of itself what it should",
    }
}

fn moment(now: Timestamp) -> DateTime<Utc> {
    let ms = i64::try_from(now.as_ms()).unwrap_or(i64::MAX);
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
