//! A block of settings, as it stands in its file.

use std::sync::Arc;

use super::mistake::At;
use super::yaml::{Entry, Value};

/// Settings that have a name.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) name: Arc<str>,
    pub(super) at: At,
    pub(super) entries: Vec<Entry>,
    /// Whether it is a configuration that is a file of its own.
    pub(super) own_file: bool,
}

impl Block {
    /// Returns a place in it.
    pub(super) fn place(&self, line: usize, column: usize) -> At {
        At { file: self.at.file.clone(), line, column, block: Some(self.name.clone()) }
    }

    /// Returns a setting it has itself; an empty one counts as none.
    pub(super) fn own(&self, key: &str) -> Option<(&str, At)> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        match &entry.node.value {
            Value::Text(text) => {
                Some((text.trim_end_matches('\n'), self.place(entry.node.line, entry.node.column)))
            }
            _ => None,
        }
    }

    /// Returns the blocks it names by `Inherit`, each with its place.
    pub(super) fn parents(&self) -> impl Iterator<Item = (&str, At)> {
        let inherit = self.entries.iter().find(|entry| entry.key == "Inherit").map(|entry| &entry.node.value);
        let list = match inherit {
            Some(Value::List(list)) => list.as_slice(),
            _ => &[],
        };
        list.iter().filter_map(|node| match &node.value {
            Value::Text(name) => Some((name.as_str(), self.place(node.line, node.column))),
            _ => None,
        })
    }
}
