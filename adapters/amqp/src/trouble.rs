//! What is wrong with the broker, in one line that tells a person what to do.

use std::fmt;
use std::time::Duration;

use lapin::{Error, ErrorKind};

use crate::settings::Settings;

const SILENT: &str = "did not answer within";

/// Why there is no working session; one line for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble(pub(crate) String);

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    pub(crate) fn new(text: impl Into<String>) -> Trouble {
        Trouble(text.into())
    }

    /// Explains why no connection came about.
    pub(crate) fn connecting(settings: &Settings, error: &Error) -> Trouble {
        let (address, user, vhost) = (settings.address(), &settings.user, &settings.vhost);
        Trouble(match broker_says(error) {
            Some((403, _)) => {
                format!("RabbitMQ at {address} does not accept the password of the user `{user}`")
            }
            Some((530, text)) if text.contains("refused") => {
                format!("RabbitMQ at {address} lets the user `{user}` not into the virtual host `{vhost}`")
            }
            Some((530, text)) if text.contains("not found") => {
                format!("RabbitMQ at {address} has no virtual host `{vhost}`")
            }
            _ => {
                let said = plain(error);
                format!("cannot connect to RabbitMQ at {address}: {said}{}", hint(&said))
            }
        })
    }

    /// The broker took the connection and says nothing.
    pub(crate) fn silent(settings: &Settings, waited: Duration) -> Trouble {
        Trouble(format!("RabbitMQ at {} {SILENT} {} s", settings.address(), waited.as_secs()))
    }

    pub(crate) fn is_silence(&self) -> bool {
        self.0.contains(SILENT)
    }

    /// Explains what ended a session, or kept a part of it from starting.
    pub(crate) fn during(settings: &Settings, doing: &str, error: &Error) -> Trouble {
        let (address, user) = (settings.address(), &settings.user);
        Trouble(match broker_says(error) {
            Some((320, _)) => format!("RabbitMQ at {address} shuts down or closed the connection"),
            Some((403, text)) => format!("the user `{user}` may not {doing}: {text}"),
            Some((406, text)) if text.contains("timed out") => format!(
                "a message was held longer than the broker's consumer_timeout: set it here to what the broker has ({text})"
            ),
            Some((code, text)) => format!("cannot {doing}: {text} ({code})"),
            None => format!("lost the connection to RabbitMQ at {address}: {}", plain(error)),
        })
    }
}

/// Returns code and words of the broker, when it is the broker that complains.
pub(crate) fn broker_says(error: &Error) -> Option<(u16, String)> {
    match error.kind() {
        ErrorKind::ProtocolError(error) => Some((error.get_id(), error.get_message().to_string())),
        _ => None,
    }
}

fn plain(error: &Error) -> String {
    match error.kind() {
        ErrorKind::IOError(error) => error.to_string(),
        ErrorKind::MissingHeartbeatError => "it was silent for too long (no heartbeat)".into(),
        ErrorKind::InvalidConnectionState(_) | ErrorKind::InvalidChannelState(..) => "it is closed".into(),
        _ => error.to_string(),
    }
}

/// Says what a person should look at, where a message of TLS does not.
fn hint(said: &str) -> &'static str {
    if said.contains("InvalidContentType") {
        "; does that port speak TLS? without TLS it is 5672"
    } else {
        ""
    }
}
