//! The link that lets a phone in: where the server is, whom to trust, and the code. `PROTOCOL.md`, *Enrolment*.

use crate::server_url::ServerUrl;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeMap;
use thiserror::Error;
use walkbook_model::TenantId;
use walkbook_vault::InvitationCode;
use zeroize::Zeroizing;

/// Bytes of a link: a certificate has seldom more than one or two thousand.
pub(crate) const MAX_BYTES: usize = 8 * 1024;
const START: &str = "walkbook://enrol?";

/// An invitation as it travels: in a QR code or a message. Whoever has it may join, so it is never printed by accident.
///
/// ```
/// use walkbook_model::TenantId;
/// use walkbook_sync::InvitationLink;
/// use walkbook_vault::InvitationCode;
/// let link = InvitationLink {
///     server: "https://walk.example".parse()?,
///     tenant: TenantId::from_bytes([1; 16]),
///     code: InvitationCode::from_bytes([2; 16]),
///     authority: None,
/// };
/// let read = InvitationLink::parse(&link.to_text())?;
/// assert_eq!((read.server, read.tenant), (link.server, link.tenant));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct InvitationLink {
    /// Where the server is.
    pub server: ServerUrl,
    /// The tenant that invites.
    pub tenant: TenantId,
    /// The invitation's secret.
    pub code: InvitationCode,
    /// The one certificate authority to trust, in DER; without it, the public ones are.
    pub authority: Option<Vec<u8>>,
}

/// Why a text is no invitation. Ask for the link again, whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LinkRefused {
    /// It is something else, or longer than a link is.
    #[error("this is no invitation to Walkbook")]
    NotALink,
    /// A part is missing.
    #[error("the invitation has no {part}")]
    Missing {
        /// Which.
        part: &'static str,
    },
    /// A part is not what it should be, or is there twice.
    #[error("the invitation's {part} cannot be read")]
    Unreadable {
        /// Which.
        part: &'static str,
    },
}

impl InvitationLink {
    /// The link.
    pub fn to_text(&self) -> Zeroizing<String> {
        let code = self.code.text();
        let mut text =
            Zeroizing::new(format!("{START}server={}&tenant={}&code=", escape(self.server.as_str()), self.tenant));
        text.push_str(&code);
        if let Some(authority) = &self.authority {
            text.push_str("&ca=");
            URL_SAFE_NO_PAD.encode_string(authority, &mut text);
        }
        text
    }

    /// Reads a link, with or without white space around it. Parts of later versions are passed over.
    ///
    /// # Errors
    /// [`LinkRefused`] says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, LinkRefused> {
        let text = text.trim();
        let parts = text.strip_prefix(START).filter(|_| text.len() <= MAX_BYTES).ok_or(LinkRefused::NotALink)?;
        let parts = Parts::split(parts)?;
        let server = parts.get("server")?.ok_or(LinkRefused::Missing { part: "server" })?;
        let tenant = parts.get("tenant")?.ok_or(LinkRefused::Missing { part: "tenant" })?;
        let code = parts.get("code")?.ok_or(LinkRefused::Missing { part: "code" })?;
        let authority = parts.get("ca")?.map(|text| URL_SAFE_NO_PAD.decode(text.as_bytes())).transpose();
        Ok(Self {
            server: server.parse().map_err(|_| LinkRefused::Unreadable { part: "server" })?,
            tenant: tenant.parse().map_err(|_| LinkRefused::Unreadable { part: "tenant" })?,
            code: InvitationCode::parse(&code).map_err(|_| LinkRefused::Unreadable { part: "code" })?,
            authority: authority.map_err(|_| LinkRefused::Unreadable { part: "ca" })?,
        })
    }
}

/// A secret: prints where it leads and nothing else.
impl std::fmt::Debug for InvitationLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InvitationLink({}, …)", self.server)
    }
}

/// The parts of a link, by name.
pub(crate) struct Parts<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl<'a> Parts<'a> {
    pub(crate) fn split(text: &'a str) -> Result<Self, LinkRefused> {
        let mut parts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for part in text.split('&') {
            let (name, value) = part.split_once('=').ok_or(LinkRefused::NotALink)?;
            parts.entry(name).or_default().push(value);
        }
        Ok(Self(parts))
    }

    /// A part's value, if there is one and only one.
    pub(crate) fn get(&self, part: &'static str) -> Result<Option<Zeroizing<String>>, LinkRefused> {
        match self.0.get(part).map(Vec::as_slice) {
            None => Ok(None),
            Some([value]) => {
                unescape(value).map(|value| Some(Zeroizing::new(value))).ok_or(LinkRefused::Unreadable { part })
            }
            Some(_) => Err(LinkRefused::Unreadable { part }),
        }
    }
}

/// Percent-encoding (RFC 3986, 2.1) of everything that is not unreserved.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            other => escaped.push_str(&format!("%{other:02X}")),
        }
    }
    escaped
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|letter| char::from(letter).to_digit(16));
        bytes.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn link(authority: Option<Vec<u8>>) -> InvitationLink {
        InvitationLink {
            server: "https://walk.example:8443".parse().unwrap(),
            tenant: TenantId::from_bytes([1; 16]),
            code: InvitationCode::from_bytes([2; 16]),
            authority,
        }
    }

    #[test]
    fn the_link_is_what_the_protocol_says() {
        assert_eq!(
            link(Some(vec![0, 1, 0xff])).to_text().as_str(),
            "walkbook://enrol?server=https%3A%2F%2Fwalk.example%3A8443&tenant=tenant_01040g2081040g2081040g2081\
             &code=0208-1040-G2081-040G-2081-040G2&ca=AAH_"
        );
    }

    #[test]
    fn a_link_that_lost_a_part_or_has_one_twice_says_which() {
        let whole = link(None).to_text();
        let without = |part: &str| {
            let kept: Vec<&str> = whole.split_inclusive('?').collect();
            let parts: Vec<&str> = kept[1].split('&').filter(|text| !text.starts_with(part)).collect();
            InvitationLink::parse(&format!("{}{}", kept[0], parts.join("&"))).unwrap_err()
        };
        for part in ["server", "tenant", "code"] {
            assert_eq!(without(part), LinkRefused::Missing { part });
        }
        let twice = format!("{}&server=https%3A%2F%2Felsewhere.example", whole.as_str());
        assert_eq!(InvitationLink::parse(&twice).unwrap_err(), LinkRefused::Unreadable { part: "server" });
        let plain = whole.replace("https", "http");
        assert_eq!(InvitationLink::parse(&plain).unwrap_err(), LinkRefused::Unreadable { part: "server" });
        assert_eq!(InvitationLink::parse("https://walk.example").unwrap_err(), LinkRefused::NotALink);
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", link(None)), "InvitationLink(https://walk.example:8443, …)");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(authority in prop::option::of(prop::collection::vec(any::<u8>(), 0..600)), code: [u8; 16]) {
            let written = InvitationLink { code: InvitationCode::from_bytes(code), ..link(authority.clone()) };
            let read = InvitationLink::parse(&format!(" {}&later=1\n", written.to_text().as_str())).unwrap();
            prop_assert_eq!((read.server, read.tenant, read.authority), (written.server, written.tenant, authority));
            prop_assert!(read.code.matches(written.code.digest()));
        }

        #[test]
        fn rubbish_is_refused_and_never_harmful(text in "(walkbook://enrol\\?)?[ -~äö]{0,80}") {
            let _ = InvitationLink::parse(&text);
        }
    }
}
