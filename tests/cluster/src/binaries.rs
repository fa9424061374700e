//! PostgreSQL's programs, run by somebody who is not root: they refuse to be.

use std::path::{Path, PathBuf};
use std::process::Command;

const ANYWHERE: [&str; 2] = ["/usr/local/bin", "/usr/bin"];
const DEBIAN: &str = "/usr/lib/postgresql";

/// Where a program of PostgreSQL's is.
pub(crate) fn find(name: &str) -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir(DEBIAN)
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    let places = versions.into_iter().rev().chain(ANYWHERE.map(PathBuf::from));
    let found = places.map(|place| place.join(name)).find(|program| program.exists());
    found.unwrap_or_else(|| panic!("PostgreSQL's {name} is not here: run `make setup`, or install postgresql"))
}

/// Who runs the database: nobody, in the place of root.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunAs {
    ids: Option<(u32, u32)>,
}

impl RunAs {
    pub(crate) fn unprivileged() -> Self {
        let is_root = ask("id", &["-u"]) == "0";
        let ids = is_root.then(|| {
            let id = |kind| ask("id", &[kind, "nobody"]).parse().expect("an id");
            (id("-u"), id("-g"))
        });
        Self { ids }
    }

    /// Lets this user own what is to be written in.
    pub(crate) fn own(self, path: &Path) {
        if let Some((user, group)) = self.ids {
            std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
        }
    }

    /// The beginning of a command line that this user runs.
    pub(crate) fn prefix(self) -> Vec<String> {
        match self.ids {
            None => Vec::new(),
            Some((user, group)) => {
                let ids = [format!("--reuid={user}"), format!("--regid={group}")];
                ["setpriv".to_owned()].into_iter().chain(ids).chain(["--clear-groups".to_owned()]).collect()
            }
        }
    }

    /// Runs a program to its end.
    pub(crate) fn run(self, program: &Path, arguments: &[&str]) {
        self.run_in(program, arguments, None);
    }

    /// The same, with this in its environment.
    pub(crate) fn run_in(self, program: &Path, arguments: &[&str], environment: Option<(&str, PathBuf)>) {
        let mut line = self.prefix();
        line.push(program.to_str().unwrap().to_owned());
        let (first, rest) = line.split_first().unwrap();
        let mut command = Command::new(first);
        command.args(rest).args(arguments).env("LC_ALL", "C").envs(environment).current_dir("/");
        let output = command.output().unwrap_or_else(|error| panic!("{first}: {error}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", program.display());
    }
}

fn ask(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
