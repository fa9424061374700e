//! Bytes without end, without sense, or that unpack to much, from a device that was let in. The server keeps its memory within
//! bounds and goes on serving the others.

use crate::device::{Device, knock};
use crate::raw::Raw;
use crate::world::World;
use futures_util::future::join_all;
use reqwest::{Body, Response};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use walkbook_ledger::{Header, Subject};
use walkbook_model::{DoorId, Moment};
use walkbook_sync::{Frame, MAX_REQUEST_BYTES, Request, Run, RunEntry, pack};
use walkbook_vault::Salt;

const MIB: u64 = 1024 * 1024;
/// What the server holds when it has done nothing yet, and what its parts keep back of what they once needed.
const AT_REST: u64 = 96 * MIB;
/// What bodies may take in all: `Limits::first_bytes` and `Limits::body_bytes`.
const BODIES: u64 = (64 + 256) * MIB;
/// So many bodies that stand still would take more than that.
const STALLED: usize = 40;
/// What one request may unpack to.
const UNPACKED: u64 = 64 * MIB;

/// The most that the server may ever hold: the bodies, and each exchange that is worked on at once with what its request
/// unpacks to, once as frames and once as entries.
fn bound() -> u64 {
    let at_once = std::thread::available_parallelism().map_or(2, |threads| threads.get() as u64) * 2;
    AT_REST + BODIES + at_once * 2 * UNPACKED
}

struct Town {
    world: World,
    honest: Device,
    hostile: Device,
}

async fn town() -> Town {
    let world = World::start();
    let honest = Device::enrolled(&world, "aino").await;
    let hostile = Device::enrolled(&world, "mallory").await;
    Town { world, honest, hostile }
}

impl Town {
    /// The others are served, nothing has gone wrong inside, and the memory is within its bound.
    async fn stands(&mut self) {
        let river = self.world.names.river;
        self.honest.is_served(river, self.world.doors(river)[0]).await;
        let logs = self.world.home.logs();
        assert!(!logs.contains("panicked"), "{logs}");
        let (peak, bound) = (self.world.home.peak_bytes(), bound());
        println!("at most {} MiB, of {} MiB", peak / MIB, bound / MIB);
        assert!(peak < bound, "the server has held {peak} bytes");
    }

    /// What an honest phone sends for so many new knocks.
    fn shift(&mut self, knocks: u64) -> Vec<u8> {
        let door = DoorId::from_bytes([7; 16]);
        for _ in 0..knocks {
            self.hostile.write_at(door, &knock(self.world.names.river));
        }
        self.hostile.request().to_bytes()
    }
}

/// Numbers that follow from a seed (xorshift64*, Vigna 2016).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as usize % limit
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_refused_and_serves_nobody_ill() {
    let mut town = town().await;
    let mut draw = Draw(0x5eed);
    let mut answers = BTreeMap::new();
    let sound = town.shift(40);
    for round in 0..600 {
        let length = draw.below(4_000);
        let body = match round % 5 {
            0 => draw.bytes(length),
            1 => [&b"WB\x01"[..], &draw.bytes(length)].concat(),
            2 => sound[..draw.below(sound.len())].to_vec(),
            3 => {
                let mut body = sound.clone();
                (0..=draw.below(4)).for_each(|_| body[draw.below(sound.len())] = draw.below(256) as u8);
                body
            }
            _ => [sound.clone(), draw.bytes(length)].concat(),
        };
        let status = town.hostile.send(body).await.status().as_u16();
        *answers.entry(status).or_insert(0) += 1;
    }
    println!("{answers:?}");
    assert!(answers.keys().all(|status| [200, 400, 401, 409, 422].contains(status)), "{answers:?}");
    assert!(answers[&400] > 300, "{answers:?}");
    town.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_unpacks_to_much_is_held_within_the_bound() {
    let mut town = town().await;
    let bombs = [swollen_runs(&town.hostile, 62, 15, 64 * 1024), swollen_runs(&town.hostile, 60, 500, 64)];
    for bomb in bombs {
        assert!(bomb.len() < 256 * 1024, "it is no bomb: {} bytes", bomb.len());
        let town = &town;
        let sent = (0..16).map(|_| town.hostile.send(bomb.clone()));
        for answer in join_all(sent).await {
            assert!([400, 409, 422, 429, 503].contains(&answer.status().as_u16()), "{}", answer.status());
        }
    }
    let many_frames =
        pack(std::iter::once(Frame::Hello(town.hostile.hello())).chain((0..3_000).map(|_| swollen_list())));
    assert_eq!(town.hostile.send(many_frames).await.status(), 400);
    town.stands().await;
}

/// Runs that hardly weigh anything packed: so many, with so many entries of so many bytes. No chain holds them together.
fn swollen_runs(device: &Device, runs: usize, entries: u64, payload_bytes: usize) -> Vec<u8> {
    let entry = |seq| RunEntry {
        header: Header {
            seq,
            moment: Moment::from_bits(0),
            subject: Subject::Door(DoorId::from_bytes([7; 16])),
            epoch: 0,
        },
        body: Ok((Salt::from_bytes([0; 16]), vec![0; payload_bytes])),
    };
    let entries: Vec<RunEntry> = (1..=entries).map(entry).collect();
    let run = Run::new([0; 32], &entries, [0; 64]);
    Request { hello: device.hello(), runs: vec![run; runs] }.to_bytes()
}

/// A frame that belongs into an answer, as large as a frame may be.
fn swollen_list() -> Frame {
    Frame::List(vec![0; 1_000_000].into())
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_without_end_are_cut_off() {
    let mut town = town().await;
    for _ in 0..4 {
        let endless =
            Body::wrap_stream(Flow { chunk: vec![0xA5; 64 * 1024], left: usize::MAX, drained: Arc::default() });
        // Who is still sending may find the connection closed before he has read why.
        if let Ok(answer) = town.hostile.send_with(&town.hostile.proof(b""), endless).await {
            assert_eq!(answer.status(), 413);
        }
    }
    let announced = town.hostile.send_with(&town.hostile.proof(b""), vec![0; MAX_REQUEST_BYTES + 1]).await;
    assert!(announced.is_ok_and(|answer| answer.status() == 413));
    town.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_stand_still_do_not_keep_the_others_out() {
    let mut town = town().await;
    let mut stalled = Vec::new();
    for chunks in [127, 16, 1] {
        stalled.extend(stand_still(&town.hostile, chunks));
        // What the large ones leave free, smaller ones take.
        until(|| stalled.iter().all(|(has_come, sent)| has_come.load(Ordering::Relaxed) || sent.is_finished())).await;
    }
    until(|| stalled.iter().any(|(_, sent)| sent.is_finished())).await;
    town.stands().await;
    stalled.iter().for_each(|(_, sent)| sent.abort());
    town.stands().await;
}

/// Whether all of a body has been sent, and what becomes of it.
type Stalled = (Arc<AtomicBool>, JoinHandle<reqwest::Result<Response>>);

/// Sends bodies of so many chunks of 64 KiB that do not end.
fn stand_still(device: &Device, chunks: usize) -> Vec<Stalled> {
    let begin = |_| {
        let (device, drained) = (device.by_another_way(), Arc::<AtomicBool>::default());
        let body = Flow { chunk: vec![0xA5; 64 * 1024], left: chunks, drained: Arc::clone(&drained) };
        (drained, tokio::spawn(async move { device.send_with("no proof", Body::wrap_stream(body)).await }))
    };
    (0..STALLED).map(begin).collect()
}

async fn until(mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(120), "it does not come to that");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A body that comes in chunks, so many, and then stands still.
struct Flow {
    chunk: Vec<u8>,
    left: usize,
    drained: Arc<AtomicBool>,
}

impl futures_core::Stream for Flow {
    type Item = Result<Vec<u8>, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            self.drained.store(true, Ordering::Relaxed);
            return Poll::Pending;
        }
        self.left -= 1;
        Poll::Ready(Some(Ok(self.chunk.clone())))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_trickle_and_handshakes_that_stall_keep_nobody_out_and_are_cut_off() {
    let mut town = town().await;
    let mut trickling: Vec<Raw> = (0..100).map(|_| Raw::connect(&town.world, "http/1.1")).collect();
    trickling.iter_mut().for_each(|raw| assert!(raw.send(b"POST /v1/tenants/x/sync HTTP/1.1\r\nx-a: b")));
    let port = town.world.home.port();
    let stalled: Vec<_> = (0..100).map(|_| std::net::TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    town.stands().await;
    // Long before the connection as a whole is too old, whoever has not said what he wants is cut off.
    for mut raw in trickling {
        raw.send(b"c");
        let told = String::from_utf8_lossy(&raw.rest()).into_owned();
        assert!(told.is_empty() || told.starts_with("HTTP/1.1 408"), "{told}");
    }
    for mut stream in stalled {
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        let closed = std::io::Read::read(&mut stream, &mut [0]);
        assert!(!matches!(closed, Ok(1..)), "{closed:?}");
        assert!(closed.as_ref().err().is_none_or(|error| error.kind() != std::io::ErrorKind::WouldBlock));
    }
    town.stands().await;
}
