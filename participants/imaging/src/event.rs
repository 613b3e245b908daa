//! What happened to a job, and because of whom.

use crate::JobStatus;

/// One entry of a job's history.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct JobEvent {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// A person's name, or the process or program that said so.
    pub who: String,
    /// What.
    pub what: Happening,
}

/// What can happen to a job.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Happening {
    /// It was recorded.
    Recorded,
    /// It became this.
    Became(JobStatus),
    /// News of an older try, or late ones, that changed nothing.
    Ignored(JobStatus),
    /// It got this tag.
    Tagged(String),
    /// It lost this tag.
    Untagged(String),
    /// A person wanted it stopped.
    Cancelled,
    /// It was asked for again, as the job of this id.
    Retried(String),
    /// A process was handed to the engine for it: its name.
    Launched(String),
    /// A process could not be launched: why, and whether it is tried again.
    NotLaunched(String),
}

impl std::fmt::Display for Happening {
    /// Writes a clause that can follow a name, as `became DONE`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Happening::Recorded => out.write_str("asked for it"),
            Happening::Became(status) => write!(out, "said that it is {status}"),
            Happening::Ignored(status) => write!(out, "said too late that it is {status}"),
            Happening::Tagged(tag) => write!(out, "put the tag `{tag}` on it"),
            Happening::Untagged(tag) => write!(out, "took the tag `{tag}` off it"),
            Happening::Cancelled => out.write_str("stopped it"),
            Happening::Retried(id) => write!(out, "asked for it again as {id}"),
            Happening::Launched(name) => write!(out, "launched `{name}`"),
            Happening::NotLaunched(why) => write!(out, "launched nothing: {why}"),
        }
    }
}
