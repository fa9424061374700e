//! HTTP/2 below what a client library would send: floods of frames that cost the sender nothing. Whoever sends them is cut
//! off; the others do not notice.

use crate::device::Device;
use crate::raw::Raw;
use crate::world::World;
use std::time::Duration;

/// Types of frames (RFC 9113, section 6).
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// The most a server holds that has served a phone, with whatever an attack may add to it.
const HELD: u64 = 192 * 1024 * 1024;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A field as a literal that is not indexed (RFC 7541, section 6.2.2).
fn field(name: &str, value: &str) -> Vec<u8> {
    [&[0][..], &text(name), &text(value)].concat()
}

fn text(text: &str) -> Vec<u8> {
    let mut length = text.len();
    let mut bytes = Vec::new();
    if length < 127 {
        bytes.push(u8::try_from(length).unwrap());
    } else {
        bytes.push(127);
        length -= 127;
        while length >= 128 {
            bytes.push(u8::try_from(length % 128).unwrap() | 128);
            length /= 128;
        }
        bytes.push(u8::try_from(length).unwrap());
    }
    [bytes, text.as_bytes().to_vec()].concat()
}

fn request(world: &World) -> Vec<u8> {
    let path = format!("/v1/tenants/{}/sync", world.names.north);
    let fields = [(":method", "POST"), (":scheme", "https"), (":authority", "localhost"), (":path", &path)];
    let more = [("content-type", "application/walkbook"), ("walkbook-proof", "none")];
    fields.iter().chain(&more).flat_map(|(name, value)| field(name, value)).collect()
}

/// A connection on which HTTP/2 has begun.
fn begun(world: &World) -> Raw {
    let mut raw = Raw::connect(world, "h2");
    raw.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    raw.send(&frame(SETTINGS, 0, 0, &[]));
    raw.send(&frame(SETTINGS, 1, 0, &[]));
    raw
}

/// Whether the server has said goodbye in what came.
fn says_goodbye(mut bytes: &[u8]) -> bool {
    while let [a, b, c, kind, _, _, _, _, _, rest @ ..] = bytes {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        if *kind == GOAWAY {
            return true;
        }
        bytes = rest.get(length..).unwrap_or_default();
    }
    false
}

/// Sends this until the connection is closed; then the others are served, and the server holds no more than before.
async fn is_cut_off(beginning: &[u8], mut flood: impl FnMut(u32) -> Vec<u8>) {
    let world = World::start();
    let mut aino = Device::enrolled(&world, "aino").await;
    let mut raw = begun(&world);
    raw.send(beginning);
    let sent = (0..200_000_u32).take_while(|number| raw.send(&flood(*number))).count();
    let told = raw.rest();
    assert!(sent < 200_000 || says_goodbye(&told), "the server has taken {sent} of them");
    aino.is_served(world.names.river, world.doors(world.names.river)[0]).await;
    assert!(world.home.peak_bytes() < HELD, "{}", world.home.peak_bytes());
    assert!(!world.home.logs().contains("panicked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_called_off_as_fast_as_they_are_made_are_cut_off() {
    let world = World::start();
    let head = request(&world);
    drop(world);
    is_cut_off(&[], move |number| {
        let stream = 2 * number + 1;
        let open = frame(HEADERS, END_HEADERS, stream, &head);
        [open, frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_without_end_is_cut_off() {
    let open = [field(":method", "POST"), field("x-a", &"x".repeat(4_000))].concat();
    let more = field("x-a", &"x".repeat(8_000));
    is_cut_off(&frame(HEADERS, 0, 1, &open), move |_| frame(CONTINUATION, 0, 1, &more)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_in_ten_thousand_empty_parts_is_cut_off() {
    let open = field(":method", "POST");
    is_cut_off(&frame(HEADERS, 0, 1, &open), |_| frame(CONTINUATION, 0, 1, &[])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_unpacks_to_much_is_refused() {
    let world = World::start();
    let mut aino = Device::enrolled(&world, "aino").await;
    let mut raw = begun(&world);
    // One long field, put into the table (RFC 7541, section 6.2.1), and called up again and again by one byte.
    let long = [&[0x40][..], &text("x-a"), &text(&"x".repeat(3_900))].concat();
    let bomb = [request(&world), long, vec![0xbe; 12_000]].concat();
    raw.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &bomb));
    let told = raw.some(Duration::from_secs(3));
    let refused = says_goodbye(&told) || String::from_utf8_lossy(&told).contains("431") || told.len() > 40;
    assert!(refused, "{told:?}");
    aino.is_served(world.names.river, world.doors(world.names.river)[0]).await;
    assert!(world.home.peak_bytes() < HELD, "{}", world.home.peak_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_streams_at_once_are_not_worked_on_at_once() {
    let world = World::start();
    let mut aino = Device::enrolled(&world, "aino").await;
    let mut raw = begun(&world);
    let head = request(&world);
    for number in 0..100 {
        raw.send(&frame(HEADERS, END_HEADERS, 2 * number + 1, &head));
    }
    // Beyond eight, streams are refused: RST_STREAM with REFUSED_STREAM (7).
    let told = raw.some(Duration::from_secs(2));
    let refused = told.windows(13).filter(|window| window[3] == RST_STREAM && window[9..] == 7_u32.to_be_bytes());
    assert!(refused.count() >= 92 || says_goodbye(&told), "{} bytes", told.len());
    aino.is_served(world.names.river, world.doors(world.names.river)[0]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_ask_for_answers_without_end_do_not_pile_them_up() {
    let world = World::start();
    let mut aino = Device::enrolled(&world, "aino").await;
    for kind in [PING, SETTINGS] {
        let mut raw = begun(&world);
        // Nobody reads the answers: at some point nothing more is taken.
        let payload: &[u8] = if kind == PING { &[7; 8] } else { &[] };
        let flood = frame(kind, 0, 0, payload).repeat(1_000);
        raw.stops_taking(&flood, 20_000);
        aino.is_served(world.names.river, world.doors(world.names.river)[0]).await;
    }
    assert!(world.home.peak_bytes() < HELD, "{}", world.home.peak_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_mean_nothing_cost_nothing() {
    let world = World::start();
    let mut aino = Device::enrolled(&world, "aino").await;
    let mut raw = begun(&world);
    let idle = [frame(PRIORITY, 0, 1, &[0, 0, 0, 3, 7]), frame(0x77, 0, 0, &[1; 100])].concat();
    for _ in 0..2_000 {
        raw.send(&idle);
    }
    raw.send(&frame(HEADERS, END_HEADERS, 1, &request(&world)));
    for _ in 0..2_000 {
        raw.send(&frame(DATA, 0, 1, &[]));
    }
    aino.is_served(world.names.river, world.doors(world.names.river)[0]).await;
    assert!(world.home.peak_bytes() < HELD, "{}", world.home.peak_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_break_the_protocol_end_the_connection() {
    let world = World::start();
    let head = request(&world);
    let mut aino = Device::enrolled(&world, "aino").await;
    // Only its head: a server that closes on more would reset the connection, and its goodbye with it.
    let large = frame(DATA, 0, 1, &vec![0; 1 << 20])[..9].to_vec();
    for broken in [
        frame(DATA, 0, 0, b"x"),
        frame(HEADERS, END_HEADERS, 2, &head),
        frame(WINDOW_UPDATE, 0, 0, &0_u32.to_be_bytes()),
        frame(WINDOW_UPDATE, 0, 0, &0x7fff_ffff_u32.to_be_bytes()),
        frame(SETTINGS, 0, 0, &[0; 5]),
        frame(SETTINGS, 0, 0, &[0, 4, 0xff, 0xff, 0xff, 0xff]),
        frame(CONTINUATION, END_HEADERS, 1, &head),
        frame(PING, 0, 0, &[0; 7]),
        frame(HEADERS, END_HEADERS, 1, &[0xff; 200]),
        large,
    ] {
        let mut raw = begun(&world);
        raw.send(&broken);
        assert!(says_goodbye(&raw.rest()), "{:?}", &broken[..9]);
    }
    aino.is_served(world.names.river, world.doors(world.names.river)[0]).await;
}
