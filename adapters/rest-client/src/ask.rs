//! One question and its answer; a server that is busy is asked again when it says so.

use std::time::Duration;

use futures_util::future::Either;
use reqwest::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::{Request, Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::error::chain;
use crate::{ClientError, Server};

/// The longest answer that is kept in memory; a list of ten thousand files has some 4 MB.
const LONGEST: usize = 32 << 20;
/// So often a question is put again whose answer was cut off.
const TRIES: u32 = 3;

/// What may be done when nobody knows whether a question was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// Asking twice does what asking once does.
    Harmless,
    /// It may do something twice.
    Never,
}

/// What the server says of a problem, as far as we read it.
#[derive(serde::Deserialize)]
struct Document {
    detail: String,
    #[serde(default)]
    mistakes: Vec<Mistake>,
}

#[derive(serde::Deserialize)]
struct Mistake {
    field: String,
    why: String,
}

impl Server {
    /// Asks, and returns an answer that is no problem.
    pub(crate) async fn ask(
        &self,
        again: Again,
        make: impl Fn() -> reqwest::Result<Request>,
    ) -> Result<Response, ClientError> {
        let (mut broken, mut waited) = (0, Duration::ZERO);
        loop {
            let error = match self.once(&make).await {
                Ok(response) => match self.read_status(response).await {
                    Ok(response) => return Ok(response),
                    Err((error, None)) => return Err(error),
                    Err((error, Some(pause))) => {
                        let is_safe =
                            again == Again::Harmless || matches!(error, ClientError::TooMany { .. });
                        if !is_safe || waited + pause > self.manners.put_off {
                            return Err(error);
                        }
                        tracing::warn!("{} has to do; asking again in {} s", self.address, pause.as_secs());
                        waited += pause;
                        tokio::time::sleep(pause).await;
                        continue;
                    }
                },
                Err(error) => error,
            };
            broken += 1;
            let is_broken = matches!(error, ClientError::BrokeOff { .. });
            if !is_broken || again == Again::Never || broken >= TRIES {
                return Err(error);
            }
            tokio::time::sleep(self.manners.pause(broken)).await;
        }
    }

    /// Asks for JSON.
    pub(crate) async fn ask_json<T: DeserializeOwned>(
        &self,
        again: Again,
        make: impl Fn() -> reqwest::Result<Request>,
    ) -> Result<T, ClientError> {
        let response = self.ask(again, make).await?;
        if content_type(&response) != "application/json" {
            return Err(self.not_ours(&response));
        }
        let text = self.body(response, LONGEST).await?;
        serde_json::from_slice(&text).map_err(|error| ClientError::NotOurs {
            address: self.address.clone(),
            what: format!("its answer is not what this version of img knows ({error})"),
        })
    }

    /// Reads a whole body, which is not longer than that.
    pub(crate) async fn body(&self, mut response: Response, longest: usize) -> Result<Vec<u8>, ClientError> {
        let mut text = Vec::new();
        while let Some(piece) = self.piece(&mut response).await? {
            if text.len() + piece.len() > longest {
                let what = format!("its answer is longer than {} MB", longest >> 20);
                return Err(ClientError::NotOurs { address: self.address.clone(), what });
            }
            text.extend_from_slice(&piece);
        }
        Ok(text)
    }

    /// Reads the next piece of a body; a connection that is silent for long is broken.
    pub(crate) async fn piece(
        &self,
        response: &mut Response,
    ) -> Result<Option<impl AsRef<[u8]> + std::ops::Deref<Target = [u8]> + use<>>, ClientError> {
        match tokio::time::timeout(self.manners.silence, response.chunk()).await {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(error)) => Err(self.broke_off("it answered", &chain(&error))),
            Err(_) => Err(self.silent()),
        }
    }

    async fn once(&self, make: &impl Fn() -> reqwest::Result<Request>) -> Result<Response, ClientError> {
        let request = make().map_err(|error| ClientError::Usage(chain(&error)))?;
        let sending = self.client.execute(request);
        let patience = std::pin::pin!(tokio::time::sleep(self.manners.connect + self.manners.silence));
        match futures_util::future::select(std::pin::pin!(sending), patience).await {
            Either::Left((Ok(response), _)) => Ok(response),
            Either::Left((Err(error), _)) if error.is_connect() => Err(self.not_there(&error)),
            Either::Left((Err(error), _)) => {
                let why = chain(&error);
                if why.contains("invalid HTTP") {
                    let what = "it does not speak HTTP: say https:// if that is meant".into();
                    return Err(ClientError::NotOurs { address: self.address.clone(), what });
                }
                Err(self.broke_off("it was asked", &why))
            }
            Either::Right(_) => Err(self.silent()),
        }
    }

    fn silent(&self) -> ClientError {
        let silence = self.manners.silence.as_secs();
        self.broke_off("it was waited for", &format!("nothing came for {silence} s"))
    }

    pub(crate) fn broke_off(&self, doing: &str, why: &str) -> ClientError {
        ClientError::BrokeOff { address: self.address.clone(), doing: doing.into(), why: why.into() }
    }

    /// Tells why there is no connection.
    fn not_there(&self, error: &reqwest::Error) -> ClientError {
        let address = self.address.clone();
        match of_tls(error) {
            Some(rustls::Error::InvalidCertificate(why)) => {
                return ClientError::NotTrusted { address, why: why.to_string() };
            }
            Some(rustls::Error::InvalidMessage(_)) => {
                let what = "it does not speak TLS: say http:// if that is meant".into();
                return ClientError::NotOurs { address, what };
            }
            Some(other) => {
                let what = format!("TLS comes to nothing: {other}");
                return ClientError::NotOurs { address, what };
            }
            None => {}
        }
        let mut last: &(dyn std::error::Error + 'static) = error;
        while let Some(cause) = last.source() {
            last = cause;
        }
        ClientError::NoServer { address, why: last.to_string() }
    }

    pub(crate) fn not_ours(&self, response: &Response) -> ClientError {
        let (status, kind) = (response.status(), content_type(response));
        let what = match response.headers().get(LOCATION).and_then(|place| place.to_str().ok()) {
            Some(place) => format!("it sends us on to {place:?}; say that as --server, if you trust it"),
            None if kind.is_empty() => format!("it answers {status}"),
            None => format!("it answers {status}, with {kind}; is the address right?"),
        };
        ClientError::NotOurs { address: self.address.clone(), what }
    }

    /// Passes on what is no problem; else says what it is, and when to ask again if that can help.
    async fn read_status(&self, response: Response) -> Result<Response, (ClientError, Option<Duration>)> {
        let status = response.status();
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
        let pause = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let pause = Duration::from_secs(pause.and_then(|text| text.trim().parse().ok()).unwrap_or(5).max(1));
        let address = self.address.clone();
        if content_type(&response) != "application/problem+json" {
            let error = match status {
                StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                    let detail = format!("what stands before it answers {status}; does `img up` run?");
                    ClientError::Away { address, detail }
                }
                StatusCode::TOO_MANY_REQUESTS => {
                    return Err((ClientError::TooMany { address, seconds: pause.as_secs() }, Some(pause)));
                }
                _ => self.not_ours(&response),
            };
            return Err((error, None));
        }
        let body = match self.body(response, 1 << 20).await {
            Ok(body) => body,
            Err(error) => return Err((error, None)),
        };
        let Ok(Document { detail, mistakes }) = serde_json::from_slice(&body) else {
            let what = format!("it answers {status}, and does not say why");
            return Err((ClientError::NotOurs { address, what }, None));
        };
        let error = match status {
            StatusCode::UNAUTHORIZED if self.has_token() => ClientError::TokenRefused { address, detail },
            StatusCode::UNAUTHORIZED => ClientError::NoToken { address },
            StatusCode::FORBIDDEN => ClientError::NotAllowed(detail),
            StatusCode::NOT_FOUND => ClientError::Missing(detail),
            StatusCode::RANGE_NOT_SATISFIABLE => ClientError::NoSuchPart(detail),
            StatusCode::CONFLICT => ClientError::Conflict(detail),
            StatusCode::TOO_MANY_REQUESTS => {
                return Err((ClientError::TooMany { address, seconds: pause.as_secs() }, Some(pause)));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                return Err((ClientError::Away { address, detail }, Some(pause)));
            }
            StatusCode::INSUFFICIENT_STORAGE => ClientError::Full { address, detail },
            status if status.is_server_error() => {
                let detail = format!("this is a fault of the server, {detail}");
                ClientError::Away { address, detail }
            }
            _ => {
                let mistakes = mistakes.into_iter().map(|Mistake { field, why }| (field, why)).collect();
                ClientError::Mistakes { detail, mistakes }
            }
        };
        Err((error, None))
    }
}

/// Returns the type of an answer, without its parameters.
pub(crate) fn content_type(response: &Response) -> String {
    let text = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Finds what TLS has to say of an error; it is inside errors of I/O, which do not count it to what they came from.
fn of_tls<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let found = error.downcast_ref::<rustls::Error>();
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    found.or_else(|| of_tls(inner.map(|inner| inner as _).or_else(|| error.source())?))
}
