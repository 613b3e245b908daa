//! One file by HTTP, on a thread that may wait.

use std::sync::Arc;
use std::time::Duration;

use imaging::{ElsewhereError, Fetched, Span};
use ureq::Agent;
use ureq::http::StatusCode;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

/// How long another machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long it may take for a whole file.
const LONGEST: Duration = Duration::from_secs(6 * 3600);

#[derive(Debug)]
pub(crate) struct Http {
    agent: Agent,
}

impl Http {
    pub(crate) fn new() -> Http {
        let found = rustls_native_certs::load_native_certs().certs;
        let roots: Vec<_> = found.iter().map(|found| Certificate::from_der(found).to_owned()).collect();
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::new_with_certs(&roots))
            .build();
        let config = Agent::config_builder()
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_recv_body(Some(LONGEST))
            .max_redirects(0) // they would lead elsewhere
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .tls_config(tls);
        Http { agent: config.build().into() }
    }

    pub(crate) async fn fetch(&self, url: String, span: Option<Span>) -> Result<Fetched, ElsewhereError> {
        let agent = self.agent.clone();
        let address = url.clone();
        let fetched = tokio::task::spawn_blocking(move || fetch(&agent, &url, span)).await;
        fetched.unwrap_or_else(|died| Err(ElsewhereError::Away { url: address, source: died.into() }))
    }
}

fn fetch(agent: &Agent, url: &str, span: Option<Span>) -> Result<Fetched, ElsewhereError> {
    let away = |source: Box<dyn std::error::Error + Send + Sync>| ElsewhereError::Away {
        url: url.to_owned(),
        source,
    };
    let mut request = agent.get(url).header("Accept-Encoding", "identity");
    if let Some(Span { from, to }) = span {
        let to = to.map(|to| to.to_string()).unwrap_or_default();
        request = request.header("Range", format!("bytes={from}-{to}"));
    }
    let answer = request.call().map_err(|error| away(error.into()))?;
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let (size, span) = match answer.status() {
        StatusCode::OK => (header("content-length").and_then(|text| text.parse().ok()), None),
        StatusCode::PARTIAL_CONTENT => match header("content-range").and_then(part) {
            Some((from, to, size)) => (size, Some(Span { from, to: Some(to) })),
            None => return Err(away("it sends a part without saying which".into())),
        },
        StatusCode::RANGE_NOT_SATISFIABLE => return Err(ElsewhereError::NoSuchPart(url.to_owned())),
        StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::GONE => {
            return Err(ElsewhereError::Missing(url.to_owned()));
        }
        status => return Err(away(format!("it answers {status}").into())),
    };
    Ok(Fetched { size, span, bytes: Box::new(answer.into_body().into_reader()) })
}

/// Reads `bytes 0-99/1234`.
fn part(text: &str) -> Option<(u64, u64, Option<u64>)> {
    let (span, size) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (from, to) = span.split_once('-')?;
    Some((from.trim().parse().ok()?, to.trim().parse().ok()?, size.trim().parse().ok()))
}
