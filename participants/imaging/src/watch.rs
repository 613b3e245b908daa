//! How a build and whoever waits for it talk.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

/// How far a build has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// What it does now, as `installing packages`.
    pub name: String,
    /// How much of this step is done, and of how much; `None` when nobody knows.
    pub done_of: Option<(u64, u64)>,
}

/// Who waits for a build.
#[async_trait]
pub trait Watch: Send + Sync {
    /// Hears how far it has come; called often.
    fn step(&self, step: &Step);

    /// Fires when the build has to end now; it then leaves nothing running and nothing mounted within 5 s.
    fn stop(&self) -> CancellationToken;
}
