//! The definition of a process, read from its text.

use std::collections::BTreeSet;

/// A process this engine can run.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    name: Option<String>,
}

/// What in the text this engine cannot run, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct DefinitionError {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The text that is meant.
    pub expression: String,
    /// What is wrong with it.
    pub message: String,
}

impl Definition {
    /// Reads the text of a definition. Does no I/O.
    pub fn parse(_text: &str) -> Result<Definition, DefinitionError> {
        Err(DefinitionError {
            line: 1,
            column: 1,
            expression: String::new(),
            message: "nothing can be read yet".into(),
        })
    }

    /// Returns the name of the process; a definition may have none.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the names of the participants its steps call.
    pub fn participants(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }
}
