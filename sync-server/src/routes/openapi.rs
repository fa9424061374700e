//! What the server answers to, as an OpenAPI document: for whoever writes against it, and for tools that hold it to its word.
//! What phones and server say to each other is binary, and is described in `PROTOCOL.md`.

use crate::engine::InvitationRefused;
use crate::problem::Problem;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, Object, ObjectBuilder, Schema, Type, empty};
use utoipa::openapi::{
    Content, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Required, ResponseBuilder,
};
use walkbook_model::Timestamp;

/// What phones and server speak.
const WALKBOOK: &str = "application/walkbook";
const PROBLEM: &str = "application/problem+json";

pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

/// The document never changes while the server runs.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| json!(document()).to_string());

fn document() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Walkbook")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("The sync server of a region. Every refusal is a problem document (RFC 9457)."));
    let paths = PathsBuilder::new()
        .path("/v1/tenants/{tenant}/sync", post(sync()))
        .path("/v1/tenants/{tenant}/live", get(live()))
        .path("/v1/tenants/{tenant}/enrol", post(enrol()))
        .path("/v1/tenants/{tenant}/password", post(password()))
        .path("/v1/tenants/{tenant}/sign-in", post(sign_in()))
        .path("/v1/tenants/{tenant}/provider", get(provider()))
        .path("/v1/tenants/{tenant}/provider-sign-in", post(sign_in_at_provider()))
        .path("/v1/find-region", post(find_region()))
        .path("/v1/registrations", post(registrations()))
        .path("/v1/openapi.json", get(this()))
        .path("/.well-known/walkbook", get(whereabouts()))
        .path("/healthz", get(healthz()))
        .path("/readyz", get(readyz()))
        .path("/metrics", get(metrics()));
    OpenApiBuilder::new().info(info.build()).paths(paths.build()).build()
}

fn get(operation: OperationBuilder) -> PathItem {
    PathItem::new(HttpMethod::Get, operation)
}

fn post(operation: OperationBuilder) -> PathItem {
    PathItem::new(HttpMethod::Post, operation)
}

fn sync() -> OperationBuilder {
    let own = admission().into_iter().chain([Problem::forked(), Problem::forged()]);
    let given = HeaderBuilder::new().schema(Some(Object::with_type(Type::String)));
    let given = given.description(Some("what the device's next proof is to name")).build();
    let answer = answer("as PROTOCOL.md has it").content(WALKBOOK, bytes()).header("walkbook-challenge", given);
    message("A phone's exchange", own).parameter(proof()).response("200", answer)
}

/// Whom a proof does not let in.
fn admission() -> [Problem; 4] {
    [
        Problem::stale(Timestamp::default(), None),
        Problem::unknown_device(),
        Problem::sign_in_again(),
        Problem::forbidden(),
    ]
}

fn live() -> OperationBuilder {
    let own = [
        Problem::unproven(Timestamp::default()),
        Problem::not_found(),
        Problem::elsewhere("", None),
        Problem::busy(),
        Problem::internal(),
    ];
    let own = own.into_iter().chain(admission());
    let operation = operation("A phone that is open hears of it when there is something new", own);
    let operation = operation.parameter(tenant()).parameter(proof());
    operation.response("200", text_answer("text/event-stream"))
}

fn proof() -> Parameter {
    header_named("walkbook-proof", "`device.ms.nonce.challenge.signature`: that the request is the device's")
        .required(Required::True)
        .build()
}

fn enrol() -> OperationBuilder {
    message("A phone redeems an invitation", [vec![Problem::forbidden()], invitations()].concat())
}

fn password() -> OperationBuilder {
    let own = [vec![Problem::password_unfit(), Problem::sign_in()], invitations()].concat();
    message("A user chooses a password with a code", own)
}

fn sign_in() -> OperationBuilder {
    message("A phone comes in by a password and a second factor", [Problem::sign_in(), Problem::forbidden()])
}

fn provider() -> OperationBuilder {
    let own = [
        Problem::not_found(),
        Problem::no_provider(),
        Problem::elsewhere("", None),
        Problem::internal(),
        Problem::provider_unreachable(),
        Problem::busy(),
    ];
    let operation = operation("Where the tenant's people sign in", own).parameter(tenant());
    operation.response("200", answer("as PROTOCOL.md has it").content(WALKBOOK, bytes()))
}

fn sign_in_at_provider() -> OperationBuilder {
    let own = [Problem::sign_in(), Problem::forbidden(), Problem::no_provider(), Problem::provider_unreachable()];
    message("A phone comes in by what the tenant's provider says", [own.to_vec(), invitations()].concat())
}

fn invitations() -> Vec<Problem> {
    [InvitationRefused::Unknown, InvitationRefused::Expired, InvitationRefused::Used].map(Problem::invitation).to_vec()
}

/// Bytes in, bytes out, for one tenant.
fn message(summary: &str, own: impl IntoIterator<Item = Problem>) -> OperationBuilder {
    let any = [
        Problem::malformed(),
        Problem::unproven(Timestamp::default()),
        Problem::elsewhere("", None),
        Problem::internal(),
    ];
    exchanged(summary, any.into_iter().chain(own)).parameter(tenant())
}

/// Bytes in, bytes out.
fn exchanged(summary: &str, own: impl IntoIterator<Item = Problem>) -> OperationBuilder {
    let any =
        [Problem::not_found(), Problem::too_slow(), Problem::too_large(0), Problem::media_type(), Problem::busy()];
    let body = RequestBodyBuilder::new().description(Some("as PROTOCOL.md has it")).required(Some(Required::True));
    let operation = operation(summary, any.into_iter().chain(own));
    let operation = operation.request_body(Some(body.content(WALKBOOK, bytes()).build()));
    operation.response("200", answer("as PROTOCOL.md has it").content(WALKBOOK, bytes()))
}

fn find_region() -> OperationBuilder {
    exchanged("In which region to look for somebody of whom only an e-mail address is known", [Problem::malformed()])
}

fn registrations() -> OperationBuilder {
    let own = [Problem::malformed(), Problem::unproven(Timestamp::default())];
    exchanged("Another region's server is told who is here, as keyed hashes", own)
}

fn this() -> OperationBuilder {
    let document = ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(true)));
    operation("This document", [])
        .response("200", answer("an OpenAPI document").content("application/json", content(document.build())))
}

fn whereabouts() -> OperationBuilder {
    let text = || Object::with_type(Type::String);
    let versions = ArrayBuilder::new().items(Object::with_type(Type::Integer));
    let regions = ObjectBuilder::new().additional_properties(Some(Schema::from(text())));
    let schema = ObjectBuilder::new()
        .property("region", text())
        .property("url", text())
        .property("versions", versions)
        .property("regions", regions);
    let schema = ["region", "url", "versions", "regions"].into_iter().fold(schema, ObjectBuilder::required);
    operation("Where phones go", [Problem::not_found(), Problem::internal()])
        .response("200", answer("this region, and the others").content("application/json", content(schema.build())))
}

fn healthz() -> OperationBuilder {
    operation("The process answers", []).response("200", text_answer("text/plain; charset=utf-8"))
}

fn readyz() -> OperationBuilder {
    operation("It can work", [Problem::busy()]).response("200", text_answer("text/plain; charset=utf-8"))
}

fn metrics() -> OperationBuilder {
    let token = header_named("authorization", "`Bearer`, and the operator's token");
    operation("For the operator's monitoring", [Problem::token(), Problem::busy()])
        .parameter(token.build())
        .response("200", text_answer(super::health::OPEN_METRICS))
}

/// An operation with everything that it may be refused for; whoever comes too often is refused anywhere.
fn operation(summary: &str, problems: impl IntoIterator<Item = Problem>) -> OperationBuilder {
    let mut by_status: BTreeMap<u16, Vec<Problem>> = BTreeMap::new();
    for problem in problems.into_iter().chain([Problem::too_many(Duration::ZERO)]) {
        by_status.entry(problem.status().as_u16()).or_default().push(problem);
    }
    by_status.into_iter().fold(OperationBuilder::new().summary(Some(summary)), |operation, (status, problems)| {
        operation.response(status.to_string(), refusal(&problems))
    })
}

/// Every problem with this status, and what its document has.
fn refusal(problems: &[Problem]) -> ResponseBuilder {
    let mut titles: Vec<&str> = problems.iter().map(Problem::title).collect();
    let mut types: Vec<String> = problems.iter().map(Problem::type_uri).collect();
    // One may come with more members than elsewhere.
    titles.dedup();
    types.dedup();
    let text = || Object::with_type(Type::String);
    let types = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(types));
    let status = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .enum_values(Some(problems.iter().take(1).map(|problem| problem.status().as_u16()).collect::<Vec<_>>()));
    let schema = ObjectBuilder::new()
        .property("type", types)
        .property("title", text())
        .property("status", status)
        .property("detail", text());
    let schema = ["type", "title", "status"].into_iter().fold(schema, ObjectBuilder::required);
    let members = problems.iter().flat_map(Problem::members);
    let schema = members.fold(schema, |schema, (name, value)| {
        let kind = if value.is_number() { Type::Integer } else { Type::String };
        schema.property(*name, Object::with_type(kind))
    });
    let refusal = answer(&titles.join("; or ")).content(PROBLEM, content(schema.build()));
    if problems.iter().all(|problem| problem.retry_after().is_none()) {
        return refusal;
    }
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
    let after = HeaderBuilder::new().schema(Some(seconds)).description(Some("after so many seconds")).build();
    refusal.header("retry-after", after)
}

fn answer(description: &str) -> ResponseBuilder {
    ResponseBuilder::new().description(description)
}

fn text_answer(media_type: &str) -> ResponseBuilder {
    answer("a text").content(media_type, content(Object::with_type(Type::String)))
}

fn tenant() -> Parameter {
    let name = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^tenant_[0-7][0-9a-hjkmnp-tv-z]{25}$"));
    let tenant = ParameterBuilder::new().name("tenant").parameter_in(ParameterIn::Path).required(Required::True);
    tenant.schema(Some(name)).build()
}

fn header_named(name: &str, description: &str) -> ParameterBuilder {
    let text = Object::with_type(Type::String);
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .description(Some(description))
        .schema(Some(text))
}

fn content(schema: Object) -> Content {
    ContentBuilder::new().schema(Some(schema)).build()
}

/// What is no text and no JSON (OpenAPI 3.1: a media type with an empty schema is any bytes).
fn bytes() -> Content {
    ContentBuilder::new().schema(Some(empty())).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The codes of problems in a text, each behind this.
    fn codes_behind<'t>(text: &'t str, before: &'t str) -> BTreeSet<&'t str> {
        let ends = |rest: &'t str| rest.split(['"', ' ', '|', ',']).next().unwrap_or_default();
        text.split(before).skip(1).map(ends).collect()
    }

    #[test]
    fn every_problem_of_the_protocol_is_documented_and_no_other() {
        let protocol = include_str!("../../../core/crates/sync/PROTOCOL.md");
        let table = protocol.split("| status | code | what the phone does |").nth(1).unwrap();
        let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
        let wanted: BTreeSet<&str> =
            rows.flat_map(|row| row.split('|').nth(2).unwrap().split(',')).map(str::trim).collect();
        let mut documented = codes_behind(&DOCUMENT, "urn:walkbook:problem:");
        assert!(documented.remove("token"), "the operator's own");
        assert_eq!(documented, wanted);
    }

    /// The codes of a route's problems with this status.
    fn documented(pointer: &str) -> BTreeSet<String> {
        let document: serde_json::Value = serde_json::from_str(&DOCUMENT).unwrap();
        let place = format!("{pointer}/content/application~1problem+json/schema/properties/type/enum");
        let types = document.pointer(&place).unwrap_or_else(|| panic!("{place}")).as_array().unwrap();
        types.iter().map(|uri| uri.as_str().unwrap().rsplit(':').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn whom_a_proof_does_not_let_in_is_told_the_same_on_both_routes_that_ask_for_one() {
        let [sync, live] = ["sync/post", "live/get"].map(|route| {
            let refusals =
                |status| documented(&format!("/paths/~1v1~1tenants~1{{tenant}}~1{route}/responses/{status}"));
            [refusals(401), refusals(403)]
        });
        assert_eq!(sync, live);
        assert!(live[0].contains("sign-in-again"), "{live:?}");
        // Where a tenant has a provider, nobody chooses a password.
        let chosen = documented("/paths/~1v1~1tenants~1{tenant}~1password/post/responses/401");
        assert!(chosen.contains("sign-in-refused"), "{chosen:?}");
    }

    #[test]
    fn every_route_is_documented_and_no_other() {
        let routes = include_str!("../routes.rs");
        let routed = codes_behind(routes, ".route(\"");
        let document = document();
        let documented: BTreeSet<&str> = document.paths.paths.keys().map(String::as_str).collect();
        assert_eq!(documented, routed);
    }
}
