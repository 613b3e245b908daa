//! What a participant leaves in the workitem.

use serde_json::Value;

/// The answer of a participant that could act: a result, and changes to the fields.
///
/// Changes are applied in order. Everything not named here goes back as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub(crate) result: bool,
    pub(crate) edits: Vec<Edit>,
}

/// One change to the fields; a path is keys joined with dots.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Edit {
    Set(String, Value),
    Append(String, Value),
    Copy { from: String, to: String },
    Remove(String),
}

impl Outcome {
    /// Answers that the work is done: `__result__` is true.
    pub fn done() -> Outcome {
        Outcome { result: true, edits: Vec::new() }
    }

    /// Answers that the work could not be done: `__result__` is false, so that the process takes its error branch.
    pub fn refuse() -> Outcome {
        Outcome { result: false, edits: Vec::new() }
    }

    /// Says why, where people and processes look for it: `msg` gets a line more, `__error__` becomes the text.
    pub fn because(self, reason: impl Into<String>) -> Outcome {
        let reason = reason.into();
        self.message(reason.clone()).set("__error__", reason)
    }

    /// Adds a line to the list `msg`.
    pub fn message(mut self, line: impl Into<String>) -> Outcome {
        self.edits.push(Edit::Append("msg".into(), Value::String(line.into())));
        self
    }

    /// Sets a field.
    pub fn set(mut self, path: &str, value: impl Into<Value>) -> Outcome {
        self.edits.push(Edit::Set(path.into(), value.into()));
        self
    }

    /// Sets a field to what another one holds, to the letter; does nothing when that is missing.
    pub fn copy(mut self, from: &str, to: &str) -> Outcome {
        self.edits.push(Edit::Copy { from: from.into(), to: to.into() });
        self
    }

    /// Drops a field.
    pub fn remove(mut self, path: &str) -> Outcome {
        self.edits.push(Edit::Remove(path.into()));
        self
    }

    /// Tells whether the work was done.
    pub fn is_done(&self) -> bool {
        self.result
    }

    /// Returns why it was not done, where it says so: by [`because`](Outcome::because), or else by a message.
    pub fn reason(&self) -> Option<&str> {
        let said = |edit: &'_ Edit, wanted: &str| match edit {
            Edit::Set(path, Value::String(_)) | Edit::Append(path, Value::String(_)) => path == wanted,
            _ => false,
        };
        let last = |wanted: &str| self.edits.iter().rev().find(|edit| said(edit, wanted));
        match last("__error__").or_else(|| last("msg"))? {
            Edit::Set(_, Value::String(text)) | Edit::Append(_, Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns the paths of the fields this outcome changes.
    pub fn touched(&self) -> impl Iterator<Item = &str> {
        self.edits.iter().map(|edit| match edit {
            Edit::Set(path, _) | Edit::Append(path, _) | Edit::Remove(path) | Edit::Copy { to: path, .. } => {
                path.as_str()
            }
        })
    }
}
