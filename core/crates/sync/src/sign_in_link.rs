//! The link by which somebody signs in: where the server is, whom to trust, and who it is. With a code in it, it is also good
//! for choosing a password, once. `PROTOCOL.md`, *Signing in*.

use crate::LinkRefused;
use crate::invitation_link::{MAX_BYTES, Parts, escape};
use crate::server_url::ServerUrl;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use walkbook_model::{TenantId, UserId};
use walkbook_vault::InvitationCode;
use zeroize::Zeroizing;

const START: &str = "walkbook://sign-in?";

/// Where and as whom somebody signs in. With a code it is a secret: whoever has it chooses the password.
///
/// ```
/// use walkbook_model::{TenantId, UserId};
/// use walkbook_sync::SignInLink;
/// let link = SignInLink {
///     server: "https://walk.example".parse()?,
///     tenant: TenantId::from_bytes([1; 16]),
///     user: UserId::from_bytes([2; 16]),
///     code: None,
///     authority: None,
/// };
/// let read = SignInLink::parse(&link.to_text())?;
/// assert_eq!((read.server, read.tenant, read.user), (link.server, link.tenant, link.user));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SignInLink {
    /// Where the server is.
    pub server: ServerUrl,
    /// The tenant.
    pub tenant: TenantId,
    /// Who signs in.
    pub user: UserId,
    /// What a password can be chosen with, once; nothing in a link that is only good for signing in.
    pub code: Option<InvitationCode>,
    /// The one certificate authority to trust, in DER; without it, the public ones are.
    pub authority: Option<Vec<u8>>,
}

impl SignInLink {
    /// The link.
    pub fn to_text(&self) -> Zeroizing<String> {
        let server = escape(self.server.as_str());
        let mut text = Zeroizing::new(format!("{START}server={server}&tenant={}&user={}", self.tenant, self.user));
        if let Some(code) = &self.code {
            text.push_str("&code=");
            text.push_str(&code.text());
        }
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
        let needed = |part| parts.get(part)?.ok_or(LinkRefused::Missing { part });
        let unreadable = |part| LinkRefused::Unreadable { part };
        let code = parts.get("code")?.map(|code| InvitationCode::parse(&code)).transpose();
        let authority = parts.get("ca")?.map(|text| URL_SAFE_NO_PAD.decode(text.as_bytes())).transpose();
        Ok(Self {
            server: needed("server")?.parse().map_err(|_| unreadable("server"))?,
            tenant: needed("tenant")?.parse().map_err(|_| unreadable("tenant"))?,
            user: needed("user")?.parse().map_err(|_| unreadable("user"))?,
            code: code.map_err(|_| unreadable("code"))?,
            authority: authority.map_err(|_| unreadable("ca"))?,
        })
    }
}

/// It may hold a secret: prints where it leads and nothing else.
impl std::fmt::Debug for SignInLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignInLink({}, …)", self.server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(code: Option<[u8; 16]>) -> SignInLink {
        SignInLink {
            server: "https://walk.example:8443".parse().unwrap(),
            tenant: TenantId::from_bytes([1; 16]),
            user: UserId::from_bytes([3; 16]),
            code: code.map(InvitationCode::from_bytes),
            authority: Some(vec![0, 1, 0xff]),
        }
    }

    #[test]
    fn the_link_is_what_the_protocol_says() {
        let user = UserId::from_bytes([3; 16]);
        assert_eq!(
            link(Some([2; 16])).to_text().as_str(),
            format!(
                "walkbook://sign-in?server=https%3A%2F%2Fwalk.example%3A8443&tenant=tenant_01040g2081040g2081040g2081\
                 &user={user}&code=0208-1040-G2081-040G-2081-040G2&ca=AAH_"
            )
        );
        assert!(!link(None).to_text().contains("code"));
    }

    #[test]
    fn what_is_written_is_read_and_a_part_that_is_missing_is_named() {
        let read = SignInLink::parse(&format!(" {}&later=1\n", link(Some([2; 16])).to_text().as_str())).unwrap();
        assert!(read.code.unwrap().matches(InvitationCode::from_bytes([2; 16]).digest()));
        assert_eq!((read.user, read.authority), (link(None).user, link(None).authority));
        let lost = link(None).to_text().replace("&user=", "&nobody=");
        assert_eq!(SignInLink::parse(&lost).unwrap_err(), LinkRefused::Missing { part: "user" });
        let bent = link(None).to_text().replace("user_", "door_");
        assert_eq!(SignInLink::parse(&bent).unwrap_err(), LinkRefused::Unreadable { part: "user" });
        assert_eq!(SignInLink::parse("walkbook://enrol?server=x").unwrap_err(), LinkRefused::NotALink);
        assert_eq!(format!("{:?}", link(None)), "SignInLink(https://walk.example:8443, …)");
    }
}
