//! The others are asked, again and again, who is there. What is told replaces what was known, so that nothing has to be told twice,
//! in order, or in time: whoever was away, or was restored, is asked as ever, and what is gone there is gone here.

use super::gathering::{Gathering, Step};
use super::spoken::{Answer, MAX_ANSWER_BYTES, Question};
use super::tags::Tags;
use super::{Region, Registration};
use crate::clock;
use crate::config::Layout;
use crate::outgoing::{self, Unanswered};
use futures_util::future::join_all;
use reqwest::{Client, Method, Request, header};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::time::{MissedTickBehavior, interval};
use walkbook_vault::RegistrationTag;

/// Why a region's server was not understood. Tells nothing of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum Unheard {
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    #[error("it refuses with status {0}: it has another key, does not know this region, or its clock is wrong")]
    Refused(u16),
    #[error("what it says is not proven to be of a server that has the key")]
    Unproven,
    #[error("what it says does not fit together")]
    Unfit,
    #[error("it tells of more people than are taken from one region")]
    Many,
    #[error("what it has told cannot be kept")]
    NotKept,
    #[error("no question can be made")]
    NoQuestion,
}

impl Registration {
    /// Looks who is in the own region, and asks the others, for as long as it is there.
    pub async fn keep_asking(self: Arc<Self>, every: Duration) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing = BTreeMap::new();
        loop {
            ticks.tick().await;
            self.look().await;
            let others = self.regions.iter().filter_map(|(name, region)| Some((name, region, region.client.as_ref()?)));
            // One that is away holds up no other.
            let asked = others.map(async |(name, region, client)| (name, self.ask(client, name, region).await.err()));
            for (name, failed) in join_all(asked).await {
                report(&mut failing, name, failed);
            }
        }
    }

    async fn look(self: &Arc<Self>) {
        let this = Arc::clone(self);
        let looked = tokio::task::spawn_blocking(move || this.own.look(&this.name)).await;
        match looked {
            Ok(Ok(tags)) => {
                let own = self.regions.get(&self.name);
                own.into_iter().for_each(|own| {
                    own.replace(tags.clone());
                    own.has_answered(clock::now());
                });
            }
            Ok(Err(error)) => tracing::warn!(%error, "who is registered cannot be read; what was read before counts"),
            // The panic hook has logged where.
            Err(_) => {}
        }
    }

    /// Asks a region who is there, and keeps what it says.
    pub(super) async fn ask(&self, client: &Client, name: &str, region: &Region) -> Result<(), Unheard> {
        let known = region.tags();
        let told = self.told(client, name, region, &known).await?;
        region.has_answered(clock::now());
        if let Some(tags) = told {
            let (layout, name, bytes) = (self.layout.clone(), name.to_owned(), tags.to_bytes());
            region.replace(tags);
            let kept = tokio::task::spawn_blocking(move || layout.keep_registrations(&name, &bytes)).await;
            if !matches!(kept, Ok(Ok(()))) {
                return Err(Unheard::NotKept);
            }
        }
        Ok(())
    }

    /// All that it says, page by page; nothing where that is what was known.
    async fn told(&self, client: &Client, name: &str, region: &Region, known: &Tags) -> Result<Option<Tags>, Unheard> {
        let mut gathering = Gathering::new(known.version());
        loop {
            let answer = self.say(client, name, region, known, gathering.after()).await?;
            match gathering.take(answer)? {
                Step::GoOn => {}
                Step::Same => return Ok(None),
                Step::Whole(tags) => return Ok(Some(tags)),
            }
        }
    }

    async fn say(
        &self,
        client: &Client,
        name: &str,
        region: &Region,
        known: &Tags,
        after: Option<RegistrationTag>,
    ) -> Result<Answer, Unheard> {
        let mut nonce = [0; 16];
        self.random.fill(&mut nonce).map_err(|_| Unheard::NoQuestion)?;
        let (from, to, at) = (self.name.clone(), name.to_owned(), clock::now());
        let question = Question { from, to, at, nonce, known: known.version(), after };
        let question = question.to_bytes(&self.key).ok_or(Unheard::NoQuestion)?;
        let url = format!("{}/v1/registrations", region.url).parse().map_err(|_| Unheard::NoQuestion)?;
        let mut request = Request::new(Method::POST, url);
        request.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/walkbook"));
        *request.body_mut() = Some(question.clone().into());
        let answer = outgoing::ask(client, request, MAX_ANSWER_BYTES).await?;
        if answer.status() != 200 {
            return Err(Unheard::Refused(answer.status().as_u16()));
        }
        Answer::from_bytes(&self.key, &question, answer.body()).ok_or(Unheard::Unproven)
    }
}

/// What was known of a region when the server last ran. It is asked again anyway.
pub(super) fn kept(layout: &Layout, name: &str) -> Tags {
    match layout.kept_registrations(name) {
        Ok(bytes) => Tags::from_bytes(&bytes).unwrap_or_else(|| {
            tracing::warn!(region = name, "what was kept of who is registered there is damaged; it is asked for anew");
            Tags::default()
        }),
        Err(error) => {
            tracing::warn!(region = name, %error, "what was kept of who is registered there cannot be read");
            Tags::default()
        }
    }
}

/// Says when a region's server cannot be asked, once, and when it can be again.
fn report(failing: &mut BTreeMap<String, Unheard>, name: &str, failed: Option<Unheard>) {
    match failed {
        Some(error) if failing.get(name) != Some(&error) => {
            tracing::warn!(region = name, %error, "a region cannot be asked who is registered there; what it told before counts");
            failing.insert(name.to_owned(), error);
        }
        Some(_) => {}
        None if failing.remove(name).is_some() => {
            tracing::info!(region = name, "the region tells again who is registered there");
        }
        None => {}
    }
}
