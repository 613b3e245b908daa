//! Who can say whether the engine still waits for a step.

use async_trait::async_trait;
use participant_core::Fei;

/// What the engine knows of its steps, as a page of its own shows it.
///
/// Given to [`Settings::ask`](crate::Settings::ask) it is asked when a cancel does not say whom it means: what the engine does
/// not wait for any longer is stopped.
#[async_trait]
pub trait Viewer: Send + Sync {
    /// Tells whether the engine waits for an answer of this step: `false` only when the engine itself says that there is no
    /// such step, `None` when nobody can say, because nothing answers or something else than the engine does.
    ///
    /// Asked several times for the same step, for a few at a time; an answer that takes 10 s comes too late.
    async fn waits_for(&self, step: &Fei) -> Option<bool>;
}
