//! What a participant tells of an image job while it works on it.
//!
//! The job store hears of a [`status`] by a process of its own, whoever waits for the step hears of steps by a [`JobWatch`].

pub mod status;
mod watch;

pub use self::watch::JobWatch;
