//! Which step of which process a workitem belongs to.

use serde_json::Value;

use crate::raw::RawObject;

/// A flow expression identifier: the address of one step of one process.
///
/// The texts are the engine's and opaque to us. A step that is retried keeps its fei; see [`Attempt`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fei {
    /// The process instance, as `20261121-0739-deshiyodo-godemora`.
    pub wfid: String,
    /// The branch of the process the step is in.
    pub subid: String,
    /// The path of the step in the definition's tree, as `0_1_0`.
    pub expid: String,
}

impl Fei {
    pub(crate) fn read(object: &RawObject) -> Fei {
        let text = |key| match object.get(key).map(|raw| serde_json::from_str(raw.get())) {
            Some(Ok(Value::String(text))) => text,
            _ => String::new(),
        };
        Fei { wfid: text("wfid"), subid: text("subid"), expid: text("expid") }
    }
}

impl std::fmt::Display for Fei {
    /// Writes the storage id of the engine: `expid!subid!wfid`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}!{}!{}", self.expid, self.subid, self.wfid)
    }
}

/// One try at one step.
///
/// A retried step, or its error handler, comes with the same fei and another dispatch time: only the pair tells two
/// tries apart. Redelivery by the broker is the same attempt again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Attempt {
    /// The step.
    pub fei: Fei,
    /// When the engine sent it, as `2026-11-21 07:39:38.980797 UTC`; empty when it did not say.
    pub dispatched_at: String,
}

impl std::fmt::Display for Attempt {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}@{}", self.fei, self.dispatched_at)
    }
}
