//! Following a log while it is written; a connection that breaks is made again, and nothing is heard twice.

use std::time::Instant;

use imaging::{ImageId, JobStatus};
use reqwest::Method;
use serde::Deserialize;

use crate::ask::{Again, content_type};
use crate::sse::{Events, ServerEvent};
use crate::{ClientError, Server};

/// What is heard while following.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The job has come this far.
    Status(String),
    /// More of the log: whole lines.
    Text(String),
    /// The build began anew, and so does its log.
    Anew,
    /// The connection broke, for this reason; it will be tried again.
    Away(String),
}

/// What a job came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// How far it has come; none when it was deleted.
    pub status: Option<JobStatus>,
    /// Why there is no image.
    pub error: Option<String>,
}

/// The data of all events.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    status: Option<String>,
    text: Option<String>,
    error: Option<String>,
}

/// How far somebody has heard.
#[derive(Default)]
struct Heard {
    last: Option<String>,
    status: String,
}

impl Server {
    /// Follows the log of a job to its end, over as many connections as it takes.
    pub async fn follow(
        &self,
        id: &ImageId,
        hear: &mut (dyn FnMut(News) + Send),
    ) -> Result<End, ClientError> {
        let (mut heard, mut since, mut tries) = (Heard::default(), Instant::now(), 0);
        let mut was_there = false;
        loop {
            let before = heard.last.clone();
            let error = match self.follow_once(id, &mut heard, &mut was_there, hear).await {
                Ok(end) => return Ok(end),
                Err(error) => error,
            };
            if before != heard.last {
                (since, tries) = (Instant::now(), 0);
            }
            if !was_there || !error.may_pass() || since.elapsed() > self.manners.away {
                return Err(error);
            }
            tries += 1;
            if tries == 2 {
                hear(News::Away(error.to_string())); // one break is nothing to tell: a server may be restarted
            }
            tokio::time::sleep(self.manners.pause(tries)).await;
        }
    }

    async fn follow_once(
        &self,
        id: &ImageId,
        heard: &mut Heard,
        was_there: &mut bool,
        hear: &mut (dyn FnMut(News) + Send),
    ) -> Result<End, ClientError> {
        let parts = ["jobs", id.as_str(), "log", "events"];
        let make = || {
            let request = self.request(Method::GET, &parts).header("Accept", "text/event-stream");
            match &heard.last {
                Some(last) => request.header("Last-Event-ID", last),
                None => request,
            }
            .build()
        };
        let mut answer = self.ask(Again::Harmless, make).await?;
        if content_type(&answer) != "text/event-stream" {
            return Err(self.not_ours(&answer));
        }
        *was_there = true;
        let mut events = Events::default();
        while let Some(piece) = self.piece(&mut answer).await? {
            let whole = events.take(&piece).map_err(|_| ClientError::NotOurs {
                address: self.address.clone(),
                what: "it sends an event that does not end".into(),
            })?;
            for event in whole {
                if let Some(end) = heard.take(event, hear) {
                    return Ok(end);
                }
            }
        }
        Err(self.broke_off("a log was followed", "it stopped before the end"))
    }
}

impl Heard {
    /// Passes an event on; returns the end when it is the last.
    fn take(&mut self, event: ServerEvent, hear: &mut (dyn FnMut(News) + Send)) -> Option<End> {
        let said: Said = serde_json::from_str(&event.data).unwrap_or_default();
        if event.id.is_some() {
            self.last = event.id;
        }
        match event.name.as_str() {
            "log" => hear(News::Text(said.text.unwrap_or_default())),
            "restart" => hear(News::Anew),
            // a new connection begins with what is known already
            "status" => {
                let status = said.status.unwrap_or_default();
                if status != self.status {
                    hear(News::Status(status.clone()));
                    self.status = status;
                }
            }
            "end" => {
                let status = said.status.and_then(|status| status.parse().ok());
                return Some(End { status, error: said.error });
            }
            _ => {} // of a later version
        }
        None
    }
}
