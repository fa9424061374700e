//! What was promised, and what is there.

/// Promises, held one by one.
#[derive(Default)]
pub(crate) struct Promises {
    broken: Vec<String>,
}

impl Promises {
    /// Holds a promise against what was seen.
    pub(crate) fn hold(&mut self, is_kept: bool, promise: &str, seen: impl std::fmt::Display) {
        println!("  {} {promise} ({seen})", if is_kept { "✓" } else { "✗" });
        if !is_kept {
            self.broken.push(promise.to_owned());
        }
    }

    /// Says how it stands, and whether all were kept.
    pub(crate) fn conclude(&self) -> bool {
        for promise in &self.broken {
            println!("BROKEN: {promise}");
        }
        self.broken.is_empty()
    }
}
