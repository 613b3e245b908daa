//! What one message does; doing it again does no harm.

use std::sync::Arc;

use participant_core::{Message, Transport};
use serde_json::value::RawValue;
use tracing::{debug, info, warn};

use super::Engine;
use crate::advance::{self, Advanced, Dispatch, Now};
use crate::definition::Definition;
use crate::error::EngineError;
use crate::incoming::{Incoming, Launch, Step};
use crate::json::Object;
use crate::store::{Launched, Waiting};
use crate::world::{Outside, wfid};

/// Definitions kept in memory; a handful is in use at a time.
const MOST_KNOWN: usize = 64;

impl Engine {
    /// Does what a message asks for and sends what follows from it.
    pub(super) async fn handle(
        &self,
        transport: &dyn Transport,
        incoming: &Incoming,
        message_id: &str,
    ) -> Result<(), EngineError> {
        let (cause, fresh) = match incoming {
            Incoming::Launch(launch) => {
                let cause = format!("launch {message_id}");
                let fresh = self.launch(message_id, &cause, launch).await?;
                (cause, fresh)
            }
            Incoming::Reply(step, workitem) => {
                let cause = format!("reply {step}");
                let fresh = self.answer(step, workitem, None, &cause).await?;
                (cause, fresh)
            }
            Incoming::Error(step, workitem, error) => {
                let cause = format!("reply {step}");
                let fresh = self.answer(step, workitem, Some(error), &cause).await?;
                (cause, fresh)
            }
            Incoming::Garbage(_) => return Ok(()),
        };
        let messages = match fresh {
            Some(dispatches) => dispatches.into_iter().map(message).collect(),
            None => self.store.unsent(&cause).await?,
        };
        if messages.is_empty() {
            return Ok(());
        }
        for message in &messages {
            transport.publish(message).await?;
        }
        self.store.sent(&cause).await
    }

    /// Starts a process; returns what to send, or `None` when the launch came before.
    async fn launch(
        &self,
        launch_id: &str,
        cause: &str,
        launch: &Launch,
    ) -> Result<Option<Vec<Dispatch>>, EngineError> {
        let wfid = wfid();
        let read = match &launch.definition {
            Ok(text) => self.definition(text).await,
            Err(error) => Err(error.clone()),
        };
        let name = read.as_ref().ok().and_then(|definition| definition.name()).unwrap_or_default().to_owned();
        let advanced = match (&read, &launch.fields, &launch.variables) {
            (Ok(definition), Ok(fields), Ok(variables)) => caught(fields, || {
                advance::launch(definition, &wfid, fields.clone(), variables.clone(), &mut Outside)
            }),
            (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
                failed(error.clone(), launch.fields.as_ref().ok())
            }
        };
        let definition = launch.definition.as_deref().unwrap_or_default();
        let launched = Launched { wfid: &wfid, launch_id, name: &name, definition, cause };
        if !self.store.start(&launched, &advanced).await? {
            debug!("launch {launch_id} came again");
            return Ok(None);
        }
        info!("process {wfid} {name} started by {launch_id}");
        self.note(&wfid, &advanced.now);
        Ok(Some(advanced.dispatches))
    }

    /// Goes on with an answer; returns what to send, or `None` when nobody waits for it, or no longer.
    async fn answer(
        &self,
        step: &Step,
        workitem: &Object,
        error: Option<&RawValue>,
        cause: &str,
    ) -> Result<Option<Vec<Dispatch>>, EngineError> {
        let Some(waiting) = self.store.waiting(step).await? else {
            debug!("nobody waits for the answer to {step}");
            return Ok(None);
        };
        let advanced = match error {
            Some(error) => {
                let error = format!("{} failed: {}", waiting.participant, advance::error_text(error));
                failed(error, workitem.object("fields").as_ref())
            }
            None => self.advanced(step, &waiting, workitem).await,
        };
        if !self.store.advance(step, &waiting, cause, &advanced).await? {
            debug!("somebody else took the answer to {step}");
            return Ok(None);
        }
        self.note(&step.wfid, &advanced.now);
        Ok(Some(advanced.dispatches))
    }

    async fn advanced(&self, step: &Step, waiting: &Waiting, workitem: &Object) -> Advanced {
        match self.definition(&waiting.definition).await {
            Ok(definition) => {
                let position = waiting.position.clone();
                let fields = workitem.object("fields").unwrap_or_default();
                caught(&fields, || {
                    advance::reply(&definition, &step.wfid, position, workitem.clone(), &mut Outside)
                })
            }
            Err(error) => failed(error, workitem.object("fields").as_ref()),
        }
    }

    /// Reads a definition, or remembers it.
    async fn definition(&self, text: &str) -> Result<Arc<Definition>, String> {
        let known = || self.inner.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(definition) = known().get(text) {
            return Ok(definition.clone());
        }
        let copy = text.to_owned();
        let read = tokio::task::spawn_blocking(move || Definition::parse(&copy)).await;
        let definition = read.map_err(|error| format!("cannot read the definition: {error}"))?;
        let definition = Arc::new(definition.map_err(|error| error.to_string())?);
        let mut known = known();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(text.to_owned(), definition.clone());
        Ok(definition)
    }

    fn note(&self, wfid: &str, now: &Now) {
        match now {
            Now::Waiting { attempt, .. } => debug!("process {wfid} waits for {}", attempt.participant),
            Now::Ended { .. } => info!("process {wfid} ended"),
            Now::Failed { error, .. } => warn!("process {wfid} stopped: {error}"),
        }
        if !matches!(now, Now::Waiting { .. }) {
            self.inner.ended.notify_waiters();
        }
    }
}

/// Lets a bug of ours stop one process, not all of them.
fn caught(fields: &Object, work: impl FnOnce() -> Advanced) -> Advanced {
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    caught.unwrap_or_else(|_| failed("the engine broke on this process: a bug of it".into(), Some(fields)))
}

fn failed(error: String, fields: Option<&Object>) -> Advanced {
    let fields = fields.cloned().unwrap_or_default().to_raw().get().to_owned();
    Advanced { dispatches: Vec::new(), now: Now::Failed { error, fields } }
}

fn message(dispatch: Dispatch) -> Message {
    Message { queue: dispatch.participant, body: dispatch.body.into_bytes(), id: Some(dispatch.id) }
}
