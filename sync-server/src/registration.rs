//! The registration directory: in which region somebody is, of whom no more is known than an e-mail address. The one thing that
//! crosses between regions (`core/decisions/0024-the-directory.md`).
//!
//! What lies on disks and travels is a keyed hash of each address. Each region's server asks the others who is there, and keeps what
//! it was told; whoever is told anything has shown the key that all regions share.

mod asking;
mod gathering;
mod own;
mod spoken;
mod tags;

pub(crate) use spoken::MAX_QUESTION_BYTES;

use crate::config::Layout;
use crate::store::Store;
use own::Own;
use reqwest::Client;
use spoken::{Answer, PAGE, Page, Question};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tags::Tags;
use thiserror::Error;
use walkbook_model::{Email, Timestamp};
use walkbook_vault::{RegistrationKey, SealKey, SecureRandom};

/// How far a question's time may be from the server's clock, either way.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// An answer that has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why there is no directory.
#[derive(Debug, Error)]
pub enum NoDirectory {
    /// A region's name is not one that may be a file's.
    #[error("the region's name {name:?} has other than small letters, digits and hyphens")]
    Name {
        /// The name.
        name: String,
    },
    /// The authorities that a region's server is known by are none.
    #[error("the authorities that {region} is known by are none: give them again with `region add`")]
    Authorities {
        /// The region.
        region: String,
    },
}

/// A region, as it stands in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where its server is.
    pub url: String,
    /// The authorities that the server is known by (PEM), instead of the public ones.
    pub authorities: Option<String>,
}

/// The regions, and who is there.
pub struct Registration {
    key: RegistrationKey,
    /// This server's own region.
    name: String,
    layout: Layout,
    random: Arc<dyn SecureRandom + Send + Sync>,
    own: Own,
    regions: BTreeMap<String, Region>,
}

struct Region {
    url: String,
    /// Nothing for this server's own.
    client: Option<Client>,
    tags: Mutex<Arc<Tags>>,
    /// When it was last asked, and has answered; of the own region, when the store was looked into.
    answered_at: Mutex<Option<Timestamp>>,
}

/// How much is known of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub region: String,
    /// How many are there.
    pub people: u64,
    /// When its server was last heard of.
    pub answered_at: Option<Timestamp>,
}

/// Why somebody is told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Untold {
    /// The server has just started, and does not know yet who is here: nobody is to be told that nobody is.
    NotYet,
    /// Whoever asked has not shown the key, or asks another region, or at another time.
    NotOfUs,
}

impl Region {
    fn new(place: &Place, client: Option<Client>, tags: Tags) -> Self {
        Self { url: place.url.clone(), client, tags: Mutex::new(Arc::new(tags)), answered_at: Mutex::default() }
    }

    fn tags(&self) -> Arc<Tags> {
        Arc::clone(&self.tags.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, tags: Tags) {
        *self.tags.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(tags);
    }

    fn answered_at(&self) -> Option<Timestamp> {
        *self.answered_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_answered(&self, now: Timestamp) {
        *self.answered_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
}

impl Registration {
    /// The directory of this server's region and of these others; with what was known of them when the server last ran.
    ///
    /// # Errors
    /// [`NoDirectory`].
    pub fn new(
        shared: &SealKey,
        (name, place): (&str, &Place),
        others: &BTreeMap<String, Place>,
        layout: Layout,
        store: Arc<dyn Store>,
        random: Arc<dyn SecureRandom + Send + Sync>,
    ) -> Result<Arc<Self>, NoDirectory> {
        let mut regions = BTreeMap::from([(checked(name)?, Region::new(place, None, Tags::default()))]);
        for (name, place) in others {
            let client = crate::outgoing::client(place.authorities.as_deref(), PATIENCE);
            let client = client.and_then(|builder| builder.https_only(true).build().ok());
            let client = client.ok_or_else(|| NoDirectory::Authorities { region: name.clone() })?;
            let name = checked(name)?;
            let kept = asking::kept(&layout, &name);
            regions.insert(name, Region::new(place, Some(client), kept));
        }
        let (key, name, own) = (RegistrationKey::new(shared), name.to_owned(), Own::new(store));
        Ok(Arc::new(Self { key, name, layout, random, own, regions }))
    }

    /// Every region and where its server is, in the order in which to look for somebody: first where they are, and then by what is as
    /// good as drawn, for each address once and for all. So whoever is nowhere stands first in some region, too.
    pub(crate) fn find(&self, email: &Email) -> Result<Vec<(String, String)>, Untold> {
        self.own_tags()?;
        let tag = self.key.tag(email);
        let place = |(name, region): (&String, &Region)| {
            let is_elsewhere = !region.tags().contains(tag);
            ((is_elsewhere, self.key.rank(tag, name)), (name.clone(), region.url.clone()))
        };
        let mut places: Vec<_> = self.regions.iter().map(place).collect();
        places.sort_unstable();
        Ok(places.into_iter().map(|(_, place)| place).collect())
    }

    /// What another region's server is told that asks who is here.
    pub(crate) fn answer(&self, asked: &[u8], now: Timestamp) -> Result<Vec<u8>, Untold> {
        let question = Question::from_bytes(&self.key, asked).ok_or(Untold::NotOfUs)?;
        let apart = u128::from(question.at.as_ms().abs_diff(now.as_ms()));
        let is_for_us = question.to == self.name && question.from != self.name;
        if apart > FRESH.as_millis() || !is_for_us || !self.regions.contains_key(&question.from) {
            return Err(Untold::NotOfUs);
        }
        let tags = self.own_tags()?;
        let (page, is_last) = tags.page(question.after, PAGE);
        let page = Page { tags: page.to_vec(), is_last };
        let is_known = question.after.is_none() && question.known == tags.version();
        let answer = Answer { version: tags.version(), page: (!is_known).then_some(page) };
        Ok(answer.to_bytes(&self.key, asked))
    }

    fn own_tags(&self) -> Result<Arc<Tags>, Untold> {
        let own = self.regions.get(&self.name).filter(|own| own.answered_at().is_some());
        own.map(Region::tags).ok_or(Untold::NotYet)
    }

    /// How much is known of each region.
    pub(crate) fn known(&self) -> Vec<Known> {
        let known = |(name, region): (&String, &Region)| Known {
            region: name.clone(),
            people: region.tags().len() as u64,
            answered_at: region.answered_at(),
        };
        self.regions.iter().map(known).collect()
    }
}

/// A region's name, where it may be a file's.
fn checked(name: &str) -> Result<String, NoDirectory> {
    let is_plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    if !name.is_empty() && name.len() <= 64 && name.bytes().all(is_plain) {
        return Ok(name.to_owned());
    }
    Err(NoDirectory::Name { name: name.to_owned() })
}

#[cfg(test)]
mod tests;
