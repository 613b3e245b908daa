//! The workitem as the engine sends it.

use serde_json::value::RawValue;

use super::{Attempt, Dispatch};
use crate::json::{Object, raw};
use crate::substitute::Sight;
use crate::tree::{Step, Value};

/// Writes a workitem for a participant, as recorded: attributes as `params`, nothing left of the last dispatch.
pub(super) fn dispatch(
    attempt: &Attempt,
    wfid: &str,
    params: Box<RawValue>,
    mut workitem: Object,
    mut fields: Object,
) -> Dispatch {
    fields.put("params", params);
    fields.remove("t");
    fields.remove("__result__");
    fields.put("dispatched_at", raw(&attempt.dispatched_at));
    let mut fei = Object::default();
    fei.put("engine_id", raw("engine"));
    fei.put("wfid", raw(wfid));
    fei.put("subid", raw(&attempt.subid));
    fei.put("expid", raw(&attempt.expid));
    workitem.put("fields", fields.to_raw());
    workitem.put("fei", fei.to_raw());
    workitem.put("participant_name", raw(&attempt.participant));
    workitem.put("re_dispatch_count", raw(&0));
    let Attempt { participant, expid, subid, dispatched_at } = attempt.clone();
    let id = format!("wi {expid}!{subid}!{wfid}@{dispatched_at}");
    Dispatch { participant, id, body: workitem.to_raw().get().to_owned() }
}

/// The attributes of a step with everything put in.
pub(super) fn params(step: &Step, ref_last: bool, sight: &Sight<'_>) -> Box<RawValue> {
    let mut params = Object::default();
    for (name, value) in &step.attributes {
        params.put(name, filled(value, sight));
    }
    if ref_last {
        params.put("ref", raw(&step.name));
    }
    params.to_raw()
}

/// A value of the definition with everything put in.
pub(super) fn filled(value: &Value, sight: &Sight<'_>) -> Box<RawValue> {
    match value {
        Value::Nil => raw(&()),
        Value::Bool(value) => raw(value),
        Value::Number(text) => RawValue::from_string(text.clone()).expect("numbers are kept as JSON"),
        Value::Text(template) => template.value(sight),
        Value::List(list) => raw(&list.iter().map(|value| filled(value, sight)).collect::<Vec<_>>()),
        Value::Hash(pairs) => {
            let mut object = Object::default();
            pairs.iter().for_each(|(key, value)| object.put(key, filled(value, sight)));
            object.to_raw()
        }
    }
}

/// A value of the definition as it was written.
pub(super) fn plain(value: &Value) -> Box<RawValue> {
    match value {
        Value::Text(template) => raw(&template.source),
        Value::Number(text) => raw(&RawValue::from_string(text.clone()).expect("numbers are kept as JSON")),
        _ => raw(&()),
    }
}

/// Notes that a step with a tag is under way.
pub(super) fn enter_tag(fields: &mut Object, tag: &str) {
    let mut tags = tags(fields);
    tags.push(raw(tag));
    fields.put("__tags__", raw(&tags));
}

/// Notes that the step with the tag is done.
pub(super) fn leave_tag(fields: &mut Object, tag: &str) {
    let mut tags = tags(fields);
    let wanted = raw(tag);
    tags.retain(|it| it.get() != wanted.get());
    fields.put("__tags__", raw(&tags));
    fields.put("__left_tag__", wanted);
}

fn tags(fields: &Object) -> Vec<Box<RawValue>> {
    fields.get("__tags__").and_then(|tags| serde_json::from_str(tags.get()).ok()).unwrap_or_default()
}
