//! The definition of a process, read from its text.

use std::collections::BTreeSet;

use crate::guarded::guarded;
use crate::read;
use crate::tree::{Kind, Place, Step, Value};

/// A process this engine can run.
///
/// Invariant: every sub-process that is called is defined, none calls itself, and no step calls the process by its
/// name.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    pub(crate) name: Option<String>,
    pub(crate) revision: Value,
    /// A sequence with the `define`s in front, which is what expids count.
    pub(crate) root: Step,
}

/// What in the text this engine cannot run, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct DefinitionError {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The text that is meant, cut to one short line.
    pub expression: String,
    /// What is wrong with it.
    pub message: String,
}

impl Definition {
    /// Reads the text of a definition. Does no I/O.
    ///
    /// The text may be anything: it is read in a thread of its own, for five seconds at most.
    ///
    /// ```
    /// let text = "Ruote.process_definition 'greeting' do\n  greet :whom => '${f:name}'\nend";
    /// let definition = process_engine::Definition::parse(text)?;
    /// assert_eq!(definition.name(), Some("greeting"));
    /// assert!(definition.participants().contains("greet"));
    ///
    /// let refused = process_engine::Definition::parse(&text.replace("greet ", "iterator "));
    /// assert!(refused.unwrap_err().to_string().starts_with("line 2: cannot run `iterator`: this engine runs"));
    /// # Ok::<(), process_engine::DefinitionError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Definition, DefinitionError> {
        let copy = text.to_owned();
        guarded(text.len(), move || read::definition(&copy)).unwrap_or_else(|message| {
            let place = Place { line: 1, column: 1 };
            Err(DefinitionError::at(place, text.lines().next().unwrap_or_default(), message))
        })
    }

    /// Returns the name of the process; a definition may have none.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the names of the participants its steps call.
    pub fn participants(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.root.walk(&mut |step| {
            if let Kind::Participant { name, .. } = &step.kind {
                names.insert(name.clone());
            }
        });
        names
    }

    /// Finds the place of a sub-process in the tree.
    pub(crate) fn sub_process(&self, wanted: &str) -> Option<usize> {
        let is = |step: &Step| matches!(&step.kind, Kind::Define { name, .. } if name == wanted);
        self.root.children().iter().position(is)
    }
}

impl DefinitionError {
    pub(crate) fn at(place: Place, expression: &str, message: impl Into<String>) -> DefinitionError {
        let line = expression.lines().next().unwrap_or_default();
        let mut expression: String = line.chars().take(80).collect();
        if expression.len() < line.len() {
            expression.push('…');
        }
        DefinitionError { line: place.line, column: place.column, expression, message: message.into() }
    }
}
