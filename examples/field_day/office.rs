//! The office: what the operator and the team lead do, with the server's own commands.

use crate::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// A server's binary and its folder.
pub(crate) struct Office {
    binary: PathBuf,
    folder: PathBuf,
}

impl Office {
    pub(crate) fn new(binary: &Path, folder: PathBuf) -> Self {
        Self { binary: binary.to_owned(), folder }
    }

    /// Runs a command; what it prints is its result, what it says to people is shown.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Vec<String>, Error> {
        let output = self.command(arguments).stderr(Stdio::piped()).output();
        let output = output.map_err(Error::io(self.binary.display()))?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if !output.status.success() {
            return Err(Error::Command { command: arguments.join(" "), said });
        }
        said.lines().for_each(|line| println!("    {line}"));
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }

    /// The one line that a command prints.
    pub(crate) fn run_for_one(&self, arguments: &[&str]) -> Result<String, Error> {
        let lines = self.run(arguments)?;
        lines.into_iter().next().ok_or(Error::Command { command: arguments.join(" "), said: "nothing".into() })
    }

    /// A number from the backend's tables.
    pub(crate) fn ask_tables(&self, sql: &str) -> Result<u64, Error> {
        let answer = self.run_for_one(&["backend", "query", sql])?;
        answer.parse().map_err(|_| Error::Command { command: sql.into(), said: answer })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("--folder").arg(&self.folder).args(arguments).stdin(Stdio::null());
        command
    }

    /// Starts the server, and returns when it listens.
    pub(crate) fn serve(&self) -> Result<Serving, Error> {
        let (log, port_file) = (self.folder.with_extension("log"), self.folder.with_extension("port"));
        let logs = File::create(&log).map_err(Error::io(log.display()))?;
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0", "--port-file"]);
        let child = command.arg(&port_file).stdout(Stdio::null()).stderr(logs).spawn();
        let mut serving = Serving { child: child.map_err(Error::io(self.binary.display()))?, port: 0 };
        let started = Instant::now();
        while serving.port == 0 {
            let has_ended = serving.child.try_wait().map_err(Error::io("the server"))?.is_some();
            if has_ended || started.elapsed() > STARTS_WITHIN {
                return Err(Error::NotStarted(log));
            }
            thread::sleep(Duration::from_millis(20));
            serving.port =
                std::fs::read_to_string(&port_file).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        }
        Ok(serving)
    }
}

/// A server that runs; stopped when dropped.
pub(crate) struct Serving {
    child: Child,
    pub(crate) port: u16,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        // Asked first; what does not listen is killed. It may have ended already.
        let asked =
            Command::new("sh").args(["-c", "kill -TERM \"$0\"", &id]).status().is_ok_and(|status| status.success());
        if !asked {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
