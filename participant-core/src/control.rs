//! What may happen to a job, or to a participant, from outside.

/// Why a running job has to end early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The engine took the step back; nobody waits for an answer.
    Engine,
    /// A person asked for it, by this name; the process is told.
    Person(String),
    /// It ran longer than it may; the process is told.
    Deadline,
    /// This program ends; somebody else, or its next start, takes the workitem up again.
    Shutdown,
}

impl std::fmt::Display for Stop {
    /// Writes the reason as a person would say it.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Stop::Engine => out.write_str("cancelled by the process"),
            Stop::Person(name) => write!(out, "cancelled by {name}"),
            Stop::Deadline => out.write_str("stopped: it took longer than it may"),
            Stop::Shutdown => out.write_str("interrupted by the end of the program"),
        }
    }
}

/// What the job control thread is told about a running job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobControl {
    /// The job has been asked to stop.
    Stop(Stop),
}

/// What a participant is told about its own life.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lifecycle {
    /// It is about to take workitems.
    Start,
    /// It takes no more; jobs that run may finish.
    Stop,
    /// All its jobs have ended; it is not called again.
    Die,
}
