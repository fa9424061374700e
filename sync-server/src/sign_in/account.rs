//! What the server knows of somebody who signs in.

use super::password::is_right;
use super::provider::Vouched;
use super::second_factor::{self, Secret, step_of};
use crate::store::accounts::SecondFactor;
use serde::{Deserialize, Serialize};
use walkbook_model::{ContentHash, Timestamp, UserId};
use walkbook_vault::{InvitationCode, SecureRandom};

const RECOVERY_CODES: usize = 10;

/// How somebody signs in: with a password, at their tenant's provider, or in both ways.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    // What was stored before there were providers has the password's members at the top.
    #[serde(flatten)]
    password: Option<Password>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity: Option<Expected>,
}

/// Who somebody is at their tenant's provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The one whom the provider knows by this name; see [`ProviderSettings`](super::provider::ProviderSettings).
    Subject(ContentHash),
    /// Whoever first comes with this address, which the provider has verified; from then on that one and nobody else.
    Email(String),
}

/// A password's hash, the secret of the second factor, and what of both is spent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Password {
    password: String,
    secret: Secret,
    /// The last step whose code was taken: none up to it is taken again.
    last_step: u64,
    /// Whether a code was ever given: from then on one is always needed.
    is_confirmed: bool,
    /// The digests of those that are left.
    recovery: Vec<ContentHash>,
}

walkbook_model::redacted!(Account, Expected, Password);

/// An account that is new, and what its user is told once.
pub(crate) struct Made {
    pub(crate) account: Account,
    /// For the authenticator.
    pub(crate) link: String,
    pub(crate) recovery_codes: Vec<String>,
}

/// Makes an account of a password's hash; nothing where the system gives no random bytes.
pub(crate) fn made(password: String, user: UserId, random: &dyn SecureRandom) -> Option<Made> {
    let secret = draw(random)?;
    let codes = (0..RECOVERY_CODES).map(|_| draw(random).map(InvitationCode::from_bytes));
    let codes: Vec<_> = codes.collect::<Option<_>>()?;
    let recovery = codes.iter().map(InvitationCode::digest).collect();
    let password = Password { password, secret, last_step: 0, is_confirmed: false, recovery };
    let account = Account { password: Some(password), identity: None };
    let recovery_codes = codes.iter().map(|code| code.text().to_string()).collect();
    Some(Made { account, link: second_factor::link(secret, user)?, recovery_codes })
}

impl Account {
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let account: Self = serde_json::from_slice(bytes).ok()?;
        (account.password.is_some() || account.identity.is_some()).then_some(account)
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The account with what was given spent, if it opens it. Whatever is wrong, and if there is no account at all, it takes
    /// as long.
    pub(crate) fn opened(
        account: Option<Self>,
        (password, code): (&str, Option<&str>),
        is_second_demanded: bool,
        now: Timestamp,
    ) -> Option<(Self, SecondFactor)> {
        let (known, identity) = account.map_or((None, None), |account| (account.password, account.identity));
        let is_right = is_right(password, known.as_ref().map(|known| &*known.password));
        let spent = known.and_then(|known| known.spend(code, is_second_demanded, now)).filter(|_| is_right);
        spent.map(|(password, with)| (Self { password: Some(password), identity }, with))
    }

    /// The same account, of the user whom the provider vouches for, if that is who was expected.
    pub(crate) fn vouched_for(self, vouched: &Vouched) -> Option<Self> {
        match self.identity.as_ref()? {
            Expected::Subject(known) => (*known == vouched.subject).then_some(self),
            Expected::Email(address) => {
                let is_same = vouched.email.as_ref().is_some_and(|found| found.eq_ignore_ascii_case(address));
                is_same.then(|| self.expecting(Expected::Subject(vouched.subject)))
            }
        }
    }

    /// The same account, of somebody who is this one at the provider, whoever was expected before.
    pub(crate) fn expecting(self, identity: Expected) -> Self {
        Self { identity: Some(identity), ..self }
    }
}

impl Password {
    fn spend(self, code: Option<&str>, is_second_demanded: bool, now: Timestamp) -> Option<(Self, SecondFactor)> {
        let Some(code) = code else {
            let is_needed = is_second_demanded || self.is_confirmed;
            return (!is_needed).then_some((self, SecondFactor::None));
        };
        if let Some(step) = step_of(self.secret, code, now) {
            let spent = Self { last_step: step, is_confirmed: true, ..self.clone() };
            return (step > self.last_step).then_some((spent, SecondFactor::Authenticator));
        }
        let code = InvitationCode::parse(code).ok()?;
        let left: Vec<_> = self.recovery.iter().copied().filter(|known| !code.matches(*known)).collect();
        let is_one = left.len() < self.recovery.len();
        is_one.then_some((Self { recovery: left, is_confirmed: true, ..self }, SecondFactor::RecoveryCode))
    }
}

fn draw<const N: usize>(random: &dyn SecureRandom) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    random.fill(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::{code_at, hash};
    use super::*;
    use walkbook_vault::SystemRandom;

    const PASSWORD: &str = "correct horse battery";

    const fn at(seconds: u64) -> Timestamp {
        Timestamp::from_ms((1_795_000_000 + seconds) * 1_000)
    }

    fn account() -> Made {
        let password = hash(PASSWORD, [1; 16]).unwrap();
        made(password, UserId::from_bytes([2; 16]), &SystemRandom::new()).unwrap()
    }

    fn open(
        account: &Account,
        code: Option<&str>,
        is_demanded: bool,
        now: Timestamp,
    ) -> Option<(Account, SecondFactor)> {
        Account::opened(Some(account.clone()), (PASSWORD, code), is_demanded, now)
    }

    #[test]
    fn a_code_opens_once_and_none_before_it_ever_again() {
        let Made { account, link, .. } = account();
        let [earlier, code, later] = [0, 30, 60].map(|seconds| code_at(&link, at(seconds)));
        let (spent, with) = open(&account, Some(&code), true, at(30)).unwrap();
        assert_eq!(with, SecondFactor::Authenticator);
        for old in [&code, &earlier] {
            assert!(open(&spent, Some(old), true, at(31)).is_none());
        }
        assert!(open(&spent, Some(&later), true, at(31)).is_some());
        assert!(Account::opened(Some(account), ("wrong horse battery", Some(&code)), true, at(30)).is_none());
    }

    #[test]
    fn each_recovery_code_opens_once_however_it_is_typed() {
        let Made { account, recovery_codes, .. } = account();
        assert_eq!(recovery_codes.len(), RECOVERY_CODES);
        let typed = recovery_codes[3].to_lowercase().replace('-', " ");
        let (spent, with) = open(&account, Some(&typed), true, at(0)).unwrap();
        let left = spent.password.as_ref().unwrap().recovery.len();
        assert_eq!((with, left), (SecondFactor::RecoveryCode, RECOVERY_CODES - 1));
        assert!(open(&spent, Some(&recovery_codes[3]), true, at(0)).is_none());
        assert!(open(&spent, Some(&recovery_codes[4]), true, at(0)).is_some());
    }

    #[test]
    fn a_second_factor_is_needed_where_it_is_demanded_and_by_whoever_has_used_one() {
        let Made { account, link, .. } = account();
        assert!(open(&account, None, true, at(0)).is_none());
        assert_eq!(open(&account, None, false, at(0)).unwrap().1, SecondFactor::None);
        // A wrong one is wrong also where none is needed.
        assert!(open(&account, Some("000000x"), false, at(0)).is_none());
        let (spent, _) = open(&account, Some(&code_at(&link, at(0))), false, at(0)).unwrap();
        assert!(open(&spent, None, false, at(60)).is_none());
    }

    #[test]
    fn what_is_stored_is_read_back_and_prints_nothing() {
        let Made { account, .. } = account();
        assert!(Account::from_bytes(&account.to_bytes().unwrap()).unwrap() == account);
        assert_eq!(format!("{account:?}"), "Account(…)");
        assert!(Account::from_bytes(b"rubbish").is_none() && Account::from_bytes(b"{}").is_none());
    }

    fn vouched(subject: &str, email: Option<&str>) -> Vouched {
        let (subject, email) = (ContentHash::of(subject.as_bytes()), email.map(Into::into));
        Vouched { subject, email, has_second_factor: true }
    }

    #[test]
    fn the_provider_lets_in_whom_it_was_expected_to_and_nobody_else() {
        let hers = vouched("hers", Some("aino@example.org"));
        assert!(Account::default().vouched_for(&hers).is_none());
        assert!(account().account.vouched_for(&hers).is_none(), "a password is no identity");
        let known = account().account.expecting(Expected::Subject(hers.subject));
        assert!(Account::from_bytes(&known.to_bytes().unwrap()).unwrap() == known);
        assert!(known.clone().vouched_for(&hers).unwrap() == known);
        assert!(known.vouched_for(&vouched("another's", Some("aino@example.org"))).is_none());
    }

    #[test]
    fn an_address_lets_in_the_first_who_comes_with_it_and_nobody_after() {
        let expected = Account::default().expecting(Expected::Email("aino@example.org".into()));
        assert!(Account::from_bytes(&expected.to_bytes().unwrap()).unwrap() == expected);
        for other in [None, Some(""), Some("aino@example.org.evil.example"), Some("aino+1@example.org")] {
            assert!(expected.clone().vouched_for(&vouched("hers", other)).is_none(), "{other:?}");
        }
        let bound = expected.vouched_for(&vouched("hers", Some("Aino@Example.org"))).unwrap();
        // The address was given to somebody else meanwhile.
        assert!(bound.clone().vouched_for(&vouched("the next one's", Some("aino@example.org"))).is_none());
        assert!(bound.vouched_for(&vouched("hers", Some("her-new-one@example.org"))).is_some());
    }

    #[test]
    fn an_account_from_before_there_were_providers_is_read() {
        let secret = vec!["7"; 20].join(",");
        let old = format!(
            r#"{{"password":"$argon2id$","secret":[{secret}],"last_step":3,"is_confirmed":true,"recovery":[]}}"#
        );
        let account = Account::from_bytes(old.as_bytes()).unwrap();
        assert_eq!(account.password.as_ref().map(|known| known.last_step), Some(3));
        assert_eq!(account.to_bytes().unwrap(), old.as_bytes());
    }
}
