//! How a task ended.

/// What came of a task that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Why it is over.
    pub status: Status,
    /// The last KiB it printed to standard error.
    pub tail: String,
    /// What it printed to standard output, when the task keeps that.
    pub output: Vec<u8>,
}

/// Why a task is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It ended by itself with this exit status.
    Exited(i32),
    /// A signal that nobody here sent ended it.
    Signalled(i32),
    /// It was stopped because the caller asked for it.
    Stopped,
    /// It was stopped because its limit had passed.
    TookTooLong,
}

impl Ended {
    /// Tells whether it ended by itself and was content.
    pub fn well(&self) -> bool {
        self.status == Status::Exited(0)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Status::Exited(code) => write!(out, "exit status {code}"),
            Status::Signalled(signal) => write!(out, "signal {signal}"),
            Status::Stopped => out.write_str("stopped"),
            Status::TookTooLong => out.write_str("took too long"),
        }
    }
}
