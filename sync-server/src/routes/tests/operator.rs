//! What the operator's monitoring sees, and what it never sees.

use super::world::{TOKEN, problem, start};
use crate::engine::Refused;
use std::sync::atomic::Ordering;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_work_says_so_and_one_whose_backend_stands_still_does_not() {
    let world = start(|_| Ok(Vec::new()));
    assert_eq!(world.get("/healthz").await.status(), 200);
    assert_eq!(world.get("/readyz").await.status(), 200);
    world.backlog.is_dead.store(true, Ordering::Relaxed);
    assert_eq!(problem(world.get("/readyz").await).await, (503, "busy".into()));
    assert_eq!(world.get("/healthz").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_shown_to_the_operator_alone() {
    let world = start(|_| Ok(Vec::new()));
    assert_eq!(problem(world.get("/metrics").await).await, (401, "token".into()));
    let phone = world.phone();
    let wrong = phone.get(world.url("/metrics")).bearer_auth("another").send().await.unwrap();
    assert_eq!(wrong.status(), 401);
    let right = phone.get(world.url("/metrics")).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(right.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_requests_by_route_and_never_name_a_tenant() {
    let world = start(|_| Err(Refused::ShutOut));
    let phone = world.phone();
    world.sync(&phone, "four").await;
    world.get("/v1/tenants/somebody/else").await;
    let text = phone.get(world.url("/metrics")).bearer_auth(TOKEN).send().await.unwrap().text().await.unwrap();
    for line in [
        "walkbook_requests_total{route=\"/v1/tenants/{tenant}/sync\",status=\"403\"} 1",
        "walkbook_requests_total{route=\"none\",status=\"404\"} 1",
        "walkbook_received_bytes_total 4",
        "walkbook_entries_accepted{kind=\"interaction\"} 3",
        "walkbook_entries_refused{reason=\"not_yours\"} 2",
        "walkbook_entries_quarantined 1",
        "walkbook_merge_duration_seconds_count 0",
        "walkbook_backend_given_up 10",
        "walkbook_backend_unfit 5",
        "walkbook_backend_oldest_waiting_seconds 0",
        "walkbook_phones 0",
        "walkbook_phones_seen_within{hours=\"24\"} 0",
        "walkbook_phones_stuck{reason=\"forked\"} 0",
        "walkbook_listeners 0",
        "walkbook_notices 0",
        "walkbook_listeners_turned_away 0",
        "walkbook_bell_unheard_seconds 0",
        "walkbook_backend_delivered 30",
        "walkbook_backend_waiting 0",
        "walkbook_backend_dead_letters 0",
        "walkbook_entries_set_aside 0",
    ] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    assert!(!text.contains("tenant_") && !text.contains("somebody"), "{text}");
    assert!(text.ends_with("# EOF\n"));
}
