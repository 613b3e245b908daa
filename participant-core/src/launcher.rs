//! Starting processes.

use std::error::Error;

use async_trait::async_trait;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::raw::{RawObject, raw};

/// One process to start.
#[derive(Clone, Debug)]
pub struct Launch {
    /// Makes the launch happen once however often it is sent, where the transport can tell (the local queue does,
    /// the Ruote engine does not).
    pub id: Option<String>,
    /// The text of the process definition.
    pub definition: String,
    /// The fields its first workitem has; an object.
    pub fields: Box<RawValue>,
    /// The variables of the process; an object or null.
    pub variables: Value,
}

impl Launch {
    /// Starts `definition` with `fields` and no variables.
    pub fn new(definition: impl Into<String>, fields: Box<RawValue>) -> Launch {
        Launch { id: None, definition: definition.into(), fields, variables: Value::Null }
    }

    /// Lets a repeated launch with the same id do nothing.
    pub fn once(mut self, id: impl Into<String>) -> Launch {
        self.id = Some(id.into());
        self
    }

    /// Returns the message body the engine takes on its queue.
    pub fn body(&self) -> Vec<u8> {
        let mut object = RawObject::default();
        object.put("definition", raw(&self.definition.as_str().into()));
        object.put("fields", (&*self.fields).into());
        object.put("variables", raw(&self.variables));
        object.to_json().into_bytes()
    }
}

/// Why a process was not started.
#[derive(Debug, thiserror::Error)]
#[error("cannot launch the process")]
pub struct LaunchError(#[source] pub Box<dyn Error + Send + Sync>);

/// Whatever can start processes.
#[async_trait]
pub trait Launcher: Send + Sync {
    /// Hands the process over for good: after `Ok` it will start even if this program dies.
    ///
    /// The engine does not answer: its id, or mistakes in the definition, are not known here.
    async fn launch(&self, launch: &Launch) -> Result<(), LaunchError>;
}
