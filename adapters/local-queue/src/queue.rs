//! Sending, and taking over what the dead left.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use participant_core::{
    ENGINE_QUEUE, Intake, Launch, LaunchError, Launcher, Message, Transport, TransportError,
};
use sqlx::sqlite::SqlitePool;
use tokio::sync::{Notify, watch};

use crate::intake::LocalIntake;
use crate::owner::{Buried, Owner};
use crate::table::{now_ms, prepare};

/// All queues of one file, seen by one owner. Clones are the same owner.
#[derive(Clone, Debug)]
pub struct LocalQueue(pub(crate) Arc<Shared>);

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) table: SqlitePool,
    file: PathBuf,
    pub(crate) owner: Owner,
    pub(crate) changed: Notify,
    trouble: watch::Sender<Option<String>>,
}

impl Shared {
    /// Turns a failed statement into an error, and lets those know who wait for trouble.
    pub(crate) fn failed(&self, doing: impl Into<String>, error: sqlx::Error) -> TransportError {
        let error = TransportError::new(doing, sqlite_file::told(&self.file, error));
        self.trouble.send_replace(Some(format!("{error}: {}", error.source)));
        error
    }
}

/// A message that a program left, or would leave.
#[derive(Clone, Debug)]
pub struct Left {
    /// The queue it waits on.
    pub queue: String,
    /// Its text.
    pub body: Vec<u8>,
}

impl LocalQueue {
    /// Opens the queues in `file`, making it when it is not there.
    pub async fn open(file: &Path, owner: Owner) -> Result<LocalQueue, TransportError> {
        // one connection: statements of one program never wait for each other's locks
        let table = sqlite_file::open(file, 1)
            .await
            .map_err(|error| TransportError::new("open the queues of this machine", error))?;
        prepare(&table)
            .await
            .map_err(|error| TransportError::new(format!("make a table in {}", file.display()), error))?;
        Ok(LocalQueue(Arc::new(Shared {
            table,
            file: file.to_owned(),
            owner,
            changed: Notify::new(),
            trouble: watch::Sender::new(None),
        })))
    }

    /// Lets go of the file, so that all of it is in the one of its name; nothing can be done with it afterwards.
    pub async fn close(&self) {
        self.0.table.close().await;
    }

    /// Makes ours what belongs to programs that are dead, and returns it.
    pub async fn adopt(&self) -> Result<Vec<Left>, TransportError> {
        let failed = |error| self.0.failed("adopt messages of dead programs", error);
        let mut adopted = Vec::new();
        for (other, buried) in self.dead().await? {
            let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
                "UPDATE message SET owner = $1, state = 0 WHERE owner = $2 AND state < 2 RETURNING queue, body",
            )
            .bind(self.0.owner.name())
            .bind(&other)
            .fetch_all(&self.0.table)
            .await
            .map_err(failed)?;
            buried.forget();
            adopted.extend(rows.into_iter().map(|(queue, body)| Left { queue, body }));
        }
        self.0.changed.notify_waiters();
        Ok(adopted)
    }

    /// Returns what belongs to programs that are dead, and leaves it to whoever adopts it.
    pub async fn left(&self) -> Result<Vec<Left>, TransportError> {
        let mut left = Vec::new();
        for (other, _) in self.dead().await? {
            left.extend(self.of(&other).await?);
        }
        Ok(left)
    }

    /// Returns what others would find left if this program died now.
    pub async fn leaves(&self) -> Result<Vec<Left>, TransportError> {
        self.of(self.0.owner.name()).await
    }

    /// Returns what an owner has not dealt with.
    async fn of(&self, owner: &str) -> Result<Vec<Left>, TransportError> {
        let rows: Vec<(String, Vec<u8>)> =
            sqlx::query_as("SELECT queue, body FROM message WHERE owner = $1 AND state < 2")
                .bind(owner)
                .fetch_all(&self.0.table)
                .await
                .map_err(|error| self.0.failed("look for messages of programs", error))?;
        Ok(rows.into_iter().map(|(queue, body)| Left { queue, body }).collect())
    }

    /// Returns the dead programs, each kept from everybody else who looks for the dead.
    async fn dead(&self) -> Result<Vec<(String, Buried)>, TransportError> {
        let (table, me) = (&self.0.table, &self.0.owner);
        let mut others: BTreeSet<String> = sqlx::query_scalar::<_, String>(
            "SELECT DISTINCT owner FROM message WHERE state < 2 AND owner <> $1",
        )
        .bind(me.name())
        .fetch_all(table)
        .await
        .map_err(|error| self.0.failed("look for messages of dead programs", error))?
        .into_iter()
        .collect();
        // who died without leaving a message left a lock all the same
        let with_locks = me.others();
        others
            .extend(with_locks.map_err(|error| TransportError::new("look at the locks of programs", error))?);
        let mut dead = Vec::new();
        for other in others {
            let buried = me
                .bury(&other)
                .map_err(|error| TransportError::new("look at the locks of programs", error))?;
            dead.extend(buried.map(|buried| (other, buried)));
        }
        Ok(dead)
    }

    /// Waits until the file cannot be read or written, and says why; for ever when all is well.
    ///
    /// Who sends keeps what was not sent and tries again; a program that a person waits for may rather end.
    pub async fn trouble(&self) -> String {
        let mut trouble = self.0.trouble.subscribe();
        let said = trouble.wait_for(Option::is_some).await.ok().and_then(|said| said.clone());
        match said {
            Some(said) => said,
            None => std::future::pending().await, // the sender lives as long as we do
        }
    }

    /// Returns the queues on which messages of ours are not dealt with: none means that our processes came to rest.
    pub async fn unsettled(&self) -> Result<Vec<String>, TransportError> {
        sqlx::query_scalar("SELECT DISTINCT queue FROM message WHERE owner = $1 AND state < 2")
            .bind(self.0.owner.name())
            .fetch_all(&self.0.table)
            .await
            .map_err(|error| self.0.failed("look for waiting messages", error))
    }
}

#[async_trait]
impl Transport for LocalQueue {
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        Ok(Box::new(LocalIntake { shared: self.0.clone(), queue: queue.to_owned() }))
    }

    async fn publish(&self, message: &Message) -> Result<(), TransportError> {
        sqlx::query(
            "INSERT INTO message (queue, id, owner, body, changed) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (queue, id) DO NOTHING",
        )
        .bind(&message.queue)
        .bind(&message.id)
        .bind(self.0.owner.name())
        .bind(&message.body)
        .bind(now_ms())
        .execute(&self.0.table)
        .await
        .map_err(|error| self.0.failed(format!("publish to {}", message.queue), error))?;
        self.0.changed.notify_waiters();
        Ok(())
    }
}

#[async_trait]
impl Launcher for LocalQueue {
    async fn launch(&self, launch: &Launch) -> Result<(), LaunchError> {
        let message = Message { queue: ENGINE_QUEUE.into(), body: launch.body(), id: launch.id.clone() };
        self.publish(&message).await.map_err(|error| LaunchError(Box::new(error)))
    }
}
