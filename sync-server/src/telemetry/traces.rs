//! Traces for a collector, by OTLP over HTTP: what a request's time went into.
//!
//! Only spans that name [`TRACED`] as their target are shown, with the fields that they were made with: routes' patterns, counts and
//! codes. Events, and whatever libraries say, never are. Nobody waits for the collector: spans wait for it in a queue, and where
//! that is full they are dropped.

use crate::outgoing;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use std::fmt;
use std::pin::Pin;
use std::str::FromStr;
use std::time::Duration;
use thiserror::Error;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// The target of spans that are shown.
pub const TRACED: &str = "walkbook::traced";
/// A collector that has not answered by then is away.
const PATIENCE: Duration = Duration::from_secs(5);
/// An answer of a collector's has some bytes.
const ANSWER_BYTES: usize = 64 * 1024;

/// Where a collector is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Collector(String);

/// Why traces cannot be sent.
#[derive(Debug, Error)]
pub enum NotTraced {
    /// The address is none to which traces may go. Write `https://host/v1/traces`, or `http://` and this machine.
    #[error("traces go to https://…, or to http://127.0.0.1:… on this machine")]
    Address,
    /// The part is none. Write a number from 0 to 100.
    #[error("the part of the requests that is traced is a number of percent from 0 to 100")]
    Part,
    /// The exporter cannot be set up so.
    #[error("the exporter of traces: {0}")]
    Exporter(String),
}

impl FromStr for Collector {
    type Err = NotTraced;

    fn from_str(text: &str) -> Result<Self, NotTraced> {
        let own = ["http://127.0.0.1", "http://[::1]", "http://localhost"];
        let ends_there = |rest: &str| rest.is_empty() || rest.starts_with([':', '/']);
        let is_own = own.iter().filter_map(|own| text.strip_prefix(own)).any(ends_there);
        let is_url = reqwest::Url::parse(text).is_ok_and(|url| url.username().is_empty() && url.password().is_none());
        if is_url && (is_own || text.starts_with("https://")) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotTraced::Address)
        }
    }
}

impl TryFrom<String> for Collector {
    type Error = NotTraced;

    fn try_from(text: String) -> Result<Self, NotTraced> {
        text.parse()
    }
}

impl fmt::Display for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Spans on their way to a collector.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends so many percent of the requests to a collector. What is sent is sent on the runtime of the caller.
    ///
    /// # Errors
    /// [`NotTraced`]
    pub fn to(collector: &Collector, percent: u8) -> Result<Self, NotTraced> {
        if percent > 100 {
            return Err(NotTraced::Part);
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Wire::new()?)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(collector.0.clone())
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| NotTraced::Exporter(error.to_string()))?;
        // Nothing of the machine: no host, no process, no arguments.
        let resource = Resource::builder_empty().with_service_name("walkbook-server").build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(f64::from(percent) / 100.0))))
            .build();
        Ok(Self(provider))
    }

    /// What a subscriber needs to send its spans.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync>(&self) -> Box<dyn Layer<S> + Send + Sync> {
        let layer: OpenTelemetryLayer<S, _> =
            tracing_opentelemetry::layer().with_tracer(self.0.tracer("walkbook-server"));
        let bare = layer.with_location(false).with_threads(false).with_target(false).with_tracked_inactivity(false);
        bare.with_filter(filter_fn(|about| about.is_span() && about.target() == TRACED)).boxed()
    }

    /// Sends what still waits, for a moment; what the collector does not take by then is lost.
    pub fn end(&self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::warn!(%error, "the last traces did not reach the collector");
        }
    }
}

/// HTTP over TLS to a collector, whoever waits for it.
struct Wire {
    client: reqwest::Client,
    runtime: Handle,
}

impl Wire {
    fn new() -> Result<Self, NotTraced> {
        let client = outgoing::client(None, PATIENCE).and_then(|builder| builder.build().ok());
        let client = client.ok_or_else(|| NotTraced::Exporter("no client for HTTPS can be made".into()))?;
        let runtime = Handle::try_current().map_err(|error| NotTraced::Exporter(error.to_string()))?;
        Ok(Self { client, runtime })
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire(..)")
    }
}

impl HttpClient for Wire {
    /// As `async_trait` writes it.
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let sent = self.runtime.spawn(send(self.client.clone(), request));
            sent.await?
        })
    }
}

async fn send(client: reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let answer = outgoing::ask(&client, request.try_into()?, ANSWER_BYTES).await?;
    Ok(answer.map(Bytes::from))
}

#[cfg(test)]
mod tests;
