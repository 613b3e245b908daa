//! Definitions as JSON: `["define", {"name": "x"}, [["alice", {}, []]]]`.

use serde_json::value::RawValue;

use super::branch::{Attribute, Branch, Value};
use super::lines::Lines;
use crate::definition::DefinitionError;
use crate::json::Object;
use crate::tree::Place;

/// The engine cannot store what is nested deeper, and every step is two lists.
const DEEPEST: usize = 128;

pub(super) fn branch(text: &str) -> Result<Branch, DefinitionError> {
    let lines = Lines::of(text);
    match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => Tree { text, lines }.branch(raw, 1),
        Err(error) => {
            let small = |number: usize| u32::try_from(number.max(1)).unwrap_or(u32::MAX);
            let place = Place { line: small(error.line()), column: small(error.column()) };
            let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
            Err(DefinitionError::at(place, line, format!("this is not JSON: {error}")))
        }
    }
}

struct Tree<'a> {
    text: &'a str,
    lines: Lines<'a>,
}

impl Tree<'_> {
    fn branch(&self, raw: &RawValue, depth: usize) -> Result<Branch, DefinitionError> {
        const STEP: &str =
            "a step in JSON is a list of its name, an object of attributes, and a list of steps";
        if depth > DEEPEST {
            return Err(self.fail(raw, format!("steps are nested deeper than {DEEPEST}")));
        }
        let parts: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(|_| self.fail(raw, STEP))?;
        let [name, attributes, children] = parts.as_slice() else { return Err(self.fail(raw, STEP)) };
        let name = serde_json::from_str(name.get()).map_err(|_| self.fail(name, STEP))?;
        let at = self.lines.place(self.offset(raw));
        let object = Object::parse(attributes.get()).map_err(|_| self.fail(attributes, STEP))?;
        let attribute = |(key, value): &(String, Box<RawValue>)| {
            let value = serde_json::from_str(value.get()).map(value_of);
            Attribute { key: Value::Text(key.clone()), value: value.unwrap_or(Value::Other(key.clone())), at }
        };
        let children: Vec<&RawValue> =
            serde_json::from_str(children.get()).map_err(|_| self.fail(children, STEP))?;
        Ok(Branch {
            name,
            attributes: object.members().iter().map(attribute).collect(),
            children: children
                .into_iter()
                .map(|child| self.branch(child, depth + 1))
                .collect::<Result<_, _>>()?,
            at,
        })
    }

    /// Where in the text this piece of it stands.
    fn offset(&self, raw: &RawValue) -> usize {
        (raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    fn fail(&self, raw: &RawValue, message: impl Into<String>) -> DefinitionError {
        DefinitionError::at(self.lines.place(self.offset(raw)), raw.get(), message)
    }
}

fn value_of(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Nothing,
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(list) => Value::List(list.into_iter().map(value_of).collect()),
        serde_json::Value::Object(map) => {
            Value::Map(map.into_iter().map(|(key, value)| (key, value_of(value))).collect())
        }
        other => Value::Other(other.to_string()),
    }
}
