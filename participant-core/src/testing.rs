//! A transport in memory, and the suite every transport has to pass.

mod conformance;
mod memory;
mod stories;

use std::sync::Arc;

use serde_json::{Value, json};

pub use self::conformance::transport_keeps_its_promises;
pub use self::memory::Memory;
pub use self::stories::stories_come_true;
use crate::fei::Attempt;
use crate::job::{Job, StopHandle};
use crate::workitem::Workitem;

/// Makes a workitem of a step named `p` from its fields.
///
/// # Panics
/// When `fields` is not an object.
pub fn workitem(fields: &Value) -> Workitem {
    let fei = json!({ "engine_id": "engine", "wfid": "20261121-0739-deshiyodo-godemora", "subid": "c1eb", "expid": "0_0" });
    let item = json!({ "fields": fields, "fei": fei, "participant_name": "p", "re_dispatch_count": 0 });
    Workitem::parse(item.to_string().as_bytes()).expect("fields is an object")
}

/// Makes a job nobody watches, whose launches go to `memory`, with the handle to stop it.
pub fn job(memory: &Memory) -> (Job, StopHandle) {
    Job::new(Attempt::default(), Arc::new(memory.clone()), Arc::new(()))
}
