//! What is kept of processes, in SQLite.

mod schema;
mod views;

use std::path::Path;

use participant_core::Message;
use sqlx::sqlite::SqlitePool;
use sqlx::{Row, Sqlite, Transaction};

use crate::advance::{Advanced, Dispatch, Now};
use crate::error::EngineError;
use crate::incoming::Step;
use crate::position::Position;
use crate::world::milliseconds;

/// The database; several programs may have it open.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pool: SqlitePool,
}

/// A launch to write down.
#[derive(Debug)]
pub(crate) struct Launched<'a> {
    pub(crate) wfid: &'a str,
    pub(crate) launch_id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) definition: &'a str,
    pub(crate) cause: &'a str,
}

/// A process that waits for the answer that came.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) definition: String,
    pub(crate) position: Position,
    pub(crate) participant: String,
    dispatched_at: String,
}

impl Store {
    pub(crate) async fn open(path: &Path) -> Result<Store, EngineError> {
        let pool = sqlite_file::open(path, 4).await?;
        let doing = format!("make tables in {}", path.display());
        schema::prepare(&pool).await.map_err(EngineError::database(&doing))?;
        Ok(Store { pool })
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Writes a new process with its first workitems; tells whether this launch is new.
    pub(crate) async fn start(
        &self,
        launched: &Launched<'_>,
        advanced: &Advanced,
    ) -> Result<bool, EngineError> {
        let trouble = || EngineError::database("start a process");
        let mut transaction = self.write().await.map_err(trouble())?;
        let columns = Columns::of(&advanced.now);
        let inserted = sqlx::query(
            "INSERT INTO engine_process (wfid, launch_id, name, definition, state, position, waiting_for, waiting_step, \
             dispatched_at, fields, error, launched_ms, ended_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             ON CONFLICT (launch_id) DO NOTHING",
        )
        .bind(launched.wfid)
        .bind(launched.launch_id)
        .bind(launched.name)
        .bind(launched.definition)
        .bind(columns.state)
        .bind(columns.position)
        .bind(columns.waiting_for)
        .bind(columns.waiting_step)
        .bind(columns.dispatched_at)
        .bind(columns.fields)
        .bind(columns.error)
        .bind(milliseconds())
        .bind(columns.ended_ms)
        .execute(&mut *transaction)
        .await
        .map_err(trouble())?;
        if inserted.rows_affected() == 0 {
            return Ok(false);
        }
        post(&mut transaction, launched.cause, &advanced.dispatches).await.map_err(trouble())?;
        transaction.commit().await.map_err(trouble())?;
        Ok(true)
    }

    /// Finds the process that waits for this answer; `None` when nobody does, or no longer.
    pub(crate) async fn waiting(&self, step: &Step) -> Result<Option<Waiting>, EngineError> {
        let found = sqlx::query(
            "SELECT definition, position, waiting_for, dispatched_at FROM engine_process \
             WHERE wfid = $1 AND state = 'running' AND waiting_step = $2",
        )
        .bind(&step.wfid)
        .bind(waiting_step(&step.expid, &step.subid))
        .fetch_optional(&self.pool)
        .await
        .map_err(EngineError::database("read a process"))?;
        let Some(row) = found else { return Ok(None) };
        let dispatched_at: String = row.get(3);
        if step.dispatched_at.as_ref().is_some_and(|at| *at != dispatched_at) {
            return Ok(None);
        }
        let position = serde_json::from_str(row.get(1));
        let position =
            position.map_err(|source| EngineError::Unreadable { wfid: step.wfid.clone(), source })?;
        Ok(Some(Waiting { definition: row.get(0), position, participant: row.get(2), dispatched_at }))
    }

    /// Writes what the answer brought; tells whether the process still waited for it.
    pub(crate) async fn advance(
        &self,
        step: &Step,
        waiting: &Waiting,
        cause: &str,
        advanced: &Advanced,
    ) -> Result<bool, EngineError> {
        let trouble = || EngineError::database("advance a process");
        let mut transaction = self.write().await.map_err(trouble())?;
        let columns = Columns::of(&advanced.now);
        let updated = sqlx::query(
            "UPDATE engine_process SET state = $1, position = $2, waiting_for = $3, waiting_step = $4, dispatched_at = $5, \
             fields = $6, error = $7, ended_ms = $8 \
             WHERE wfid = $9 AND state = 'running' AND waiting_step = $10 AND dispatched_at = $11",
        )
        .bind(columns.state)
        .bind(columns.position)
        .bind(columns.waiting_for)
        .bind(columns.waiting_step)
        .bind(columns.dispatched_at)
        .bind(columns.fields)
        .bind(columns.error)
        .bind(columns.ended_ms)
        .bind(&step.wfid)
        .bind(waiting_step(&step.expid, &step.subid))
        .bind(&waiting.dispatched_at)
        .execute(&mut *transaction)
        .await
        .map_err(trouble())?;
        if updated.rows_affected() == 0 {
            return Ok(false);
        }
        post(&mut transaction, cause, &advanced.dispatches).await.map_err(trouble())?;
        transaction.commit().await.map_err(trouble())?;
        Ok(true)
    }

    /// Returns what is still to be sent because of this message, in order.
    pub(crate) async fn unsent(&self, cause: &str) -> Result<Vec<Message>, EngineError> {
        let rows = sqlx::query("SELECT queue, id, body FROM engine_outbox WHERE cause = $1 ORDER BY place")
            .bind(cause)
            .fetch_all(&self.pool)
            .await
            .map_err(EngineError::database("read the outbox"))?;
        let message = |row: &sqlx::sqlite::SqliteRow| Message {
            queue: row.get(0),
            id: Some(row.get(1)),
            body: row.get::<String, _>(2).into_bytes(),
        };
        Ok(rows.iter().map(message).collect())
    }

    /// Forgets what was to be sent because of this message: it is sent.
    pub(crate) async fn sent(&self, cause: &str) -> Result<(), EngineError> {
        sqlx::query("DELETE FROM engine_outbox WHERE cause = $1")
            .bind(cause)
            .execute(&self.pool)
            .await
            .map_err(EngineError::database("clear the outbox"))?;
        Ok(())
    }

    /// Begins to write at once: a transaction that reads first could not go on when another program wrote meanwhile.
    async fn write(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.pool.begin_with("BEGIN IMMEDIATE").await
    }
}

async fn post(
    transaction: &mut Transaction<'static, Sqlite>,
    cause: &str,
    dispatches: &[Dispatch],
) -> sqlx::Result<()> {
    for dispatch in dispatches {
        sqlx::query("INSERT INTO engine_outbox (cause, queue, id, body) VALUES ($1, $2, $3, $4)")
            .bind(cause)
            .bind(&dispatch.participant)
            .bind(&dispatch.id)
            .bind(&dispatch.body)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

fn waiting_step(expid: &str, subid: &str) -> String {
    format!("{expid}!{subid}")
}

/// How a process stands, as it is written.
#[derive(Debug, Default)]
struct Columns {
    state: &'static str,
    position: String,
    waiting_for: String,
    waiting_step: String,
    dispatched_at: String,
    fields: String,
    error: String,
    ended_ms: Option<i64>,
}

impl Columns {
    fn of(now: &Now) -> Columns {
        match now.clone() {
            Now::Waiting { position, attempt } => Columns {
                state: "running",
                position: serde_json::to_string(&position)
                    .expect("a position is numbers, texts and raw JSON"),
                waiting_step: waiting_step(&attempt.expid, &attempt.subid),
                waiting_for: attempt.participant,
                dispatched_at: attempt.dispatched_at,
                ..Columns::default()
            },
            Now::Ended { fields } => {
                Columns { state: "ended", fields, ended_ms: Some(milliseconds()), ..Columns::default() }
            }
            Now::Failed { error, fields } => Columns {
                state: "failed",
                fields,
                error,
                ended_ms: Some(milliseconds()),
                ..Columns::default()
            },
        }
    }
}
