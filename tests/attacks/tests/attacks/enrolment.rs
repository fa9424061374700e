//! Getting in with an invitation that lets nobody in, or not this one.

use crate::device::{Device, enrolment, make_signer, problem, public_key, random, refused, send_enrolment};
use crate::world::World;
use futures_util::future::join_all;
use walkbook_model::{Role, TenantId, Timestamp};
use walkbook_server::store::audit::{Deed, NotEnrolled};
use walkbook_server::store::{By, Invitation, Stamp};
use walkbook_sync::{EnrolRequest, Enrolled, InvitationLink};
use walkbook_vault::InvitationCode;

fn guessed(tenant: TenantId, link: &InvitationLink) -> InvitationLink {
    InvitationLink { tenant, code: InvitationCode::from_bytes(random()), ..again(link) }
}

fn again(link: &InvitationLink) -> InvitationLink {
    InvitationLink::parse(&link.to_text()).unwrap()
}

#[tokio::test]
async fn an_invitation_that_was_used_lets_no_second_phone_in() {
    let world = World::start();
    let link = world.link("aino");
    Device::enrolled(&world, "aino").await;
    let (before, records) = (world.stand(), world.audit(world.names.north).len());
    for _ in 0..3 {
        let answer = send_enrolment(&world, link.tenant, enrolment(&link, &make_signer())).await;
        refused(answer, 403, "invitation-used").await;
    }
    before.is_still(&world.stand());
    // Once an hour, however often it is tried.
    let used = Deed::EnrolmentRefused { why: NotEnrolled::Used };
    assert_eq!(world.audited_since(world.names.north, records), [used]);
}

#[tokio::test]
async fn an_invitation_past_its_time_lets_nobody_in() {
    let world = World::start();
    let (north, code) = (world.names.north, InvitationCode::from_bytes(random()));
    let stamp = Stamp::new(By::Operator, Timestamp::from_ms(1_700_000_000_000));
    let invitation = Invitation { digest: code.digest(), user: world.user("aino"), expires_at: stamp.at };
    world.home.store().invite(north, &invitation, stamp).unwrap();
    let (before, records) = (world.stand(), world.audit(north).len());
    let link = InvitationLink { code, ..world.link("aino") };
    let answer = send_enrolment(&world, north, enrolment(&link, &make_signer())).await;
    refused(answer, 403, "invitation-expired").await;
    before.is_still(&world.stand());
    let expired = Deed::EnrolmentRefused { why: NotEnrolled::Expired };
    assert_eq!(world.audited_since(north, records), [expired]);
}

#[tokio::test]
async fn an_invitation_of_another_tenant_is_worth_nothing_here_and_still_good_at_home() {
    let world = World::start();
    let (north, south) = (world.names.north, world.names.south);
    let before = world.stand();
    let theirs = world.link("sanna");
    let as_ours = InvitationLink { tenant: north, ..again(&theirs) };
    for (path, link) in [(north, &as_ours), (north, &theirs), (south, &as_ours)] {
        let answer = send_enrolment(&world, path, enrolment(link, &make_signer())).await;
        refused(answer, 403, "invitation-unknown").await;
    }
    before.is_still(&world.stand());
    Device::enrolled(&world, "sanna").await;
}

#[tokio::test]
async fn guessed_invitations_are_unknown_and_leave_no_trace() {
    let world = World::start();
    let (north, link) = (world.names.north, world.link("aino"));
    let (before, records) = (world.stand(), world.audit(north).len());
    for _ in 0..20 {
        let answer = send_enrolment(&world, north, enrolment(&guessed(north, &link), &make_signer())).await;
        refused(answer, 403, "invitation-unknown").await;
    }
    before.is_still(&world.stand());
    // Strangers cannot fill the log.
    assert!(world.audited_since(north, records).is_empty());
}

#[tokio::test]
async fn of_eight_phones_with_one_invitation_at_once_one_comes_in() {
    let world = World::start();
    let link = world.link("aino");
    let all = (0..8).map(|_| send_enrolment(&world, link.tenant, enrolment(&link, &make_signer())));
    let answers = join_all(all).await;
    let let_in = answers.iter().filter(|answer| answer.status() == 200).count();
    assert_eq!(let_in, 1);
    for answer in answers.into_iter().filter(|answer| answer.status() != 200) {
        refused(answer, 403, "invitation-used").await;
    }
    assert_eq!(world.home.store().devices_of(link.tenant, world.user("aino")).unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_that_its_sender_does_not_hold_is_not_enrolled() {
    let world = World::start();
    let (link, stolen, own) = (world.link("aino"), make_signer(), make_signer());
    let before = world.stand();
    // The message as the key's holder signed it, with the last byte of the signature bent; and a message of the own key
    // in which the other one stands instead.
    let mut bent = enrolment(&link, &stolen);
    *bent.last_mut().unwrap() ^= 1;
    let mut exchanged = enrolment(&link, &own);
    let (key, other) = (public_key(&own), public_key(&stolen));
    let at = exchanged.windows(key.len()).position(|bytes| bytes == key).unwrap();
    exchanged[at..at + key.len()].copy_from_slice(&other);
    for message in [bent, exchanged] {
        refused(send_enrolment(&world, link.tenant, message).await, 401, "unproven").await;
    }
    before.is_still(&world.stand());
    Device::enrolled(&world, "aino").await;
}

#[tokio::test]
async fn a_message_signed_for_one_invitation_does_not_redeem_another() {
    let world = World::start();
    let (aino, lea) = (world.link("aino"), world.link("lea"));
    let before = world.stand();
    let mut message = enrolment(&aino, &make_signer());
    let at = message.windows(16).position(|bytes| bytes == aino.code.expose()).unwrap();
    message[at..at + 16].copy_from_slice(lea.code.expose());
    refused(send_enrolment(&world, aino.tenant, message).await, 401, "unproven").await;
    before.is_still(&world.stand());
}

#[tokio::test]
async fn a_phones_key_does_not_become_another_users() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let (before, records) = (world.stand(), world.audit(world.names.north).len());
    let of_lea = enrolment(&world.link("lea"), &mallory.signer);
    refused(send_enrolment(&world, mallory.tenant, of_lea).await, 403, "forbidden").await;
    before.is_still(&world.stand());
    let taken = Deed::EnrolmentRefused { why: NotEnrolled::KeyTaken };
    assert_eq!(world.audited_since(world.names.north, records), [taken]);
    // The invitation is still hers.
    Device::enrolled(&world, "lea").await;
}

#[tokio::test]
async fn a_phone_that_was_shut_out_does_not_come_back_with_its_old_invitation() {
    let world = World::start();
    let (link, mallory) = (world.link("mallory"), Device::enrolled(&world, "mallory").await);
    let user = world.user("mallory");
    world.home.run(&["user", "shut-out", &user.to_string(), "--tenant", &link.tenant.to_string()]);
    let (before, records) = (world.stand(), world.audit(link.tenant).len());
    let answer = send_enrolment(&world, link.tenant, enrolment(&link, &mallory.signer)).await;
    refused(answer, 403, "forbidden").await;
    before.is_still(&world.stand());
    let came = Deed::CameShutOut { user, device: mallory.id };
    assert_eq!(world.audited_since(link.tenant, records), [came]);
}

#[tokio::test]
async fn an_invitation_gives_the_role_that_its_user_has_and_no_other() {
    let world = World::start();
    let (link, lea) = (world.link("lea"), world.user("lea"));
    // Invited as a lead, and none any more when the phone comes.
    world.home.run(&["user", "role", &lea.to_string(), "canvasser", "--tenant", &link.tenant.to_string()]);
    let answer = send_enrolment(&world, link.tenant, enrolment(&link, &make_signer())).await;
    let enrolled = Enrolled::from_bytes(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!((enrolled.user, enrolled.role), (lea, Role::Canvasser));
}

#[tokio::test]
async fn what_is_no_message_of_enrolment_is_refused_by_its_form() {
    let world = World::start();
    let link = world.link("aino");
    let before = world.stand();
    let sound = enrolment(&link, &make_signer());
    let longer = [sound.clone(), vec![0]].concat();
    let nested = vec![0x81; 4_000];
    for message in [Vec::new(), b"{}".to_vec(), sound[..40].to_vec(), longer, nested] {
        refused(send_enrolment(&world, link.tenant, message).await, 400, "malformed").await;
    }
    let large = send_enrolment(&world, link.tenant, vec![0; 4 * 1024 + 1]).await;
    refused(large, 413, "too-large").await;
    before.is_still(&world.stand());
}

#[tokio::test]
async fn a_key_that_is_no_point_of_the_curve_is_not_enrolled() {
    let world = World::start();
    let (link, signer) = (world.link("aino"), make_signer());
    let before = world.stand();
    let key = public_key(&signer);
    let mut off_the_curve = key.clone();
    *off_the_curve.last_mut().unwrap() ^= 1;
    let mut infinity = vec![0; key.len()];
    infinity[0] = 4;
    for other in [off_the_curve, infinity] {
        let mut message = enrolment(&link, &signer);
        let at = message.windows(key.len()).position(|bytes| bytes == key).unwrap();
        message[at..at + key.len()].copy_from_slice(&other);
        let (status, code, _) = problem(send_enrolment(&world, link.tenant, message).await).await;
        assert_eq!((status, code.as_str()), (401, "unproven"));
    }
    before.is_still(&world.stand());
    assert!(EnrolRequest::from_bytes(&enrolment(&link, &signer)).unwrap().proven_key().is_ok());
}
