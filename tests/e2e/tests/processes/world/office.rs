//! The server's commands, and the server itself.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// A server's folder, and its commands.
pub(crate) struct Office {
    folder: PathBuf,
    /// The server's log and its port: not in its folder, nor on its disk.
    logs: TempDir,
    /// Where the server backs up.
    backup: Option<PathBuf>,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) results: String,
    pub(crate) to_people: String,
}

impl Office {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, logs: tempfile::tempdir().unwrap(), backup: None }
    }

    /// From its next start on the server backs up into this folder.
    pub(crate) fn back_up_to(&mut self, folder: PathBuf) {
        std::fs::create_dir(&folder).unwrap();
        self.backup = Some(folder);
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a command that has to work; gives its lines.
    pub(crate) fn run(&self, arguments: &[&str]) -> Vec<String> {
        let said = self.attempt(arguments);
        assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.to_people);
        said.results.lines().map(str::to_owned).collect()
    }

    /// The one line that a command prints.
    pub(crate) fn run_for_one(&self, arguments: &[&str]) -> String {
        self.run(arguments).into_iter().next().expect("a command prints its result")
    }

    /// Runs a command that may fail.
    pub(crate) fn attempt(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output().unwrap();
        Said {
            code: output.status.code(),
            results: String::from_utf8(output.stdout).unwrap(),
            to_people: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that finds these programs before all others.
    pub(crate) fn attempt_with_programs(&self, arguments: &[&str], programs: &Path) -> Said {
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let output = self.command(arguments).env("PATH", path).output().unwrap();
        Said {
            code: output.status.code(),
            results: String::from_utf8(output.stdout).unwrap(),
            to_people: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that reads this line.
    pub(crate) fn attempt_with(&self, arguments: &[&str], line: &str) -> Said {
        let mut command = self.command(arguments);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
        let output = child.wait_with_output().unwrap();
        Said {
            code: output.status.code(),
            results: String::from_utf8(output.stdout).unwrap(),
            to_people: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command and kills it after this time, wherever it is by then; says whether it had come to its end.
    pub(crate) fn cut_off(&self, arguments: &[&str], after: Duration) -> bool {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap().success()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
        command.arg("--folder").arg(&self.folder).args(arguments).stdin(Stdio::null());
        command
    }

    /// What the server has logged.
    pub(crate) fn logs(&self) -> String {
        std::fs::read_to_string(self.logs_file()).unwrap()
    }

    fn logs_file(&self) -> PathBuf {
        self.logs.path().join("server.log")
    }

    /// Starts the server, and returns when it listens.
    pub(crate) fn serve(&self) -> Serving {
        let port_file = self.logs.path().join("port");
        let _ = std::fs::remove_file(&port_file);
        let logs = File::options().append(true).create(true).open(self.logs_file()).unwrap();
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0", "--port-file"]);
        command.envs(self.backup.iter().map(|folder| ("WALKBOOK_BACKUP_TO", folder)));
        let mut child = command.arg(&port_file).stdout(Stdio::null()).stderr(logs).spawn().unwrap();
        let started = Instant::now();
        loop {
            let port = std::fs::read_to_string(&port_file).ok().and_then(|text| text.trim_end().parse().ok());
            if let Some(port) = port {
                return Serving { child, port };
            }
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none() && started.elapsed() < STARTS_WITHIN, "it does not start: {}", self.logs());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A server that runs; killed when dropped.
pub(crate) struct Serving {
    child: Child,
    port: u16,
}

impl Serving {
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// SIGKILL.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM.
    pub(crate) fn stop(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("sh").args(["-c", "kill -TERM \"$0\"", &id]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
