//! Where in its definition a process stands, and what it remembers there.

use serde::{Deserialize, Serialize};

use crate::json::Object;

/// What a process keeps between two messages; its workitem is with the participant meanwhile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// The process itself first, then the sub-processes it is in. Never empty.
    pub(crate) scopes: Vec<Scope>,
}

/// A process or sub-process under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Scope {
    /// Child numbers from the root of the definition to the step that is being done.
    pub(crate) path: Vec<usize>,
    pub(crate) variables: Object,
    pub(crate) launched_at: String,
}
