//! A wire between two regions, which may be cut, and keeps what has passed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

pub(crate) struct Relay {
    port: u16,
    wire: Arc<Mutex<Wire>>,
}

#[derive(Default)]
struct Wire {
    leads_to: Option<u16>,
    open: Vec<TcpStream>,
    passed: Vec<u8>,
}

impl Relay {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, wire) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Wire>>::default());
        let served = Arc::clone(&wire);
        thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                let Some(port) = served.lock().unwrap().leads_to else { continue };
                let Ok(called) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                let ways = [caller.try_clone().unwrap(), called.try_clone().unwrap()];
                served.lock().unwrap().open.extend(ways.iter().map(|end| end.try_clone().unwrap()));
                let [from_caller, from_called] = ways;
                passes(from_caller, called, Arc::clone(&served));
                passes(from_called, caller, Arc::clone(&served));
            }
        });
        Self { port, wire }
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// From now on it leads to this port; or it is cut, with whatever is under way.
    pub(crate) fn leads_to(&self, port: Option<u16>) {
        let mut wire = self.wire.lock().unwrap();
        wire.leads_to = port;
        for end in wire.open.drain(..) {
            // It may have ended already.
            let _ = end.shutdown(std::net::Shutdown::Both);
        }
    }

    /// All that has passed, either way.
    pub(crate) fn passed(&self) -> Vec<u8> {
        self.wire.lock().unwrap().passed.clone()
    }
}

fn passes(mut from: TcpStream, mut to: TcpStream, wire: Arc<Mutex<Wire>>) {
    thread::spawn(move || {
        let mut part = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut part) {
            wire.lock().unwrap().passed.extend_from_slice(&part[..length]);
            if to.write_all(&part[..length]).is_err() {
                break;
            }
        }
        // The other end may have gone before.
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
}
