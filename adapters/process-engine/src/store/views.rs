//! Looking at processes.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::Store;
use crate::error::EngineError;
use crate::view::{ProcessState, State};

impl Store {
    pub(crate) async fn process(&self, launch_id: &str) -> Result<Option<ProcessState>, EngineError> {
        let found = sqlx::query(
            "SELECT wfid, launch_id, name, state, waiting_for, fields, error FROM engine_process WHERE launch_id = $1",
        );
        let found = found.bind(launch_id).fetch_optional(&self.pool).await;
        Ok(found.map_err(EngineError::database("read a process"))?.as_ref().map(view))
    }

    pub(crate) async fn process_by_wfid(&self, wfid: &str) -> Result<Option<ProcessState>, EngineError> {
        let found = sqlx::query(
            "SELECT wfid, launch_id, name, state, waiting_for, fields, error FROM engine_process WHERE wfid = $1",
        );
        let found = found.bind(wfid).fetch_optional(&self.pool).await;
        Ok(found.map_err(EngineError::database("read a process"))?.as_ref().map(view))
    }

    pub(crate) async fn processes(&self, limit: u32) -> Result<Vec<ProcessState>, EngineError> {
        let found = sqlx::query(
            "SELECT wfid, launch_id, name, state, waiting_for, fields, error FROM engine_process \
             ORDER BY launched_ms DESC, rowid DESC LIMIT $1",
        );
        let found = found.bind(i64::from(limit)).fetch_all(&self.pool).await;
        Ok(found.map_err(EngineError::database("read the processes"))?.iter().map(view).collect())
    }
}

fn view(row: &SqliteRow) -> ProcessState {
    let waiting_for: String = row.get(4);
    let (fields, error) = (row.get(5), row.get(6));
    let state = match row.get::<&str, _>(3) {
        "ended" => State::Ended { fields },
        "failed" => State::Failed { error, fields },
        _ => State::Running,
    };
    ProcessState {
        wfid: row.get(0),
        launch_id: row.get(1),
        name: row.get(2),
        state,
        waiting_for: Some(waiting_for).filter(|name| !name.is_empty()).into_iter().collect(),
    }
}
