//! `tenant sign-in`: where a tenant's people sign in.

use super::super::Error;
use super::super::folder::Folder;
use super::super::input::read;
use super::super::output::{put, put_json};
use crate::sign_in::provider::ProviderSettings;
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;
use walkbook_model::TenantId;

#[derive(Debug, Args)]
pub(in super::super) struct SignIn {
    tenant: TenantId,
    /// The provider's address, as its tokens say it (`iss`), to the letter
    #[arg(long, value_name = "URL", requires = "client_id")]
    issuer: Option<String>,
    /// By which name the provider knows the app
    #[arg(long, value_name = "ID", requires = "issuer")]
    client_id: Option<String>,
    /// A file with the secret that the app is registered with; a native app's registration has none
    #[arg(long, value_name = "FILE", requires = "issuer")]
    client_secret_file: Option<PathBuf>,
    /// What is asked for beside `openid`, such as `email`; may be given more than once
    #[arg(long, value_name = "SCOPE", requires = "issuer")]
    scope: Vec<String>,
    /// What the provider is told as well when somebody is sent there, such as `organization=org_…`
    #[arg(long, value_name = "NAME=VALUE", requires = "issuer", value_parser = named)]
    parameter: Vec<(String, String)>,
    /// What a token has to say, to the letter, such as `org_id=org_…`
    #[arg(long, value_name = "NAME=VALUE", requires = "issuer", value_parser = named)]
    claim: Vec<(String, String)>,
    /// A class of signing in (`acr`) that is of two factors; a token whose `amr` has `mfa` needs none
    #[arg(long, value_name = "ACR", requires = "issuer")]
    second_factor_class: Vec<String>,
    /// Let somebody in for the first time by an e-mail address that the provider has verified and `user identity` has named
    #[arg(long, requires = "issuer")]
    trust_email: bool,
    /// After how many days a phone has to sign in there again, so that whoever is disabled there is out by then; also the phones
    /// that have signed in there before. One that came in by an invitation or a password is asked for nothing [default: never]
    #[arg(long, value_name = "DAYS", requires = "issuer", value_parser = clap::value_parser!(u32).range(1..=3650))]
    again_after_days: Option<u32>,
    /// The authorities that the provider's certificate is of (PEM), instead of the public ones
    #[arg(long, value_name = "FILE", requires = "issuer")]
    authorities: Option<PathBuf>,
    /// The provider may stand in a private network
    #[arg(long, requires = "issuer")]
    allow_private_address: bool,
    /// Back to the built-in sign-in, with passwords
    #[arg(long, conflicts_with = "issuer")]
    built_in: bool,
}

impl SignIn {
    /// Sets it, or shows it where nothing is to be set. The operator's alone: whoever says where people sign in may be anybody,
    /// and the server calls there.
    pub(in super::super) fn run(self, folder: &Folder) -> Result<(), Error> {
        let tenant = folder.operators(self.tenant)?;
        if self.built_in {
            return Ok(folder.store.put_provider(tenant, None, folder.stamp())?);
        }
        match self.settings()? {
            Some(settings) => {
                let bytes = settings.to_bytes().map_err(|unfit| Error::Usage(unfit.to_string()))?;
                Ok(folder.store.put_provider(tenant, Some(&bytes), folder.stamp())?)
            }
            None => show(folder, tenant),
        }
    }

    fn settings(self) -> Result<Option<ProviderSettings>, Error> {
        let (Some(issuer), Some(client_id)) = (self.issuer, self.client_id) else { return Ok(None) };
        Ok(Some(ProviderSettings {
            issuer,
            client_id,
            client_secret: self.client_secret_file.map(text).transpose()?.map(|secret| secret.trim().to_owned()),
            scopes: self.scope.into_iter().collect(),
            parameters: once(self.parameter)?,
            claims: once(self.claim)?,
            second_factor_classes: self.second_factor_class.into_iter().collect(),
            trusts_email: self.trust_email,
            again_after_days: self.again_after_days,
            authorities: self.authorities.map(text).transpose()?,
            may_be_private: self.allow_private_address,
        }))
    }
}

/// The secret is shown to nobody.
fn show(folder: &Folder, tenant: TenantId) -> Result<(), Error> {
    let Some(bytes) = folder.store.provider(tenant)? else { return put("built-in") };
    let damaged = crate::store::Error::Damaged { what: "provider" };
    let settings = ProviderSettings::from_bytes(&bytes).ok_or(damaged)?;
    let client_secret = settings.client_secret.as_ref().map(|_| "…".to_owned());
    put_json(&ProviderSettings { client_secret, ..settings })
}

fn text(file: PathBuf) -> Result<String, Error> {
    let not_text = Error::Usage(format!("{} is no text", file.display()));
    String::from_utf8(read(file)?).map_err(|_| not_text)
}

fn named(text: &str) -> Result<(String, String), String> {
    let named = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = named.ok_or("NAME=VALUE is wanted")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// By name: of two of one name, everybody might mean another one.
fn once(pairs: Vec<(String, String)>) -> Result<BTreeMap<String, String>, Error> {
    let mut known = BTreeMap::new();
    for (name, value) in pairs {
        if let Some(before) = known.insert(name.clone(), value) {
            return Err(Error::Usage(format!("{name} is given twice, first as {before}")));
        }
    }
    Ok(known)
}
