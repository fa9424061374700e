//! HTTPS to one tenant's provider.

use super::public::{Public, is_public};
use crate::outgoing::{self, Unanswered};
use crate::sign_in::provider::ProviderSettings;
use openidconnect::http::{HeaderValue, header};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, Request, Url};
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// Keys and settings of a large provider have some ten kilobytes.
const MAX_BYTES: usize = 256 * 1024;
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);

/// Why nothing came. Tells nothing of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum LineFailed {
    #[error("the address is not https")]
    NotHttps,
    #[error("the address is in a private network")]
    Private,
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

/// A way to one provider, trusting the authorities that its tenant trusts.
pub(super) struct Line {
    client: Client,
    may_be_private: bool,
}

impl Line {
    /// Nothing, where the authorities are none.
    pub(super) fn new(settings: &ProviderSettings) -> Option<Self> {
        let builder = outgoing::client(settings.authorities.as_deref(), ANSWER)?;
        let builder = builder.https_only(true).connect_timeout(CONNECT);
        let may_be_private = settings.may_be_private;
        let builder = if may_be_private { builder } else { builder.dns_resolver(Arc::new(Public)) };
        Some(Self { client: builder.build().ok()?, may_be_private })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, LineFailed> {
        let mut request = Request::try_from(request).map_err(|_| LineFailed::NotHttps)?;
        self.check(request.url())?;
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        Ok(outgoing::ask(&self.client, request, MAX_BYTES).await?)
    }

    /// Names are looked at where they are resolved; an address that stands there as such is not.
    fn check(&self, url: &Url) -> Result<(), LineFailed> {
        if url.scheme() != "https" {
            return Err(LineFailed::NotHttps);
        }
        let host = url.host_str().ok_or(LineFailed::NotHttps)?;
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) if !self.may_be_private && !is_public(address) => Err(LineFailed::Private),
            _ => Ok(()),
        }
    }
}

impl<'c> AsyncHttpClient<'c> for Line {
    type Error = LineFailed;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, LineFailed>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(may_be_private: bool) -> Line {
        let text = r#"{"issuer":"https://id.example","client_id":"walkbook"}"#;
        let settings = ProviderSettings::from_bytes(text.as_bytes()).unwrap();
        Line::new(&ProviderSettings { may_be_private, ..settings }).unwrap()
    }

    #[test]
    fn no_address_of_a_private_network_is_called_unless_it_was_allowed() {
        let checked = |may_be_private, url: &str| line(may_be_private).check(&url.parse().unwrap());
        for url in [
            "https://127.0.0.1/",
            "https://[::1]:8443/",
            "https://10.0.0.8/",
            "https://0x7f.1/",
            "https://169.254.169.254/",
        ] {
            assert_eq!(checked(false, url), Err(LineFailed::Private), "{url}");
            assert_eq!(checked(true, url), Ok(()), "{url}");
        }
        assert_eq!(checked(false, "https://192.0.1.1/"), Ok(()));
        assert_eq!(checked(true, "http://id.example/"), Err(LineFailed::NotHttps));
    }
}
