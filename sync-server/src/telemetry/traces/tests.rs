//! What a collector is sent, and that nobody waits for it.

use super::*;
use crate::engine::tests::world::{AINO, NORTH, RIVER, World, at, door};
use axum::Router;
use axum::body::Bytes as Body;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use std::sync::{Arc, Mutex};
use tracing_subscriber::layer::SubscriberExt;

/// A collector on this machine, and what came to it.
async fn collector() -> (Collector, Arc<Mutex<Vec<Span>>>) {
    let came = Arc::new(Mutex::new(Vec::new()));
    let keeps = Arc::clone(&came);
    let take = move |body: Body| async move {
        let request = ExportTraceServiceRequest::decode(body).unwrap();
        for resource in request.resource_spans {
            let about = resource.resource.unwrap().attributes;
            assert_eq!(about.iter().map(|about| about.key.as_str()).collect::<Vec<_>>(), ["service.name"]);
            keeps.lock().unwrap().extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().route("/v1/traces", post(take));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (format!("http://{address}/v1/traces").parse().unwrap(), came)
}

/// Works with traces on, and returns when they are sent.
async fn traced<T: Send + 'static>(to: &Collector, percent: u8, work: impl FnOnce() -> T + Send + 'static) -> T {
    let traces = Traces::to(to, percent).unwrap();
    let worked = tokio::task::spawn_blocking(move || {
        let subscriber = tracing_subscriber::registry().with(traces.layer());
        let done = tracing::subscriber::with_default(subscriber, work);
        traces.end();
        done
    });
    worked.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_is_shown_by_its_parts_and_nothing_of_anybody() {
    let (to, came) = collector().await;
    traced(&to, 100, || {
        let world = World::with_lists();
        let mut phone = world.phone(NORTH, AINO);
        phone.knock(RIVER, door(1), at(1));
        let request = tracing::info_span!(target: TRACED, "request", route = "/v1/tenants/{tenant}/sync");
        request.in_scope(|| phone.send(&world, &phone.request(at(2)), at(2)).unwrap());
        tracing::error!(target: TRACED, "Aino said something");
    })
    .await;
    let spans = came.lock().unwrap();
    let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name}"));
    let request = named("request");
    for part in ["proof", "receive", "answer"] {
        assert_eq!(named(part).parent_span_id, request.span_id, "{part}");
    }
    assert_eq!(named("merge").parent_span_id, named("receive").span_id);
    let known = ["route", "entries", "bytes", "level"];
    for span in spans.iter() {
        let keys = span.attributes.iter().map(|attribute| attribute.key.as_str());
        assert!(keys.clone().all(|key| known.contains(&key)), "{}: {:?}", span.name, keys.collect::<Vec<_>>());
        assert!(span.events.is_empty());
    }
    let all = format!("{spans:?}");
    for word in ["Aino", "tenant_", "device_", "user_", "door_", "list_"] {
        assert!(!all.contains(word), "{word}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_none_nothing_is_sent() {
    let (to, came) = collector().await;
    traced(&to, 0, || tracing::info_span!(target: TRACED, "request").in_scope(|| ())).await;
    assert!(came.lock().unwrap().is_empty());
}

/// More spans than wait at most, and nobody to take them; were they waited for, this would not end.
#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_or_says_nothing_holds_up_nobody() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}/v1/traces", silent.local_addr().unwrap());
    for address in ["http://127.0.0.1:1/v1/traces", &nobody] {
        let to = address.parse().unwrap();
        let spans = 20_000;
        let made = traced(&to, 100, move || {
            (0..spans).for_each(|_| tracing::info_span!(target: TRACED, "request").in_scope(|| ()));
            spans
        })
        .await;
        assert_eq!(made, spans);
    }
}

#[test]
fn traces_leave_the_machine_over_tls_only() {
    for good in ["https://collector.example/v1/traces", "http://127.0.0.1:4318/v1/traces", "http://localhost/x"] {
        assert!(good.parse::<Collector>().is_ok(), "{good}");
    }
    for bad in [
        "",
        "collector",
        "http://collector.example/",
        "http://127.0.0.1.example/",
        "https://user:secret@a/",
        "ftp://a/",
    ] {
        assert!(bad.parse::<Collector>().is_err(), "{bad}");
    }
}
