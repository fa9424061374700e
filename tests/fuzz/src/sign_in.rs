//! What travels when somebody signs in, or looks for their region, and what an app is called back with.

use walkbook_model::Email;
use walkbook_sync::{
    FindRegion, FoundRegions, PasswordChosen, PasswordRequest, Provider, ProviderSignIn, ProviderVisit, SignInLink,
    SignInRequest, SyncRefused,
};

/// Where somebody is, asked and answered; and the address as it was typed.
pub(crate) fn find_region(bytes: &[u8]) {
    is_written_back(bytes, FindRegion::from_bytes, FindRegion::to_bytes);
    is_written_back(bytes, FoundRegions::from_bytes, FoundRegions::to_bytes);
    let Ok(question) = FindRegion::from_bytes(bytes) else { return };
    let Ok(email) = question.email.parse::<Email>() else { return };
    assert!(email.as_str().parse().is_ok_and(|again: Email| again == email), "an address has two forms");
}

/// A message that signs somebody in, or the answer to one.
pub(crate) fn messages(bytes: &[u8]) {
    is_written_back(bytes, SignInRequest::from_bytes, SignInRequest::to_bytes);
    is_written_back(bytes, PasswordRequest::from_bytes, PasswordRequest::to_bytes);
    is_written_back(bytes, PasswordChosen::from_bytes, PasswordChosen::to_bytes);
    is_written_back(bytes, Provider::from_bytes, Provider::to_bytes);
    is_written_back(bytes, ProviderSignIn::from_bytes, ProviderSignIn::to_bytes);
    let proven = [
        SignInRequest::from_bytes(bytes).is_ok_and(|request| request.proven_key().is_ok()),
        PasswordRequest::from_bytes(bytes).is_ok_and(|request| request.proven_key().is_ok()),
        ProviderSignIn::from_bytes(bytes).is_ok_and(|request| request.proven_key().is_ok()),
    ];
    assert!(proven.iter().filter(|proven| **proven).count() <= 1, "one signature proves two kinds of messages");
}

fn is_written_back<T: PartialEq>(
    bytes: &[u8],
    read: impl Fn(&[u8]) -> Result<T, SyncRefused>,
    write: impl Fn(&T) -> Vec<u8>,
) {
    let Ok(message) = read(bytes) else { return };
    assert!(read(&write(&message)).is_ok_and(|again| again == message), "written back, it reads otherwise");
}

/// What an app has kept, and the address at which it was called back, a line each.
pub(crate) fn visit(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (kept, called_back) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(visit) = ProviderVisit::from_text(kept) else { return };
    assert!(ProviderVisit::from_text(&visit.to_text()).is_ok_and(|again| again == visit));
    if let Ok(granted) = visit.granted(called_back) {
        assert!(granted.verifier.len() == 43 && called_back.trim().starts_with(&granted.redirect));
        assert!(granted.code.len() <= called_back.len(), "a code came out of nothing");
    }
}

/// A link as somebody pastes it.
pub(crate) fn link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(link) = SignInLink::parse(text) else { return };
    // A link that is written anew may be longer: what was plain is escaped.
    if let Ok(again) = SignInLink::parse(&link.to_text()) {
        let parts = |link: SignInLink| {
            let code = link.code.map(|code| *code.expose());
            (link.server, link.tenant, link.user, code, link.authority)
        };
        assert!(parts(again) == parts(link));
    }
}
