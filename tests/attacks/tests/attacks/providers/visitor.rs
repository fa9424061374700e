//! Somebody's phone, which goes to the provider and comes back.

use super::REDIRECT;
use super::honest::Honest;
use crate::device::{make_signer, random};
use crate::world::World;
use reqwest::Response;
use serde_json::Value;
use std::sync::Arc;
use walkbook_model::{TenantId, UserId};
use walkbook_sync::{Enrolled, Granted, Provider, ProviderSignIn, ProviderVisit, SignInLink};
use walkbook_vault::{Signer, SoftwareSigner};

#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) signer: Arc<SoftwareSigner>,
    pub(crate) tenant: TenantId,
    pub(crate) user: UserId,
    invited: Option<[u8; 16]>,
    visit: ProviderVisit,
    pub(crate) url: String,
}

impl Visitor {
    /// Somebody of the north begins to sign in.
    pub(crate) async fn begins(world: &World, name: &str) -> Self {
        Self::begins_with(world, world.user(name), None).await
    }

    /// With a link of their own.
    pub(crate) async fn begins_with_link(world: &World, link: &str) -> Self {
        let link = SignInLink::parse(link).unwrap();
        Self::begins_with(world, link.user, link.code.map(|code| *code.expose())).await
    }

    async fn begins_with(world: &World, user: UserId, invited: Option<[u8; 16]>) -> Self {
        let tenant = world.names.north;
        let answer = asks(world, tenant).await;
        assert_eq!(answer.status(), 200, "{}", world.home.logs());
        let provider = Provider::from_bytes(&answer.bytes().await.unwrap()).unwrap();
        let signer = make_signer();
        let visit = ProviderVisit::new("", REDIRECT, &provider, random());
        let url = visit.url(&provider, tenant, &signer.public_key());
        Self { signer, tenant, user, invited, visit, url }
    }

    /// What the browser was sent with by this name.
    pub(crate) fn sent(&self, name: &str) -> &str {
        let (_, behind) = self.url.split_once(&format!("{name}=")).unwrap();
        behind.split('&').next().unwrap()
    }

    /// Whoever these claims describe signs in, and the provider grants something to this phone.
    pub(crate) async fn is_granted(&self, provider: &Honest, claims: &Value) -> Granted {
        let called_back = provider.visited(&self.url, claims).await;
        self.visit.granted(&called_back).unwrap_or_else(|refused| panic!("{refused}: {called_back}"))
    }

    /// A code that a lying provider takes.
    pub(crate) fn makes_up(&self) -> Granted {
        self.visit.granted(&format!("{REDIRECT}?code=x&state={}", self.sent("state"))).unwrap()
    }

    /// Brings what was granted, be it to this phone or to another one.
    pub(crate) async fn brings(&self, world: &World, granted: Granted) -> Response {
        let request = ProviderSignIn::new(self.tenant, self.user, granted, self.invited, &*self.signer).unwrap();
        sends(world, self.tenant, request.to_bytes()).await
    }

    /// Signs in from beginning to end.
    pub(crate) async fn signs_in(&self, world: &World, provider: &Honest, claims: &Value) -> Response {
        let granted = self.is_granted(provider, claims).await;
        self.brings(world, granted).await
    }
}

/// Asks where a tenant's people sign in.
pub(crate) async fn asks(world: &World, tenant: TenantId) -> Response {
    world.client().get(world.home.url(&format!("/v1/tenants/{tenant}/provider"))).send().await.unwrap()
}

pub(crate) async fn sends(world: &World, tenant: TenantId, message: Vec<u8>) -> Response {
    let request = world.client().post(world.home.url(&format!("/v1/tenants/{tenant}/provider-sign-in")));
    request.header("content-type", "application/walkbook").body(message).send().await.unwrap()
}

/// Who came in.
pub(crate) async fn came_in(world: &World, answer: Response) -> Enrolled {
    assert_eq!(answer.status(), 200, "{}", world.home.logs());
    Enrolled::from_bytes(&answer.bytes().await.unwrap()).unwrap()
}
