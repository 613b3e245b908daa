//! One YAML file as a tree in which everything knows its line.
//!
//! All scalars are texts: nobody wants `0755` or `3.10` read as numbers. Nothing recurses on what is read, and what grows
//! by aliases counts like what is written.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::mistake::{At, Mistake};
use super::size::Size;

/// The longest file, in bytes.
pub(super) const LONGEST: usize = 1 << 20;
/// How deep values may be within each other.
const DEEPEST: usize = 16;

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Nothing,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key, its place and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) node: Node,
}

impl Value {
    /// Says what it is, with its article.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Nothing => "nothing",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// Returns a text that is not empty, without ends of lines behind it.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text.trim_end_matches('\n')).filter(|text| !text.trim().is_empty()),
            _ => None,
        }
    }

    /// Returns how much it is, with all that is in it.
    fn size(&self) -> Size {
        let inside = match self {
            Value::Nothing => Size::default(),
            Value::Text(text) => Size { values: 0, bytes: text.len() },
            Value::List(list) => list.iter().map(|node| node.value.size()).sum(),
            Value::Map(map) => map.iter().map(Entry::size).sum(),
        };
        Size { values: inside.values + 1, ..inside }
    }
}

impl Entry {
    fn size(&self) -> Size {
        let Size { values, bytes } = self.node.value.size();
        Size { values, bytes: bytes + self.key.len() }
    }
}

/// What is not closed yet.
struct Open {
    line: usize,
    column: usize,
    anchor: usize,
    inside: Inside,
}

enum Inside {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, keys: HashSet<String>, key: Option<(String, usize, usize)> },
}

/// Reads a file; several mistakes of form cannot be told apart, so the first is the only one.
pub(super) fn read(file: &Arc<str>, text: &[u8]) -> Result<Node, Mistake> {
    let at = |line, column| At { file: file.clone(), line, column, block: None };
    if text.len() > LONGEST {
        return Err(at(1, 1).mistake(format!("the file has more than {} MiB", LONGEST >> 20)));
    }
    let text = std::str::from_utf8(text).map_err(|error| {
        let line = 1 + text[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        at(line, 1).mistake("the line is not UTF-8")
    })?;
    let mut tree = Tree { open: Vec::new(), anchors: HashMap::new(), size: Size::default(), root: None };
    for event in Parser::new_from_str(text) {
        let place = |marker: &Marker| at(marker.line(), marker.col() + 1);
        let (event, span) = event
            .map_err(|error| place(error.marker()).mistake(format!("this is no YAML: {}", error.info())))?;
        tree.take(event, &span.start).map_err(|message| place(&span.start).mistake(message))?;
    }
    Ok(tree.root.unwrap_or(Node { line: 1, column: 1, value: Value::Nothing }))
}

struct Tree {
    open: Vec<Open>,
    /// Finished values by their anchor.
    anchors: HashMap<usize, Value>,
    /// Of what was read, an alias as what it stands for.
    size: Size,
    root: Option<Node>,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, at: &Marker) -> Result<(), String> {
        let (line, column) = (at.line(), at.col() + 1);
        match event {
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => Err("tags are not read here: write the plain value".into()),
            Event::Scalar(text, style, anchor, None) => {
                let is_nothing =
                    style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if is_nothing { Value::Nothing } else { Value::Text(text.into_owned()) };
                self.size.grow(value.size())?;
                self.put(Node { line, column, value }, anchor)
            }
            Event::Alias(anchor) => {
                let known =
                    self.anchors.get(&anchor).ok_or("this alias stands within what it is an alias of")?;
                self.size.grow(known.size())?;
                let value = known.clone();
                self.put(Node { line, column, value }, 0)
            }
            Event::SequenceStart(anchor, None) => self.begin(line, column, anchor, Inside::List(Vec::new())),
            Event::MappingStart(anchor, None) => {
                let map = Inside::Map { entries: Vec::new(), keys: HashSet::new(), key: None };
                self.begin(line, column, anchor, map)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { line, column, anchor, inside }) = self.open.pop() else { return Ok(()) };
                let value = match inside {
                    Inside::List(list) => Value::List(list),
                    Inside::Map { entries, .. } => Value::Map(entries),
                };
                self.put(Node { line, column, value }, anchor)
            }
            Event::DocumentStart(_) if self.root.is_some() => {
                Err("a second document begins here: a file holds one".into())
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, line: usize, column: usize, anchor: usize, inside: Inside) -> Result<(), String> {
        if let Some(Open { inside: Inside::Map { key: None, .. }, .. }) = self.open.last() {
            return Err("a key should be a text".into());
        }
        if self.open.len() == DEEPEST {
            return Err(format!("this is the {}th level of values within values", DEEPEST + 1));
        }
        self.size.grow(Size { values: 1, bytes: 0 })?;
        self.open.push(Open { line, column, anchor, inside });
        Ok(())
    }

    fn put(&mut self, node: Node, anchor: usize) -> Result<(), String> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.value.clone());
        }
        match self.open.last_mut().map(|open| &mut open.inside) {
            None => self.root = Some(node),
            Some(Inside::List(list)) => list.push(node),
            Some(Inside::Map { entries, keys, key }) => match key.take() {
                Some((key, line, column)) => entries.push(Entry { key, line, column, node }),
                None => {
                    let Value::Text(text) = node.value else { return Err("a key should be a text".into()) };
                    if text == "<<" {
                        return Err("`<<` is not read here: use `Inherit`".into());
                    }
                    if !keys.insert(text.clone()) {
                        return Err(format!("`{text}` is there twice"));
                    }
                    *key = Some((text, node.line, node.column));
                }
            },
        }
        Ok(())
    }
}
