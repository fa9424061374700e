//! What a caller is told when something is refused: RFC 9457 problem details, without personal data.

use crate::engine::InvitationRefused;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use std::time::Duration;
use walkbook_model::Timestamp;
use walkbook_vault::Challenge;

/// A refusal. It says what the caller can do, and nothing of anybody: no name, no address, no answer is ever put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<String>,
    retry_after: Option<Duration>,
    members: Vec<(&'static str, Value)>,
}

impl Problem {
    /// A refusal with this status. The code is for programs (`urn:walkbook:problem:{code}`), the title for people; both
    /// are the same for every occurrence.
    pub const fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, detail: None, retry_after: None, members: Vec::new() }
    }

    /// Says what is special about this occurrence. The caller sees to it that it tells nothing of anybody.
    #[must_use]
    pub fn with_detail(mut self, detail: impl std::fmt::Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// Says after how long it is worth trying again.
    #[must_use]
    pub const fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Adds a member that programs read.
    #[must_use]
    pub fn with_member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.push((name, value.into()));
        self
    }

    /// Bytes that cannot be read. The app has a fault, or something between has.
    pub const fn malformed() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "the request cannot be read")
    }

    /// No proof, or one that is not the device's, or one that was seen before. A phone whose clock is wrong signs again by
    /// this one, in milliseconds since 1970.
    pub fn unproven(now: Timestamp) -> Self {
        let title = "the request is not proven to be the device's";
        Self::new(StatusCode::UNAUTHORIZED, "unproven", title).with_member("now", now.as_ms())
    }

    /// A proof that names a challenge which is spent. The phone signs again with this one, in lower-case hexadecimal, or with
    /// none where it is empty.
    pub fn stale(now: Timestamp, challenge: Option<Challenge>) -> Self {
        let challenge = challenge.map_or_else(String::new, |challenge| challenge.to_string());
        Self::unproven(now).with_member("challenge", challenge)
    }

    /// Nobody signs in so. Which part is wrong is told to nobody.
    pub const fn sign_in() -> Self {
        let title = "the user, the password or the code is not right";
        Self::new(StatusCode::UNAUTHORIZED, "sign-in-refused", title)
    }

    /// The user has to sign in again, at the tenant's provider. Nothing is lost: the phone is the same device then.
    pub const fn sign_in_again() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign-in-again", "the user has to sign in again")
    }

    /// Nobody signs in at a provider here. Sign in with a password.
    pub const fn no_provider() -> Self {
        Self::new(StatusCode::NOT_FOUND, "no-provider", "the tenant has no provider of its own")
    }

    /// The tenant's provider is not there. Nothing was changed; try again later.
    pub const fn provider_unreachable() -> Self {
        let problem = Self::new(StatusCode::BAD_GATEWAY, "provider-unreachable", "the tenant's provider is not there");
        problem.with_retry_after(Duration::from_secs(30))
    }

    /// The device has shown its key, and the server does not know it: it was restored to a moment before.
    pub const fn unknown_device() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unknown-device", "the server does not know this device")
    }

    /// The metrics are asked for without the operator's token.
    pub const fn token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "token", "the metrics are for the operator")
    }

    /// The log was altered, or is signed by another key.
    pub const fn forged() -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "forged", "the log is not as its device signed it")
    }

    /// The phone's files were copied or set back.
    pub const fn forked() -> Self {
        Self::new(StatusCode::CONFLICT, "forked", "the log is another one than the server has")
    }

    /// Choose another password.
    pub const fn password_unfit() -> Self {
        let title = "the password is too short or too long";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "password-unfit", title)
    }

    /// An invitation that lets nobody in. Ask for another.
    pub const fn invitation(why: InvitationRefused) -> Self {
        let (code, title) = match why {
            InvitationRefused::Unknown => ("invitation-unknown", "there is no such invitation"),
            InvitationRefused::Expired => ("invitation-expired", "the invitation has expired"),
            InvitationRefused::Used => ("invitation-used", "the invitation was used already"),
        };
        Self::new(StatusCode::FORBIDDEN, code, title)
    }

    /// The device is shut out, or may not do this. Ask a team lead.
    pub const fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "the device may not do this")
    }

    /// There is nothing of this name.
    pub const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "there is nothing here")
    }

    /// This route takes another method.
    pub const fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", "another method is wanted here")
    }

    /// The request did not come fast enough. Try again where the signal is better; nothing was taken.
    pub const fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "the request did not come in time")
    }

    /// The request is larger than allowed. Send it in parts.
    pub fn too_large(limit_bytes: usize) -> Self {
        let problem = Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the request is too large");
        problem.with_detail(format_args!("at most {limit_bytes} bytes"))
    }

    /// The body is not of the media type that is spoken here.
    pub const fn media_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "the content type is not application/walkbook")
    }

    /// The tenant belongs to another region; where that is, and nothing else. Go there.
    pub fn elsewhere(region: &str, url: Option<&str>) -> Self {
        let title = "the tenant belongs to another region";
        let problem = Self::new(StatusCode::MISDIRECTED_REQUEST, "elsewhere", title).with_member("region", region);
        url.into_iter().fold(problem, |problem, url| problem.with_member("url", url))
    }

    /// There is too much to do, or the server is about to stop. Nothing is lost; try again.
    pub const fn busy() -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "the server is busy");
        problem.with_retry_after(Duration::from_secs(5))
    }

    /// Too much was asked in too short a time. Nothing is lost; try again after this.
    pub const fn too_many(after: Duration) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "too many requests");
        problem.with_retry_after(after)
    }

    /// Something failed here. The reason is in the server's log; try again later.
    pub const fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something failed on the server")
    }

    /// The status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The code, as programs know the problem.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The same as an address of its kind: the `type` of its document.
    pub fn type_uri(&self) -> String {
        format!("urn:walkbook:problem:{}", self.code)
    }

    /// What it says to people.
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// What its document has besides, for programs.
    pub fn members(&self) -> &[(&'static str, Value)] {
        &self.members
    }

    /// After how long it is worth trying again.
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    fn body(&self) -> String {
        let mut members = Map::new();
        let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
        add("type", self.type_uri().into());
        add("title", self.title.into());
        add("status", self.status.as_u16().into());
        if let Some(detail) = &self.detail {
            add("detail", detail.as_str().into());
        }
        for (name, value) in &self.members {
            add(name, value.clone());
        }
        Value::Object(members).to_string()
    }
}

/// A problem's code, beside the answer for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code(pub &'static str);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body()).into_response();
        response.extensions_mut().insert(Code(self.code));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(after) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs()));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_what_rfc_9457_says() {
        let body: Value = serde_json::from_str(&Problem::too_large(8).body()).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "urn:walkbook:problem:too-large", "title": "the request is too large", "status": 413,
                "detail": "at most 8 bytes",
            })
        );
    }

    #[test]
    fn a_tenant_of_elsewhere_is_told_the_region_and_nothing_else() {
        let body: Value = serde_json::from_str(&Problem::elsewhere("us-west-1", None).body()).unwrap();
        assert_eq!(body["region"], "us-west-1");
        assert_eq!(body["status"], 421);
        assert_eq!(body.as_object().unwrap().len(), 4);
    }

    #[test]
    fn who_is_to_come_again_is_told_when() {
        let response = Problem::busy().into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "5");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
}
