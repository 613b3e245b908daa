//! Asks the viewer of a BOSS what its engine knows.
//!
//! The viewer is ruote-kit, a small web page of the engine (port 9292 as BOSS installs it). It is the only place where
//! one can see whether a participant is registered, or a step still waited for: the engine answers no message.

mod answer;
mod process;
mod step;

use std::time::Duration;

use ureq::Agent;
use ureq::http::{StatusCode, Uri};

pub use answer::Registered;
pub use process::Process;

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
    /// The step, or process, is not one we can ask about.
    #[error("`{step}` is no step or process the viewer can be asked about")]
    NoStep {
        /// What was given.
        step: String,
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
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            // it would be shown in messages
            let hidden = ViewerError::Address {
                address: "http://…@…".into(),
                why: ": it takes no password".into(),
            };
            return Err(hidden);
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
        let (_, text) = self.get(url.clone(), true).await?;
        answer::participants(&text).map_err(|source| ViewerError::NotAViewer { url, source })
    }

    /// Tells whether the engine waits for an answer of a step, by its storage id `EXPID!SUBID!WFID`.
    ///
    /// `false` only when ruote-kit itself says that there is no such step; what else may be at the address, or go wrong on
    /// the way, is an error.
    pub async fn waits_for(&self, sid: &str) -> Result<bool, ViewerError> {
        let path = step::path(sid).ok_or_else(|| ViewerError::NoStep { step: sid.to_owned() })?;
        let url = format!("{}{path}", self.address);
        let (status, text) = self.get(url.clone(), false).await?;
        match status {
            StatusCode::OK => step::is_shown(&text).map(|()| true),
            StatusCode::NOT_FOUND => step::is_missing(&text).map(|()| false),
            other => return Err(self.silent(ureq::Error::StatusCode(other.as_u16()))),
        }
        .map_err(|source| ViewerError::NotAViewer { url, source })
    }

    /// Returns what the engine knows of a process; `None` when there is none of this wfid, because it ended or never was.
    ///
    /// `None` only when ruote-kit itself says so; what else may be at the address, or go wrong on the way, is an error.
    pub async fn process(&self, wfid: &str) -> Result<Option<Process>, ViewerError> {
        let path =
            |kind| process::path(kind, wfid).ok_or_else(|| ViewerError::NoStep { step: wfid.to_owned() });
        let url = format!("{}{}", self.address, path("processes")?);
        let (status, text) = self.get(url.clone(), false).await?;
        let errors = match status {
            StatusCode::OK => process::errors_of(&text),
            StatusCode::NOT_FOUND => match step::is_missing(&text) {
                Ok(()) => return Ok(None),
                Err(source) => Err(source),
            },
            other => return Err(self.silent(ureq::Error::StatusCode(other.as_u16()))),
        };
        if errors.map_err(|source| ViewerError::NotAViewer { url, source })? == 0 {
            return Ok(Some(Process::default()));
        }
        let url = format!("{}{}", self.address, path("errors")?);
        let (_, text) = self.get(url.clone(), true).await?;
        let errors = process::messages(&text).map_err(|source| ViewerError::NotAViewer { url, source })?;
        Ok(Some(Process { errors }))
    }

    /// Returns status and text of an answer; when `only_good`, any other status than a good one is an error.
    async fn get(&self, url: String, only_good: bool) -> Result<(StatusCode, String), ViewerError> {
        let agent = self.agent.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let request = agent.get(&url).config().http_status_as_error(only_good).build();
            let mut answer = request.header("Accept", "application/json").call()?;
            let text = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string()?;
            Ok((answer.status(), text))
        });
        match asked.await {
            Ok(answer) => answer.map_err(|error| self.silent(error)),
            Err(died) => Err(self.silent(ureq::Error::Io(std::io::Error::other(died)))),
        }
    }

    fn silent(&self, source: ureq::Error) -> ViewerError {
        ViewerError::Silent { address: self.address.clone(), source: Box::new(source) }
    }
}
