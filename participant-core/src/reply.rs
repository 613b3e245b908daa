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
                object.put("fields", self.fields_after(outcome));
                object.set("fields.__result__", raw(&outcome.result.into()));
                object.remove("error");
            }
            Err(failure) => {
                let chain = failure.chain();
                let error = json!({ "class": "RuntimeError", "message": chain.join(": "), "trace": chain });
                object.put("error", raw(&error));
            }
        }
        object.to_raw().get().as_bytes().to_vec()
    }
}

impl Workitem {
    /// Returns the fields as they are after an outcome, to launch another process with.
    pub fn fields_after(&self, outcome: &Outcome) -> Box<RawValue> {
        let mut fields = self.fields.clone();
        outcome.edits.iter().for_each(|edit| apply(&mut fields, edit));
        fields.to_raw()
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
            let old: Option<Vec<Box<RawValue>>> =
                fields.find(path).and_then(|list| serde_json::from_str(list.get()).ok());
            let mut list = old.unwrap_or_default();
            list.push(raw(value));
            let list = serde_json::value::to_raw_value(&list).expect("raw members are valid JSON already");
            fields.set(path, list);
        }
    }
}
