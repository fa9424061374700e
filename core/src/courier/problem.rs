//! What the server says when it refuses: problem documents (RFC 9457).

use super::SyncFailed;
use serde::Deserialize;
use std::time::Duration;
use walkbook_vault::Challenge;

/// A problem document has some hundred bytes.
pub(super) const MAX_BYTES: usize = 64 * 1024;
const URN: &str = "urn:walkbook:problem:";
/// Where the server does not say how long to wait; and no wait is taken from it that is longer.
const WAIT: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(60 * 60);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document {
    r#type: String,
    region: Option<String>,
    url: Option<String>,
    now: Option<u64>,
    challenge: Option<String>,
}

/// What a refusal means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Sign again by this clock, in milliseconds since 1970.
    WrongClock(u64),
    /// Sign again with this challenge, or with none.
    Stale(Option<Challenge>),
    /// Tell the app.
    Failed(SyncFailed),
}

/// Reads a refusal by its status, the seconds of its Retry-After, and its body.
pub(super) fn read(status: u16, retry_after: Option<u64>, body: &[u8]) -> Refusal {
    // What is no problem document comes from something between, and its status says enough.
    let document: Document = serde_json::from_slice(body).unwrap_or_default();
    let code = document.r#type.strip_prefix(URN).unwrap_or_default();
    let failed = match (status, code) {
        (401, "unproven") => match (document.now, document.challenge.as_deref()) {
            (_, Some("")) => return Refusal::Stale(None),
            (_, Some(text)) => match text.parse() {
                Ok(challenge) => return Refusal::Stale(Some(challenge)),
                Err(_) => SyncFailed::NotUnderstood,
            },
            (Some(now), None) => return Refusal::WrongClock(now),
            (None, None) => SyncFailed::NotProven,
        },
        (401, "unknown-device") => SyncFailed::UnknownDevice,
        (401, "sign-in-refused") => SyncFailed::SignInRefused,
        (401, "sign-in-again") => SyncFailed::SignInAgain,
        (404, "no-provider") => SyncFailed::NoProvider,
        (502, "provider-unreachable") => SyncFailed::ProviderUnreachable,
        (422, "password-unfit") => SyncFailed::PasswordUnfit,
        (403, "invitation-unknown") => SyncFailed::InvitationUnknown,
        (403, "invitation-expired") => SyncFailed::InvitationExpired,
        (403, "invitation-used") => SyncFailed::InvitationUsed,
        (403, "forbidden") | (404, "not-found") => SyncFailed::ShutOut,
        (409, "forked") => SyncFailed::Forked,
        (422, "forged") => SyncFailed::Forged,
        (421, "elsewhere") => SyncFailed::Elsewhere { region: document.region.unwrap_or_default(), url: document.url },
        (400, "malformed") | (405 | 413 | 415, _) => SyncFailed::NotUnderstood,
        (408, "too-slow") => SyncFailed::NoConnection,
        (429 | 503, _) => {
            let wait = retry_after.map_or(WAIT, Duration::from_secs);
            SyncFailed::Busy { retry_after: wait.min(LONGEST) }
        }
        (status, _) => SyncFailed::ServerFailed { status },
    };
    Refusal::Failed(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(code: &str, more: &str) -> Vec<u8> {
        format!("{{\"type\":\"{URN}{code}\",\"title\":\"\"{more}}}").into_bytes()
    }

    #[test]
    fn a_refusal_says_what_the_app_can_do() {
        let read = |status, code: &str| read(status, None, &document(code, ""));
        assert_eq!(read(403, "invitation-used"), Refusal::Failed(SyncFailed::InvitationUsed));
        assert_eq!(read(401, "unknown-device"), Refusal::Failed(SyncFailed::UnknownDevice));
        assert_eq!(read(401, "sign-in-refused"), Refusal::Failed(SyncFailed::SignInRefused));
        assert_eq!(read(401, "sign-in-again"), Refusal::Failed(SyncFailed::SignInAgain));
        assert_eq!(read(404, "no-provider"), Refusal::Failed(SyncFailed::NoProvider));
        assert_eq!(read(502, "provider-unreachable"), Refusal::Failed(SyncFailed::ProviderUnreachable));
        assert_eq!(read(422, "password-unfit"), Refusal::Failed(SyncFailed::PasswordUnfit));
        assert_eq!(read(409, "forked"), Refusal::Failed(SyncFailed::Forked));
        assert_eq!(read(404, "not-found"), Refusal::Failed(SyncFailed::ShutOut));
        assert_eq!(read(500, "internal"), Refusal::Failed(SyncFailed::ServerFailed { status: 500 }));
    }

    #[test]
    fn the_servers_clock_its_challenge_and_the_other_region_are_read() {
        assert_eq!(read(401, None, &document("unproven", ",\"now\":17")), Refusal::WrongClock(17));
        let stale =
            |text: &str| read(401, None, &document("unproven", &format!(",\"now\":17,\"challenge\":\"{text}\"")));
        assert_eq!(stale("ab".repeat(16).as_str()), Refusal::Stale(Some(Challenge::from_bytes([0xab; 16]))));
        assert_eq!(stale(""), Refusal::Stale(None));
        assert_eq!(stale("AB"), Refusal::Failed(SyncFailed::NotUnderstood));
        let elsewhere = document("elsewhere", ",\"region\":\"us-west-1\",\"url\":\"https://us.example\"");
        let wanted = SyncFailed::Elsewhere { region: "us-west-1".into(), url: Some("https://us.example".into()) };
        assert_eq!(read(421, None, &elsewhere), Refusal::Failed(wanted));
    }

    #[test]
    fn a_wait_is_taken_from_the_server_within_reason() {
        let busy = |secs| Refusal::Failed(SyncFailed::Busy { retry_after: Duration::from_secs(secs) });
        assert_eq!(read(503, Some(7), b""), busy(7));
        assert_eq!(read(503, None, b"<html>"), busy(5));
        assert_eq!(read(503, Some(u64::MAX), b""), busy(3_600));
    }
}
