//! Getting in by what a tenant's provider says, or seems to say.

#[path = "providers/authority.rs"]
pub(crate) mod authority;
#[path = "providers/browser.rs"]
mod browser;
#[path = "providers/honest.rs"]
mod honest;
#[path = "providers/hostile.rs"]
pub(crate) mod hostile;
#[path = "providers/stolen.rs"]
mod stolen;
#[path = "providers/tokens.rs"]
mod tokens;
#[path = "providers/visitor.rs"]
pub(crate) mod visitor;
#[path = "providers/whose.rs"]
mod whose;

use crate::device::refused;
use crate::world::{Stand, World};
use serde_json::{Value, json};
use walkbook_server::store::audit::Deed;

/// Where the app is called back.
const REDIRECT: &str = "org.example.app:/signed-in";

/// Base64url without padding (RFC 4648, 5).
fn encoded(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let letters = |chunk: &[u8]| {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        (0..=chunk.len()).map(move |at| char::from(LETTERS[(bits >> (18 - 6 * at) & 63) as usize]))
    };
    bytes.chunks(3).flat_map(letters).collect()
}

/// Aino, as she signs in: of the north's organisation, with two factors.
fn aino() -> Value {
    json!({ "sub": "aino", "org_id": "org_north", "amr": ["pwd", "mfa"] })
}

/// With another value in the place of one.
fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

/// The north's people sign in at this provider from then on.
pub(crate) fn signs_in_at(world: &World, issuer: &str, authorities: &str, more: &[&str]) {
    let north = world.names.north.to_string();
    let command = [
        &["tenant", "sign-in", &north, "--issuer", issuer, "--client-id", "walkbook", "--claim", "org_id=org_north"][..],
        &["--authorities", authorities, "--allow-private-address"],
        more,
    ];
    world.home.run(&command.concat());
}

/// Who somebody is there.
pub(crate) fn is_known(world: &World, name: &str, by: &[&str]) {
    let (user, north) = (world.user(name).to_string(), world.names.north.to_string());
    world.home.run(&[&["user", "identity", &user, "--tenant", &north], by].concat());
}

/// Nobody comes in, nothing is changed, and the log has it.
struct Kept<'a> {
    world: &'a World,
    before: Stand,
    records: usize,
}

impl<'a> Kept<'a> {
    fn of(world: &'a World) -> Self {
        Self { world, before: world.stand(), records: world.audit(world.names.north).len() }
    }

    /// Somebody was refused who came as this user.
    async fn from(self, answer: reqwest::Response, name: &str) {
        refused(answer, 401, "sign-in-refused").await;
        self.is_whole(&[Deed::SignInRefused { user: self.world.user(name) }]);
    }

    fn is_whole(&self, written: &[Deed]) {
        self.before.is_still(&self.world.stand());
        assert_eq!(self.world.audited_since(self.world.names.north, self.records), written);
    }
}
