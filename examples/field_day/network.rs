//! The network between phones and server: a wire that can be cut, and that can lose an answer.

use crate::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Bytes from a phone after which its request is under way: more than greetings, less than a shift.
const UNDER_WAY: usize = 2_000;
/// How long nothing has to come from the server for its answer to be over.
const OVER: Duration = Duration::from_millis(700);

/// Passes bytes between phones and the server.
pub(crate) struct Network {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    server: AtomicU16,
    is_cut: AtomicBool,
    /// The next exchange's answer is lost.
    loses_answer: AtomicBool,
    wires: Mutex<Vec<TcpStream>>,
}

impl Network {
    pub(crate) fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(Error::io("the network"))?;
        let port = listener.local_addr().map_err(Error::io("the network"))?.port();
        let state = Arc::new(State::default());
        let passes = Arc::clone(&state);
        thread::spawn(move || {
            for phone in listener.incoming().flatten() {
                let state = Arc::clone(&passes);
                thread::spawn(move || state.connect(&phone));
            }
        });
        Ok(Self { port, state })
    }

    /// Where phones find the server.
    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    pub(crate) fn lead_to(&self, server_port: u16) {
        self.state.server.store(server_port, Ordering::Relaxed);
    }

    /// Cuts every wire, and lets nobody connect.
    pub(crate) fn cut(&self) {
        self.state.is_cut.store(true, Ordering::Relaxed);
        for wire in self.state.wires.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // It may be closed already.
            let _ = wire.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn mend(&self) {
        self.state.is_cut.store(false, Ordering::Relaxed);
    }

    /// Loses the answer to the next request: the server gets all of it, the phone nothing.
    pub(crate) fn lose_next_answer(&self) {
        self.state.loses_answer.store(true, Ordering::Relaxed);
    }
}

impl State {
    fn connect(&self, phone: &TcpStream) {
        if self.is_cut.load(Ordering::Relaxed) {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", self.server.load(Ordering::Relaxed))) else { return };
        let loses = self.loses_answer.swap(false, Ordering::Relaxed);
        let is_under_way = AtomicBool::new(false);
        self.wires
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(phone.try_clone().into_iter().chain(server.try_clone()));
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut passed = 0;
                pass(phone, &server, |bytes| {
                    passed += bytes;
                    is_under_way.store(loses && passed > UNDER_WAY, Ordering::Relaxed);
                    true
                });
            });
            pass(&server, phone, |_| !is_under_way.load(Ordering::Relaxed));
            if is_under_way.load(Ordering::Relaxed) {
                swallow(&server);
            }
            // Both ends are told; one may be closed already.
            let _ = phone.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Both);
        });
    }
}

/// Passes bytes on, as long as that is wanted of what was read.
fn pass(mut from: &TcpStream, mut to: &TcpStream, mut wanted: impl FnMut(usize) -> bool) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        let passed = wanted(count).then(|| bytes.get(..count)).flatten().map(|bytes| to.write_all(bytes));
        if !matches!(passed, Some(Ok(()))) {
            return;
        }
    }
    // Whoever has said all may still be answered.
    let _ = to.shutdown(Shutdown::Write);
}

/// Waits until the server has said everything.
fn swallow(mut server: &TcpStream) {
    let mut bytes = vec![0; 64 * 1024];
    if server.set_read_timeout(Some(OVER)).is_err() {
        return;
    }
    loop {
        match server.read(&mut bytes) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
