//! One message brings a process on: what it does until it waits again. Does no I/O.

#[cfg(test)]
mod property;
mod run;
mod workitem;

use serde_json::value::RawValue;

use self::run::{Motion, Run};
use crate::definition::Definition;
use crate::json::{Object, raw};
use crate::position::{Position, Scope};
use crate::tree::Kind;
use crate::world::World;

/// A workitem to send.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dispatch {
    pub(crate) participant: String,
    /// Names the attempt: `wi FEI@dispatched_at`.
    pub(crate) id: String,
    pub(crate) body: String,
}

/// What came of a message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Advanced {
    pub(crate) dispatches: Vec<Dispatch>,
    pub(crate) now: Now,
}

/// How a process stands after a message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Now {
    Waiting { position: Position, attempt: Attempt },
    Ended { fields: String },
    Failed { error: String, fields: String },
}

/// The one answer a process waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) participant: String,
    pub(crate) expid: String,
    pub(crate) subid: String,
    pub(crate) dispatched_at: String,
}

/// Starts a process.
pub(crate) fn launch(
    definition: &Definition,
    wfid: &str,
    fields: Object,
    variables: Object,
    world: &mut dyn World,
) -> Advanced {
    let now = world.now();
    let mut workitem = Object::default();
    workitem.put("fields", raw(&()));
    workitem.put("wf_name", raw(&definition.name));
    workitem.put("wf_revision", workitem::plain(&definition.revision));
    workitem.put("wf_launched_at", raw(&now));
    let scope = Scope { path: Vec::new(), variables, launched_at: now };
    let participants = definition.participants();
    let misleading = scope.variables.keys().find(|name| participants.contains(*name)).map(ToOwned::to_owned);
    let mut run = Run::new(definition, wfid, workitem, fields, vec![scope], world);
    if let Some(name) = misleading {
        return run
            .failed(&format!("a variable `{name}` would make the step of that name mean something else"));
    }
    run.name_scope();
    run.go(Motion::Enter)
}

/// Goes on with the answer of the participant the process waited for, which takes the place of its workitem.
pub(crate) fn reply(
    definition: &Definition,
    wfid: &str,
    position: Position,
    mut workitem: Object,
    world: &mut dyn World,
) -> Advanced {
    let Some(mut fields) = workitem.object("fields") else {
        workitem.remove("fields");
        let run = Run::new(definition, wfid, workitem, Object::default(), position.scopes, world);
        return run.failed("the fields of the reply are no object");
    };
    fields.remove("params");
    fields.remove("dispatched_at");
    let mut run = Run::new(definition, wfid, workitem, fields, position.scopes, world);
    let participant = run.step().is_some_and(|step| matches!(step.kind, Kind::Participant { .. }));
    if !participant {
        return run.failed("this version of the engine does not find the step again");
    }
    run.name_sub_process();
    run.go(Motion::Leave)
}

/// What a person reads of an `error` in a reply.
pub(crate) fn error_text(error: &RawValue) -> String {
    let object = Object::parse(error.get()).ok();
    match object.and_then(|object| object.get("message").map(crate::ruby::text)) {
        Some(message) if !message.is_empty() => message,
        _ => crate::ruby::text(error),
    }
}
