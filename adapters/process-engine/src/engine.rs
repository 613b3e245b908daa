//! The engine: takes messages, advances processes, sends workitems.

use std::path::Path;
use std::sync::Arc;

use participant_core::Transport;
use tokio_util::sync::CancellationToken;

use crate::error::EngineError;
use crate::view::ProcessState;

/// Runs processes whose state is in one SQLite file; several programs may run on the same file.
#[derive(Clone, Debug)]
pub struct Engine {}

impl Engine {
    /// Opens the database, making it when it is not there, and forgets processes that ended more than 30 days ago.
    pub async fn open(_path: &Path) -> Result<Engine, EngineError> {
        Ok(Engine {})
    }

    /// Takes launches and replies from the engine's queue, one after the other, until `shutdown`.
    pub async fn serve(&self, _transport: Arc<dyn Transport>, shutdown: CancellationToken) -> Result<(), EngineError> {
        shutdown.cancelled().await;
        Ok(())
    }

    /// Returns the process whose launch had this message id.
    pub async fn process(&self, _launch_id: &str) -> Result<Option<ProcessState>, EngineError> {
        Ok(None)
    }

    /// Returns the process with this wfid.
    pub async fn process_by_wfid(&self, _wfid: &str) -> Result<Option<ProcessState>, EngineError> {
        Ok(None)
    }

    /// Returns the newest processes, newest first.
    pub async fn processes(&self, _limit: u32) -> Result<Vec<ProcessState>, EngineError> {
        Ok(Vec::new())
    }

    /// Waits until the process of this launch is over, whoever runs it.
    pub async fn ended(&self, _launch_id: &str) -> Result<ProcessState, EngineError> {
        std::future::pending().await
    }
}
