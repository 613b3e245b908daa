//! One question by HTTP, on a thread that may wait.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use imaging::IndexError;
use ureq::http::StatusCode;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, Proxy};

use crate::{Manners, Service};

/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: u64 = 4 << 20;

/// A client of one service.
#[derive(Clone)]
pub(crate) struct Http {
    agent: Agent,
    /// The value of `Authorization`.
    login: Option<String>,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Http") // the login is nobody's business
    }
}

impl Http {
    /// Prepares to ask; reads certificates.
    pub(crate) fn new(service: &Service, manners: &Manners) -> Result<Http, IndexError> {
        let proxy = match &manners.proxy {
            Some(address) => Some(Proxy::new(address).map_err(|_| {
                IndexError::CannotAsk("the proxy is no address, as http://proxy.example:3128 is one".into())
            })?),
            None => Proxy::try_from_env(),
        };
        let config = Agent::config_builder()
            .timeout_global(Some(manners.timeout))
            .max_redirects(0) // they would take the password elsewhere
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(0) // questions are rare; a connection that dies meanwhile is a riddle
            .proxy(proxy);
        let config =
            if service.api_url.starts_with("https:") { config.tls_config(tls(service)?) } else { config };
        let login = service.user.as_ref().map(|user| {
            let pair = format!("{user}:{}", service.password.as_deref().unwrap_or_default());
            format!("Basic {}", BASE64_STANDARD.encode(pair))
        });
        Ok(Http { agent: config.build().into(), login })
    }

    /// Returns the text of an answer; `None` when nothing is there.
    pub(crate) async fn get(&self, url: String) -> Result<Option<String>, Box<dyn Error + Send + Sync>> {
        let Http { agent, login } = self.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let mut request = agent.get(&url);
            if let Some(login) = login {
                request = request.header("Authorization", login);
            }
            let mut answer = request.header("Accept", "application/xml").call()?;
            let status = answer.status();
            if status != StatusCode::OK {
                return Ok((status, String::new()));
            }
            Ok((status, answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string()?))
        });
        let answer: Result<(StatusCode, String), ureq::Error> = asked.await?;
        match answer? {
            (StatusCode::OK, text) => Ok(Some(text)),
            (StatusCode::NOT_FOUND, _) => Ok(None),
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => {
                Err("it does not let us in: look at user and pass in the oscrc of [obs]".into())
            }
            (status, _) => Err(format!("it answers {status}").into()),
        }
    }
}

/// Certificates are checked against the system's list, or against the file the service names.
fn tls(service: &Service) -> Result<TlsConfig, IndexError> {
    let roots = match &service.ca_file {
        Some(file) => of_file(file)?,
        None => {
            let found = rustls_native_certs::load_native_certs().certs;
            found.iter().map(|found| Certificate::from_der(found).to_owned()).collect()
        }
    };
    if roots.is_empty() {
        let message =
            "this machine has no list of certificates: install ca-certificates, or set cafile in the oscrc";
        return Err(IndexError::CannotAsk(message.into()));
    }
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&roots))
        .build())
}

fn of_file(file: &Path) -> Result<Vec<Certificate<'static>>, IndexError> {
    let cannot = |why: String| IndexError::CannotAsk(format!("cafile {}: {why}", file.display()));
    let pem = std::fs::read(file).map_err(|error| cannot(error.to_string()))?;
    let items = parse_pem(&pem).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let found: Vec<_> = items.collect();
    if found.is_empty() { Err(cannot("it holds no certificate".into())) } else { Ok(found) }
}
