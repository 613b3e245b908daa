//! The engine: takes messages, advances processes, sends workitems.

mod handle;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use participant_core::{Delivery, ENGINE_QUEUE, Transport};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};
use uuid::Uuid;

use crate::definition::Definition;
use crate::error::{Chain, EngineError};
use crate::incoming::Incoming;
use crate::store::Store;
use crate::view::ProcessState;

/// How often a process is looked at that another program may be running.
const POLL: Duration = Duration::from_millis(500);

/// Runs processes whose state is in one SQLite file; several programs may run on the same file.
///
/// Every message does its work in one transaction, together with what has to be sent because of it. A message that
/// comes again, at whatever point the program died, is recognised: what was not sent yet is sent, nothing starts or
/// advances twice.
#[derive(Clone, Debug)]
pub struct Engine {
    store: Store,
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Somebody here ended a process.
    ended: Notify,
    /// Definitions that were read, by their text.
    known: Mutex<HashMap<String, Arc<Definition>>>,
}

impl Engine {
    /// Opens the database, making it when it is not there, and forgets processes that ended more than 30 days ago.
    ///
    /// The folder has to be there. Other tables in the same file are left alone.
    pub async fn open(path: &Path) -> Result<Engine, EngineError> {
        Ok(Engine { store: Store::open(path).await?, inner: Arc::default() })
    }

    /// Lets go of the file, so that all of it is in the one of its name; nothing can be done with it afterwards.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Takes launches and replies from the engine's queue, one after the other, until `shutdown`.
    ///
    /// A message is acked once everything that follows from it is on disk and sent. Trouble with the disk or the
    /// transport is logged and the message tried again; at `shutdown` it goes back to the queue unsettled.
    pub async fn serve(
        &self,
        transport: Arc<dyn Transport>,
        shutdown: CancellationToken,
    ) -> Result<(), EngineError> {
        let mut intake = transport.take(ENGINE_QUEUE).await?;
        loop {
            let delivery = tokio::select! {
                biased;
                () = shutdown.cancelled() => return Ok(()),
                next = intake.next() => next?,
            };
            self.settle(&*transport, delivery, &shutdown).await;
        }
    }

    async fn settle(&self, transport: &dyn Transport, delivery: Delivery, shutdown: &CancellationToken) {
        let incoming = Incoming::read(&delivery.body);
        let settled = if let Incoming::Garbage(reason) = &incoming {
            warn!("set aside a message to the engine: {reason}");
            delivery.set_aside(reason).await
        } else {
            let id = delivery.message_id.clone().unwrap_or_else(|| Uuid::new_v4().to_string());
            let mut pause = Duration::from_millis(100);
            while let Err(trouble) = self.handle(transport, &incoming, &id).await {
                error!("{}; the message is tried again", Chain(&trouble));
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(10)),
                }
            }
            delivery.ack().await
        };
        if let Err(trouble) = settled {
            warn!("{}; the message will come again", Chain(&trouble));
        }
    }

    /// Returns the process whose launch had this message id.
    pub async fn process(&self, launch_id: &str) -> Result<Option<ProcessState>, EngineError> {
        self.store.process(launch_id).await
    }

    /// Returns the process with this wfid.
    pub async fn process_by_wfid(&self, wfid: &str) -> Result<Option<ProcessState>, EngineError> {
        self.store.process_by_wfid(wfid).await
    }

    /// Returns the newest processes, newest first.
    pub async fn processes(&self, limit: u32) -> Result<Vec<ProcessState>, EngineError> {
        self.store.processes(limit).await
    }

    /// Waits until the process of this launch is over, whoever runs it; also for a launch still to come.
    pub async fn ended(&self, launch_id: &str) -> Result<ProcessState, EngineError> {
        loop {
            let ended = self.inner.ended.notified();
            tokio::pin!(ended);
            ended.as_mut().enable();
            if let Some(process) = self.store.process(launch_id).await?
                && process.is_over()
            {
                return Ok(process);
            }
            let _ = tokio::time::timeout(POLL, ended).await;
        }
    }
}
