//! The message back to the engine.

use serde_json::json;
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::outcome::{Edit, Outcome};
use crate::raw::{RawObject, raw};
use crate::workitem::Workitem;

impl Workitem {
    /// Puts the answer into the workitem and returns the message body for the engine.
    ///
    /// A [`Failure`] becomes an `error` of the one form every generation of the engine can take: a RuntimeError with
    /// a text and a trace of texts.
    pub fn reply(&self, answer: &Result<Outcome, Failure>) -> Vec<u8> {
        let mut object = self.object.clone();
        match answer {
            Ok(outcome) => {
                let fields = object.open("fields").expect("a workitem has an object of fields");
                outcome.edits.iter().for_each(|edit| apply(fields, edit));
                fields.put("__result__", raw(&outcome.result.into()));
                object.remove("error");
            }
            Err(failure) => {
                let chain = failure.chain();
                let error = json!({ "class": "RuntimeError", "message": chain.join(": "), "trace": chain });
                object.put("error", raw(&error));
            }
        }
        object.to_json().into_bytes()
    }
}

impl Workitem {
    /// Returns the fields as they are after an outcome, to launch another process with.
    pub fn fields_after(&self, outcome: &Outcome) -> Box<RawValue> {
        let mut fields = self.fields().clone();
        outcome.edits.iter().for_each(|edit| apply(&mut fields, edit));
        RawValue::from_string(fields.to_json()).expect("raw members are valid JSON already")
    }
}

fn apply(fields: &mut RawObject, edit: &Edit) {
    match edit {
        Edit::Set(path, value) => fields.set(path, raw(value)),
        Edit::Remove(path) => fields.unset(path),
        Edit::Copy { from, to } => {
            if let Some(value) = fields.find(from) {
                fields.set(to, value);
            }
        }
        Edit::Append(path, value) => {
            let old = fields.find(path).filter(|old| old.get() != "null");
            let mut list: Vec<Box<RawValue>> = match &old {
                None => Vec::new(),
                // what is no list becomes the first member of one
                Some(old) => serde_json::from_str(old.get())
                    .or_else(|_| serde_json::from_str(old.get()).map(|one| vec![one]))
                    .expect("a raw member is valid JSON"),
            };
            list.push(serde_json::value::to_raw_value(value).expect("a JSON value always has a text"));
            let list = serde_json::to_string(&list).expect("raw members are valid JSON already");
            fields.set(path, list.into());
        }
    }
}
