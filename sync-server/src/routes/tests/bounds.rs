//! More than the server takes: too large, too slow, too many, and a fault of its own.

use super::world::{MEDIA_TYPE, World, problem, start, start_at, start_with};
use crate::routes::Limits;
use axum::http::header::CONTENT_TYPE;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use walkbook_sync::MAX_REQUEST_BYTES;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_announces_too_much_is_refused_before_it_is_read() {
    let world = start(|_| panic!("asked"));
    assert_eq!(
        problem(world.sync(&world.phone(), vec![0; MAX_REQUEST_BYTES + 1]).await).await,
        (413, "too-large".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_announces_nothing_is_cut_off_at_the_bound() {
    let world = start(|_| panic!("asked"));
    let chunks = (0..).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 64 * 1024]));
    let endless = reqwest::Body::wrap_stream(Endless(chunks));
    assert_eq!(problem(world.sync(&world.phone(), endless).await).await, (413, "too-large".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_request_is_taken() {
    let world = start(|body| Ok(body.len().to_string().into_bytes()));
    let response = world.sync(&world.phone(), vec![0; MAX_REQUEST_BYTES]).await;
    assert_eq!(response.bytes().await.unwrap().as_ref(), MAX_REQUEST_BYTES.to_string().as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_given_up() {
    let limits = Limits { grace: Duration::from_millis(100), ..Limits::default() };
    let world = start_with(limits, |_| panic!("asked"));
    let never = reqwest::Body::wrap_stream(Never(None));
    assert_eq!(problem(world.sync(&world.phone(), never).await).await, (408, "too-slow".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_began_fast_may_not_stand_still_for_it() {
    let limits = Limits { grace: Duration::from_millis(100), slowest: 1, ..Limits::default() };
    let world = start_with(limits, |_| panic!("asked"));
    let phone = world.phone();
    let stalled = reqwest::Body::wrap_stream(Never(Some(vec![0; 256 * 1024])));
    let answer = tokio::time::timeout(Duration::from_secs(60), world.sync(&phone, stalled)).await;
    assert_eq!(problem(answer.expect("it is given up")).await, (408, "too-slow".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_leave_room_for_small_ones() {
    let limits = Limits { body_bytes: 0, first_bytes: 64 * 1024, ..Limits::default() };
    let world = start_with(limits, |_| Ok(Vec::new()));
    let phone = world.phone();
    assert_eq!(problem(world.sync(&phone, vec![0; 64 * 1024 + 1]).await).await, (503, "busy".into()));
    assert_eq!(world.sync(&phone, vec![0; 64 * 1024]).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_together_take_no_more_memory_than_was_given() {
    let limits = Limits { body_bytes: 128 * 1024, ..Limits::default() };
    let world = start_with(limits, |_| Ok(Vec::new()));
    let phone = world.phone();
    assert_eq!(problem(world.sync(&phone, vec![0; 256 * 1024]).await).await, (503, "busy".into()));
    // What it held is free again.
    assert_eq!(world.sync(&phone, vec![0; 128 * 1024]).await.status(), 200);
}

/// An engine that stands still until it is told to go on.
#[derive(Default)]
struct Gate(Mutex<(u32, bool)>, Condvar);

impl Gate {
    fn pass(&self) {
        let mut state = self.0.lock().unwrap();
        state.0 += 1;
        self.1.notify_all();
        drop(self.1.wait_while(state, |(_, is_open)| !*is_open).unwrap());
    }

    fn wait_for_one_within(&self) {
        drop(self.1.wait_while(self.0.lock().unwrap(), |(within, _)| *within == 0).unwrap());
    }

    fn open(&self) {
        self.0.lock().unwrap().1 = true;
        self.1.notify_all();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_when_all_hands_are_full_is_told_to_come_again() {
    let gate = Arc::new(Gate::default());
    let limits = Limits { at_once: 1, wait: Duration::from_millis(50), ..Limits::default() };
    let world = start_with(limits, {
        let gate = Arc::clone(&gate);
        move |_| {
            gate.pass();
            Ok(Vec::new())
        }
    });
    let phone = world.phone();
    let first = phone.post(world.sync_url()).header(CONTENT_TYPE, MEDIA_TYPE).header("walkbook-proof", "a proof");
    let first = tokio::spawn(first.send());
    let within = Arc::clone(&gate);
    tokio::task::spawn_blocking(move || within.wait_for_one_within()).await.unwrap();
    assert_eq!(problem(world.sync_as(&phone, "b", "").await).await, (503, "busy".into()));
    gate.open();
    assert_eq!(first.await.unwrap().unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_in_the_engine_ends_one_request_and_not_the_server() {
    let is_first = AtomicBool::new(true);
    let world = start(move |_| {
        assert!(!is_first.swap(false, Ordering::Relaxed), "a fault");
        Ok(b"fine".to_vec())
    });
    let phone = world.phone();
    assert_eq!(problem(world.sync(&phone, "").await).await, (500, "internal".into()));
    assert_eq!(world.sync(&phone, "").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_above_the_bound_are_closed_and_those_below_go_on() {
    let world = start_at(crate::clock::now(), Limits::default(), 2, Box::new(|_| Ok(Vec::new())));
    let phone = world.phone();
    assert_eq!(world.sync(&phone, "").await.status(), 200);
    let mut held = TcpStream::connect(("127.0.0.1", world.port)).await.unwrap();
    // Answered by an alert: the server has admitted it, and it holds the second place until it is closed.
    held.write_all(&[22, 3, 1]).await.unwrap();
    wait_for_connections(&world, &phone, 2).await;
    let mut third = TcpStream::connect(("127.0.0.1", world.port)).await.unwrap();
    let mut nothing = Vec::new();
    let _ = third.read_to_end(&mut nothing).await;
    assert!(nothing.is_empty());
    assert_eq!(world.sync(&phone, "").await.status(), 200);
}

async fn wait_for_connections(world: &World, phone: &reqwest::Client, wanted: u64) {
    let wanted = format!("walkbook_connections {wanted}\n");
    loop {
        let metrics = phone.get(world.url("/metrics")).bearer_auth(super::world::TOKEN).send().await.unwrap();
        if metrics.text().await.unwrap().contains(&wanted) {
            return;
        }
        tokio::task::yield_now().await;
    }
}

struct Endless<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Endless<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}

/// Perhaps a beginning, and then nothing any more.
struct Never(Option<Vec<u8>>);

impl futures_core::Stream for Never {
    type Item = Result<Vec<u8>, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.take().map_or(Poll::Pending, |beginning| Poll::Ready(Some(Ok(beginning))))
    }
}
