//! Addresses of servers.

use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Bytes of an address.
const MAX_BYTES: usize = 300;

/// Where a server is: `https://`, a host and, if it is not 443, a port. Nothing else can be said, so that nothing can be
/// smuggled in.
///
/// ```
/// use walkbook_sync::ServerUrl;
/// let url: ServerUrl = "https://walk.example:8443/".parse()?;
/// assert_eq!((url.as_str(), url.host()), ("https://walk.example:8443", "walk.example"));
/// assert!("http://walk.example".parse::<ServerUrl>().is_err());
/// # Ok::<(), walkbook_sync::NotAServer>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ServerUrl(String);

/// The text is not the address of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a server's address is https:// with a host and, if it is not 443, a port; nothing more")]
pub struct NotAServer;

impl ServerUrl {
    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name or address that the server's certificate has to show, without brackets.
    pub fn host(&self) -> &str {
        let authority = self.0.strip_prefix(SCHEME).unwrap_or_default();
        split(authority).map_or("", |(host, _)| host)
    }
}

const SCHEME: &str = "https://";

impl FromStr for ServerUrl {
    type Err = NotAServer;

    fn from_str(text: &str) -> Result<Self, NotAServer> {
        let authority = text.strip_prefix(SCHEME).filter(|_| text.len() <= MAX_BYTES).ok_or(NotAServer)?;
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        let (_, port) = split(authority).ok_or(NotAServer)?;
        let is_port = |port: &str| port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port);
        if port.is_none_or(is_port) { Ok(Self(format!("{SCHEME}{authority}"))) } else { Err(NotAServer) }
    }
}

/// Host and port; nothing where the host is none.
fn split(authority: &str) -> Option<(&str, Option<&str>)> {
    if let Some((host, rest)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        host.parse::<std::net::Ipv6Addr>().ok()?;
        return if rest.is_empty() { Some((host, None)) } else { Some((host, Some(rest.strip_prefix(':')?))) };
    }
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| {
        let letters = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        !label.is_empty() && label.len() <= 63 && letters
    };
    host.split('.').all(is_label).then_some((host, port))
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_https_address_is_a_servers() {
        for (text, host) in [
            ("https://localhost:8443", "localhost"),
            ("https://walk.example", "walk.example"),
            ("https://127.0.0.1:1", "127.0.0.1"),
            ("https://[2001:db8::1]:8443/", "2001:db8::1"),
            ("https://[::1]", "::1"),
        ] {
            assert_eq!(text.parse::<ServerUrl>().unwrap().host(), host);
        }
        for wrong in [
            "http://walk.example",
            "https://",
            "walk.example",
            "https://me@walk.example",
            "https://walk.example/path",
            "https://walk.example//",
            "https://walk.example?a=b",
            "https://walk.example/#here",
            "https://walk.example\\@elsewhere",
            "https://walk.example:0",
            "https://walk.example:443x",
            "https://walk.example:65536",
            "https://walk.example:",
            "https://walk..example",
            "https://välk.example",
            "https://[::1",
            "https://[::1]8443",
            "https://[walk]",
        ] {
            assert_eq!(wrong.parse::<ServerUrl>(), Err(NotAServer), "{wrong}");
        }
    }
}
