//! Where the broker is, and how to deal with it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo};

use crate::trouble::Trouble;
use crate::viewer::Viewer;

/// The longest name AMQP can carry, in bytes.
const LONGEST: usize = u8::MAX as usize;

/// How to reach a broker, and what to expect of it.
///
/// The password is never shown, neither by `Debug` nor in the log.
#[derive(Clone)]
pub struct Settings {
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) vhost: String,
    pub(crate) tls: Option<Tls>,
    pub(crate) heartbeat: Duration,
    pub(crate) consumer_timeout: Duration,
    pub(crate) read_ahead: u16,
    pub(crate) dead_letters: Option<String>,
    pub(crate) retry_at_most: Duration,
    pub(crate) publish_within: Duration,
    pub(crate) looks_through: usize,
    pub(crate) viewer: Option<Arc<dyn Viewer>>,
}

/// The files of an encrypted connection, read anew at each connect.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// Who signed the broker's certificate, PEM; the system's own list when missing.
    pub authority: Option<PathBuf>,
    /// Our certificate and its key, PEM, for brokers that ask for one.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// An address that is none, as `amqp://user:password@host/vhost` is one.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadAddress(String);

impl Settings {
    /// Connects to the usual port of `host` as `user`, to the virtual host `vhost`.
    pub fn new(
        host: impl Into<String>,
        user: impl Into<String>,
        password: impl Into<String>,
        vhost: impl Into<String>,
    ) -> Settings {
        Settings {
            host: host.into(),
            port: None,
            user: user.into(),
            password: password.into(),
            vhost: vhost.into(),
            tls: None,
            heartbeat: Duration::from_secs(10),
            consumer_timeout: Duration::from_secs(30 * 60),
            read_ahead: 200,
            dead_letters: None,
            retry_at_most: Duration::from_secs(10),
            publish_within: Duration::from_secs(10),
            looks_through: 10_000,
            viewer: None,
        }
    }

    /// Reads an address such as `amqps://user:password@host:5671/vhost`; the `/` of a virtual host is written `%2F`.
    pub fn from_url(url: &str) -> Result<Settings, BadAddress> {
        let uri: AMQPUri = url.parse().map_err(BadAddress)?;
        let who = uri.authority.userinfo;
        let mut settings = Settings::new(uri.authority.host, who.username, who.password, uri.vhost);
        settings.port = Some(uri.authority.port);
        settings.tls = (uri.scheme == AMQPScheme::AMQPS).then(Tls::default);
        Ok(settings)
    }

    /// Connects to another port than 5672, or 5671 with TLS.
    pub fn port(mut self, port: u16) -> Settings {
        self.port = Some(port);
        self
    }

    /// Encrypts the connection.
    pub fn tls(mut self, tls: Tls) -> Settings {
        self.tls = Some(tls);
        self
    }

    /// Takes the broker for dead when it is silent for twice this long (10 s unless told).
    pub fn heartbeat(mut self, heartbeat: Duration) -> Settings {
        self.heartbeat = heartbeat;
        self
    }

    /// The broker's `consumer_timeout` (its default is 30 minutes): jobs may be longer, see the crate's documentation.
    pub fn consumer_timeout(mut self, timeout: Duration) -> Settings {
        self.consumer_timeout = timeout;
        self
    }

    /// Holds up to this many messages that are not yet worked on or moved (200 unless told).
    ///
    /// Where we may not make queues of our own it is also how far behind jobs a cancel is seen.
    pub fn read_ahead(mut self, messages: u16) -> Settings {
        self.read_ahead = messages.max(1);
        self
    }

    /// Keeps messages that are no workitems in this queue, with the reason in the header `x-skynet-reason`.
    pub fn dead_letters(mut self, queue: impl Into<String>) -> Settings {
        self.dead_letters = Some(queue.into());
        self
    }

    /// Waits at most this long between two tries to connect (10 s unless told).
    pub fn retry_at_most(mut self, pause: Duration) -> Settings {
        self.retry_at_most = pause;
        self
    }

    /// Gives up sending a message when it is not confirmed within this time (10 s unless told).
    pub fn publish_within(mut self, time: Duration) -> Settings {
        self.publish_within = time;
        self
    }

    /// Asks who can say it whether a step is gone, when a cancel does not say whom it means; without, such a cancel
    /// cancels nothing.
    pub fn ask(mut self, viewer: Arc<dyn Viewer>) -> Settings {
        self.viewer = Some(viewer);
        self
    }

    /// Looks for a cancelled workitem among this many that wait, no more (10,000 unless told); a job that runs is found always.
    pub fn looks_through(mut self, messages: usize) -> Settings {
        self.looks_through = messages;
        self
    }

    /// How long a job keeps one delivery before it renews its lease.
    pub(crate) fn lease(&self) -> Duration {
        self.consumer_timeout / 3
    }

    /// Finds what no broker could have and lapin does not expect.
    pub(crate) fn check(&self) -> Result<(), Trouble> {
        match self.vhost.len() {
            0..=LONGEST => Ok(()),
            long => Err(Trouble(format!(
                "the name of a virtual host has at most {LONGEST} bytes, and the one to use has {long}"
            ))),
        }
    }

    /// Host and port, as a person writes them.
    pub(crate) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port_in_use())
    }

    pub(crate) fn uri(&self) -> AMQPUri {
        let heartbeat = self.heartbeat.as_secs().clamp(1, 600).try_into().expect("at most 600");
        AMQPUri {
            scheme: if self.tls.is_some() { AMQPScheme::AMQPS } else { AMQPScheme::AMQP },
            authority: AMQPAuthority {
                userinfo: AMQPUserInfo { username: self.user.clone(), password: self.password.clone() },
                host: self.host.clone(),
                port: self.port_in_use(),
            },
            vhost: self.vhost.clone(),
            query: AMQPQueryString { heartbeat: Some(heartbeat), ..Default::default() },
        }
    }

    pub(crate) fn port_in_use(&self) -> u16 {
        self.port.unwrap_or(if self.tls.is_some() { 5671 } else { 5672 })
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Settings")
            .field("address", &self.address())
            .field("user", &self.user)
            .field("vhost", &self.vhost)
            .field("tls", &self.tls)
            .field("heartbeat", &self.heartbeat)
            .field("consumer_timeout", &self.consumer_timeout)
            .field("dead_letters", &self.dead_letters)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_settings_and_its_password_is_not_shown() {
        let settings = Settings::from_url("amqps://boss:s3cret@mq.example:5999/%2Fimg").unwrap();
        assert_eq!(settings.uri().vhost, "/img");
        assert_eq!(settings.uri().authority.userinfo.password, "s3cret");
        let shown = format!("{settings:?} {:#?}", settings.clone().port(1));
        assert!(shown.contains("mq.example:5999") && !shown.contains("s3cret"), "{shown}");
        assert_eq!(Settings::new("h", "u", "p", "/").address(), "h:5672");
        assert!(Settings::from_url("http://x").is_err());
    }
}
