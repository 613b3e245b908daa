//! The one trait a participant implements.

use async_trait::async_trait;

use crate::control::{JobControl, Lifecycle};
use crate::failure::Failure;
use crate::job::Job;
use crate::outcome::Outcome;
use crate::workitem::Workitem;

/// One kind of work the engine may ask for.
///
/// Implement [`handle_wi`](Participant::handle_wi) and nothing else: connections, replies and shutdown belong to
/// [`Exo`](crate::Exo). The three methods are SkyNET's entry points.
#[async_trait]
pub trait Participant: Send + Sync {
    /// Does the work described by `item`.
    ///
    /// What goes wrong with a known subject is a refusing [`Outcome`]; an `Err` is for items nobody can act on. Work
    /// that takes long watches [`Job::stopped`]. May be called twice for one [`Attempt`](crate::Attempt) when the
    /// broker redelivers.
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure>;

    /// Hears about a running job from outside, while [`handle_wi`](Participant::handle_wi) works on it.
    ///
    /// The job knows of a stop already; override this only to do more about it.
    async fn handle_wi_control(&self, _job: &Job, _control: &JobControl) {}

    /// Hears that the participant starts, stops or ends.
    async fn handle_lifecycle_control(&self, _control: &Lifecycle) {}
}
