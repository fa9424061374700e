//! A provider that does what OpenID Connect says: `oidc-provider`, in a process of its own.

use super::authority::Authority;
use super::browser::Browser;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

pub(crate) struct Honest {
    process: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    authority: Authority,
    pub(crate) issuer: String,
    folder: TempDir,
}

impl Honest {
    pub(crate) fn start() -> Self {
        let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
        let issued = authority.issue();
        let [chain, key] = [("chain.pem", issued.certificate), ("key.pem", issued.key)].map(|(name, pem)| {
            let file = folder.path().join(name);
            std::fs::write(&file, pem).unwrap();
            file
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("provider/provider.mjs");
        let mut command = Command::new(installed("tools/bin/node"));
        command.arg(script).arg(installed("oidc-provider/node_modules/oidc-provider/lib/index.js")).arg(chain).arg(key);
        // It warns of what a test wants: that it forgets everything.
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap());
        let commands = process.stdin.take();
        let issuer = line(&mut answers);
        Self { process, commands, answers, authority, issuer, folder }
    }

    /// A file with the authority that it is known by.
    pub(crate) fn authorities(&self) -> String {
        let file = self.folder.path().join("authorities.pem");
        std::fs::write(&file, self.authority.pem()).unwrap();
        file.to_str().unwrap().to_owned()
    }

    /// From now on it signs with another key, and shows no other.
    pub(crate) fn rotates(&mut self) {
        self.told("rotate");
    }

    /// From now on this one does not sign in any more.
    pub(crate) fn disables(&mut self, subject: &str) {
        self.told(&format!("disable {subject}"));
    }

    /// It is gone.
    pub(crate) fn stops(&mut self) {
        // It ends with whoever commands it. What was started may only be what starts it.
        drop(self.commands.take());
        self.process.wait().unwrap();
    }

    /// Somebody signs in there whom these claims describe, and is sent back; where to.
    pub(crate) async fn visited(&self, url: &str, claims: &Value) -> String {
        let hint: String = claims.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
        Browser::new(&self.authority).goes(&format!("{url}&login_hint={hint}")).await
    }

    fn told(&mut self, command: &str) {
        writeln!(self.commands.as_mut().unwrap(), "{command}").unwrap();
        assert_eq!(line(&mut self.answers), "done");
    }
}

impl Drop for Honest {
    fn drop(&mut self) {
        drop(self.commands.take());
        // It may have ended already.
        let _ = self.process.wait();
    }
}

fn line(answers: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    assert!(answers.read_line(&mut line).unwrap() > 0, "the provider has ended");
    line.trim_end().to_owned()
}

/// What `make setup` has installed.
fn installed(what: &str) -> PathBuf {
    let home = || Path::new(&std::env::var_os("HOME").unwrap()).join(".cache/walkbook");
    let found = std::env::var_os("WALKBOOK_CACHE").map_or_else(home, PathBuf::from).join(what);
    assert!(found.exists(), "{} is not there: run `make setup`", found.display());
    found
}
