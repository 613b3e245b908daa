//! A server one may ask.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};

use crate::{Address, ClientError, Token, tls};

/// What it takes to ask a server.
#[derive(Clone, Debug)]
pub struct Access {
    /// Where it is.
    pub address: Address,
    /// What is shown to it.
    pub token: Option<Token>,
    /// Whose certificates are believed, in the form PEM, instead of those the system knows.
    pub ca_file: Option<PathBuf>,
    /// How long it is waited for.
    pub manners: Manners,
}

/// How long a server is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// So long it may take until a connection is there.
    pub connect: Duration,
    /// So long a connection may be silent before it counts as broken.
    pub silence: Duration,
    /// So long a request may be put off, by `Retry-After`.
    pub put_off: Duration,
    /// So long a server that was there may be away, while something is waited for.
    pub away: Duration,
    /// The first pause before something is tried again; each later one is twice as long, up to ten seconds.
    pub pause: Duration,
}

impl Default for Manners {
    fn default() -> Manners {
        Manners {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(60),
            put_off: Duration::from_secs(90),
            away: Duration::from_secs(300),
            pause: Duration::from_millis(500),
        }
    }
}

impl Manners {
    /// Returns the pause before a try, the first of which is number 1.
    pub(crate) fn pause(&self, try_: u32) -> Duration {
        let doubled = self.pause.saturating_mul(1 << try_.saturating_sub(1).min(10));
        doubled.min(Duration::from_secs(10))
    }
}

/// A server.
#[derive(Clone)]
pub struct Server {
    pub(crate) client: Client,
    pub(crate) address: Address,
    token: Option<Token>,
    pub(crate) manners: Manners,
}

impl Server {
    /// Prepares to ask; nothing is sent yet.
    pub fn new(access: Access) -> Result<Server, ClientError> {
        let Access { address, token, ca_file, manners } = access;
        let client = Client::builder()
            .tls_backend_preconfigured(tls::config(&address, ca_file.as_deref())?)
            .user_agent(concat!("img/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none()) // one would take the token elsewhere
            .connect_timeout(manners.connect);
        let client = if address.is_loopback() { client.no_proxy() } else { client };
        let client = client.build().map_err(|error| {
            ClientError::Usage(format!("cannot prepare to ask {address}: {}", crate::error::chain(&error)))
        })?;
        Ok(Server { client, address, token, manners })
    }

    /// Returns where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Tells whether a token is shown.
    pub(crate) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Begins a request for something below `/api/v1`.
    pub(crate) fn request(&self, method: Method, parts: &[&str]) -> RequestBuilder {
        let request = self.client.request(method, self.address.of(parts));
        match &self.token {
            Some(token) => request.bearer_auth(token.reveal()),
            None => request,
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Server").field(&self.address).finish()
    }
}
