//! A real terminal with the phone in it: tmux, with a server of its own.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

/// An exchange on a machine with much else to do.
const SHOWS_WITHIN: Duration = Duration::from_secs(60);

/// Ends, with what runs in it, when dropped.
pub(crate) struct Terminal {
    socket: String,
}

impl Terminal {
    /// Opens the phone in this folder.
    pub(crate) fn open(folder: &Path) -> Self {
        let terminal = Self { socket: folder.with_extension("tmux").display().to_string() };
        let command = format!("'{}' '{}'", env!("CARGO_BIN_EXE_terminal_phone"), folder.display());
        terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", &command]);
        terminal
    }

    fn tmux(&self, arguments: &[&str]) -> Output {
        let output = Command::new("tmux").arg("-S").arg(&self.socket).args(arguments).output().unwrap();
        assert!(output.status.success(), "tmux: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Presses keys as tmux names them.
    pub(crate) fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    pub(crate) fn paste(&self, text: &str) {
        self.tmux(&["set-buffer", text]);
        self.tmux(&["paste-buffer", "-p"]);
    }

    /// Waits until the screen shows this.
    pub(crate) fn shows(&self, text: &str) {
        let started = Instant::now();
        loop {
            let screen = String::from_utf8(self.tmux(&["capture-pane", "-p"]).stdout).unwrap();
            if screen.contains(text) {
                return;
            }
            assert!(started.elapsed() < SHOWS_WITHIN, "it does not show {text:?}, but:\n{screen}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = Command::new("tmux").arg("-S").arg(&self.socket).arg("kill-server").output();
        // Whoever opens the next one here would meet a server that is ending.
        let started = Instant::now();
        while UnixStream::connect(&self.socket).is_ok() && started.elapsed() < SHOWS_WITHIN {
            thread::sleep(Duration::from_millis(20));
        }
    }
}
