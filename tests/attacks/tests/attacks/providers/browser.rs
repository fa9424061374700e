//! The phone's browser: it goes where it is sent, and keeps cookies.

use super::REDIRECT;
use super::authority::Authority;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Url};
use std::collections::BTreeMap;

pub(super) struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(super) fn new(authority: &Authority) -> Self {
        let authority = Certificate::from_der(&authority.der()).unwrap();
        let client = Client::builder().tls_certs_only([authority]).no_proxy().redirect(Policy::none());
        Self { client: client.build().unwrap(), cookies: BTreeMap::new() }
    }

    /// Goes there, and on from there, until it is sent back to the app; where to.
    pub(super) async fn goes(mut self, url: &str) -> String {
        let mut url = Url::parse(url).unwrap();
        for _ in 0..10 {
            let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = self.client.get(url.clone()).header("cookie", jar.join("; ")).send().await.unwrap();
            for cookie in answer.headers().get_all("set-cookie") {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            let status = answer.status();
            let Some(to) = answer.headers().get("location") else {
                panic!("{status} and nowhere to go: {}", answer.text().await.unwrap());
            };
            let to = to.to_str().unwrap();
            if to.starts_with(REDIRECT) {
                return to.to_owned();
            }
            url = url.join(to).unwrap();
        }
        panic!("the browser is sent round and round");
    }
}
