//! An honest provider: who comes in by its word, and who does not.

use super::honest::Honest;
use super::visitor::{Visitor, asks, came_in};
use super::{Kept, aino, is_known, signs_in_at, with};
use crate::device::refused;
use crate::world::World;
use serde_json::{Value, json};
use walkbook_model::TenantId;
use walkbook_server::store::accounts::SecondFactor;
use walkbook_server::store::audit::Deed;

/// The north's people sign in at an honest provider, which knows Aino.
fn setting(more: &[&str]) -> (World, Honest) {
    let (world, honest) = (World::start(), Honest::start());
    signs_in_at(&world, &honest.issuer, &honest.authorities(), more);
    is_known(&world, "aino", &["--subject", "aino"]);
    (world, honest)
}

fn link(world: &World, name: &str) -> String {
    let (user, north) = (world.user(name).to_string(), world.names.north.to_string());
    world.home.run_for_one(&["user", "password", &user, "--tenant", &north])
}

#[tokio::test]
async fn somebody_signs_in_at_an_honest_provider_also_after_it_has_changed_its_keys() {
    let (world, mut honest) = setting(&[]);
    let user = world.user("aino");
    for _ in 0..3 {
        let phone = Visitor::begins(&world, "aino").await;
        let enrolled = came_in(&world, phone.signs_in(&world, &honest, &aino()).await).await;
        assert_eq!(enrolled.user, user);
        let with = SecondFactor::ProviderWithSecondFactor;
        let signed_in = Deed::SignedIn { user, device: enrolled.device, with };
        assert_eq!(world.audit(world.names.north).pop(), Some(signed_in));
        // The server has what the provider said of itself before.
        honest.rotates();
    }
}

#[tokio::test]
async fn an_app_that_is_registered_with_a_secret_shows_it() {
    let (world, honest) = (World::start(), Honest::start());
    let secret = world.folder().join("secret");
    std::fs::write(&secret, "a secret: of 100%\n").unwrap();
    let (north, authorities) = (world.names.north.to_string(), honest.authorities());
    let at = |secret: &str| {
        let command = [
            &["tenant", "sign-in", &north, "--issuer", &honest.issuer, "--client-id", "with-secret"][..],
            &["--authorities", &authorities, "--allow-private-address", "--client-secret-file", secret],
        ];
        world.home.run(&command.concat());
    };
    at(secret.to_str().unwrap());
    is_known(&world, "aino", &["--subject", "aino"]);
    let shown = world.home.run(&["tenant", "sign-in", &north]).concat();
    assert!(shown.contains("with-secret") && !shown.contains("100%"), "{shown}");
    let phone = Visitor::begins(&world, "aino").await;
    came_in(&world, phone.signs_in(&world, &honest, &aino()).await).await;
    std::fs::write(&secret, "another secret").unwrap();
    at(secret.to_str().unwrap());
    // That is the operator's fault, and no wrong try of hers.
    for _ in 0..5 {
        let (phone, kept) = (Visitor::begins(&world, "aino").await, Kept::of(&world));
        refused(phone.signs_in(&world, &honest, &aino()).await, 502, "provider-unreachable").await;
        kept.is_whole(&[]);
    }
    assert!(world.home.logs().contains("invalid_client"), "{}", world.home.logs());
    std::fs::write(&secret, "a secret: of 100%").unwrap();
    at(secret.to_str().unwrap());
    let phone = Visitor::begins(&world, "aino").await;
    came_in(&world, phone.signs_in(&world, &honest, &aino()).await).await;
}

#[tokio::test]
async fn a_colleague_does_not_come_in_as_somebody_else() {
    let (world, honest) = setting(&[]);
    let (phone, kept) = (Visitor::begins(&world, "aino").await, Kept::of(&world));
    kept.from(phone.signs_in(&world, &honest, &with(aino(), "sub", "mallory".into())).await, "aino").await;
    // Nor as somebody of whom nobody has said yet who that is.
    let (phone, kept) = (Visitor::begins(&world, "lea").await, Kept::of(&world));
    kept.from(phone.signs_in(&world, &honest, &aino()).await, "lea").await;
}

#[tokio::test]
async fn another_customers_organisation_at_the_same_provider_is_not_this_tenants() {
    let (world, honest) = setting(&[]);
    let others = ["org_south".into(), "ORG_NORTH".into(), json!(["org_north"]), Value::Null];
    // Each as somebody else, so that nobody has to wait for having been wrong before.
    for (name, other) in ["aino", "lea", "leo", "berta"].into_iter().zip(others) {
        is_known(&world, name, &["--subject", name]);
        let theirs = with(aino(), "sub", name.into());
        let (phone, kept) = (Visitor::begins(&world, name).await, Kept::of(&world));
        kept.from(phone.signs_in(&world, &honest, &with(theirs.clone(), "org_id", other)).await, name).await;
        let phone = Visitor::begins(&world, name).await;
        came_in(&world, phone.signs_in(&world, &honest, &theirs).await).await;
    }
}

#[tokio::test]
async fn one_factor_lets_nobody_in_where_the_tenant_demands_two() {
    let (world, honest) = setting(&["--second-factor-class", "urn:two"]);
    let once = with(aino(), "amr", json!(["pwd"]));
    let (phone, kept) = (Visitor::begins(&world, "aino").await, Kept::of(&world));
    kept.from(phone.signs_in(&world, &honest, &once).await, "aino").await;
    let of_two = with(once.clone(), "acr", "urn:two".into());
    let phone = Visitor::begins(&world, "aino").await;
    came_in(&world, phone.signs_in(&world, &honest, &of_two).await).await;
    world.home.run(&["tenant", "second-factor", &world.names.north.to_string(), "optional"]);
    let phone = Visitor::begins(&world, "aino").await;
    let enrolled = came_in(&world, phone.signs_in(&world, &honest, &once).await).await;
    let (user, with) = (enrolled.user, SecondFactor::Provider);
    assert_eq!(world.audit(world.names.north).pop(), Some(Deed::SignedIn { user, device: enrolled.device, with }));
}

#[tokio::test]
async fn an_address_that_nobody_has_verified_lets_nobody_in() {
    let (world, honest) = setting(&["--trust-email", "--scope", "email"]);
    is_known(&world, "berta", &["--email", "berta@example.org"]);
    let claims = |verified: Value| {
        let claims = with(aino(), "sub", "mallory".into());
        with(with(claims, "email", "berta@example.org".into()), "email_verified", verified)
    };
    for verified in [Value::Null, false.into()] {
        let (phone, before) = (Visitor::begins(&world, "berta").await, world.stand());
        refused(phone.signs_in(&world, &honest, &claims(verified)).await, 401, "sign-in-refused").await;
        before.is_still(&world.stand());
    }
}

#[tokio::test]
async fn an_address_that_was_given_to_somebody_else_opens_no_account_that_was_used() {
    let (world, honest) = setting(&["--trust-email", "--scope", "email"]);
    is_known(&world, "berta", &["--email", "berta@example.org"]);
    let as_subject = |subject: &str| {
        let claims = with(aino(), "sub", subject.into());
        with(with(claims, "email", "Berta@Example.org".into()), "email_verified", true.into())
    };
    let phone = Visitor::begins(&world, "berta").await;
    came_in(&world, phone.signs_in(&world, &honest, &as_subject("berta")).await).await;
    let (phone, kept) = (Visitor::begins(&world, "berta").await, Kept::of(&world));
    kept.from(phone.signs_in(&world, &honest, &as_subject("her-successor")).await, "berta").await;
}

#[tokio::test]
async fn where_the_tenant_trusts_no_address_none_is_set_down() {
    let (world, _honest) = setting(&[]);
    let (user, north) = (world.user("berta").to_string(), world.names.north.to_string());
    let said = world.home.attempt(&["user", "identity", &user, "--tenant", &north, "--email", "berta@example.org"]);
    assert_eq!(said.code, Some(1));
    assert!(said.to_people.contains("--trust-email"), "{}", said.to_people);
}

#[tokio::test]
async fn a_link_shows_who_its_own_user_is_and_on_one_phone_only() {
    let (world, honest) = setting(&[]);
    let link = link(&world, "lea");
    let leas = with(aino(), "sub", "lea".into());
    let phone = Visitor::begins_with_link(&world, &link).await;
    came_in(&world, phone.signs_in(&world, &honest, &leas).await).await;
    let north = world.names.north;
    assert!(world.audit(north).contains(&Deed::IdentityShown { user: world.user("lea") }));
    let (mut thief, kept) = (Visitor::begins_with_link(&world, &link).await, Kept::of(&world));
    let mallorys = with(aino(), "sub", "mallory".into());
    refused(thief.signs_in(&world, &honest, &mallorys).await, 403, "invitation-used").await;
    kept.is_whole(&[]);
    // Nor does it show who somebody else is.
    thief.user = world.user("olga");
    let before = world.stand();
    let granted = thief.is_granted(&honest, &mallorys).await;
    assert_eq!(thief.brings(&world, granted).await.status(), 403);
    before.is_still(&world.stand());
    // From then on she needs no link.
    let phone = Visitor::begins(&world, "lea").await;
    came_in(&world, phone.signs_in(&world, &honest, &leas).await).await;
}

#[tokio::test]
async fn whom_the_provider_disables_comes_in_by_no_password_either() {
    let (world, mut honest) = (World::start(), Honest::start());
    signs_in_at(&world, &honest.issuer, &honest.authorities(), &[]);
    is_known(&world, "aino", &["--subject", "aino"]);
    honest.disables("aino");
    let phone = Visitor::begins(&world, "aino").await;
    let called_back = honest.visited(&phone.url, &aino()).await;
    assert!(called_back.contains("error=access_denied") && !called_back.contains("code="), "{called_back}");
    let (kept, link) = (Kept::of(&world), link(&world, "aino"));
    let code = *walkbook_sync::SignInLink::parse(&link).unwrap().code.unwrap().expose();
    let signer = crate::device::make_signer();
    let choice = walkbook_sync::PasswordRequest::new(world.names.north, code, "a long password", &*signer).unwrap();
    let answer = world.client().post(world.home.url(&format!("/v1/tenants/{}/password", world.names.north)));
    let answer = answer.header("content-type", "application/walkbook").body(choice.to_bytes()).send().await.unwrap();
    refused(answer, 401, "sign-in-refused").await;
    kept.before.is_still(&world.stand());
}

#[tokio::test]
async fn who_was_shut_out_does_not_come_back_by_the_providers_word() {
    let (world, honest) = setting(&[]);
    let north = world.names.north.to_string();
    world.home.run(&["user", "shut-out", &world.user("aino").to_string(), "--tenant", &north]);
    let (phone, kept) = (Visitor::begins(&world, "aino").await, Kept::of(&world));
    kept.from(phone.signs_in(&world, &honest, &aino()).await, "aino").await;
}

#[tokio::test]
async fn only_the_operator_says_where_people_sign_in() {
    let (world, honest) = setting(&[]);
    let (olga, north) = (world.user("olga").to_string(), world.names.north.to_string());
    let kept = Kept::of(&world);
    let mine = ["tenant", "sign-in", &north, "--issuer", &honest.issuer, "--client-id", "mine", "--by", &olga];
    for command in [&mine[..], &["tenant", "sign-in", &north, "--built-in", "--by", &olga]] {
        let said = world.home.attempt(command);
        assert_eq!((said.code, said.results.as_str()), (Some(1), ""), "{}", said.to_people);
    }
    kept.is_whole(&[Deed::CommandRefused { action: None }, Deed::CommandRefused { action: None }]);
}

#[tokio::test]
async fn whether_there_is_a_tenant_is_not_told_by_where_its_people_sign_in() {
    let (world, _honest) = setting(&[]);
    let ghost = TenantId::from_bytes([78; 16]);
    let south = refused(asks(&world, world.names.south).await, 404, "no-provider").await;
    assert_eq!(refused(asks(&world, ghost).await, 404, "no-provider").await, south);
    refused(asks(&world, world.names.west).await, 421, "elsewhere").await;
}
