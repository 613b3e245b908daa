//! Asks the viewer of a BOSS what its engine knows.
//!
//! The viewer is ruote-kit, a small web page of the engine (port 9292 as BOSS installs it). It is the only place where
//! one can see whether a participant is registered: the engine answers no message.

mod answer;

use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;

pub use answer::Registered;

/// The longest answer that is read.
const LONGEST_ANSWER: u64 = 16 << 20;

/// The viewer at one address.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Without a slash at its end.
    address: String,
    agent: Agent,
}

/// Why the viewer did not say what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ViewerError {
    /// The configuration names something else than the address of a viewer.
    #[error("`{address}` is no address of a viewer, as http://boss.example:9292 is one{why}")]
    Address {
        /// What was given.
        address: String,
        /// More about it; may be empty.
        why: String,
    },
    /// Nobody listens, it takes too long, it answers with an error.
    #[error("the viewer at {address} does not answer")]
    Silent {
        /// Where it should be.
        address: String,
        /// What came of it.
        #[source]
        source: Box<ureq::Error>,
    },
    /// Something else than a viewer is there.
    #[error("what is at {url} is no viewer of a BOSS")]
    NotAViewer {
        /// What was asked.
        url: String,
        /// What came of it.
        #[source]
        source: serde_json::Error,
    },
}

impl Viewer {
    /// Takes an address such as `http://boss.example:9292`. Does no I/O.
    pub fn at(address: &str) -> Result<Viewer, ViewerError> {
        let wrong = |why: &str| ViewerError::Address { address: address.into(), why: why.into() };
        let uri: Uri = address.parse().map_err(|_| wrong(""))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(wrong(": only http is spoken, which is what BOSS has")),
            _ => return Err(wrong("")),
        }
        let config = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(5)))
            .max_redirects(0)
            .proxy(None)
            .build();
        Ok(Viewer { address: address.trim_end_matches('/').to_owned(), agent: config.into() })
    }

    /// Returns the participants of the engine, in the order in which it looks for one.
    pub async fn participants(&self) -> Result<Vec<Registered>, ViewerError> {
        let url = format!("{}/_ruote/participants", self.address);
        let text = self.get(url.clone()).await?;
        answer::participants(&text).map_err(|source| ViewerError::NotAViewer { url, source })
    }

    async fn get(&self, url: String) -> Result<String, ViewerError> {
        let agent = self.agent.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let mut answer = agent.get(&url).header("Accept", "application/json").call()?;
            answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string()
        });
        let silent = |source| ViewerError::Silent { address: self.address.clone(), source: Box::new(source) };
        match asked.await {
            Ok(answer) => answer.map_err(silent),
            Err(died) => Err(silent(ureq::Error::Io(std::io::Error::other(died)))),
        }
    }
}
