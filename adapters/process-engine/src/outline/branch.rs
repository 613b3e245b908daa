//! The tree that every form of a definition stands for.

use crate::tree::Place;

/// One expression: what it is called, what follows the name, what stands in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Branch {
    pub(super) name: String,
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Branch>,
    pub(super) at: Place,
}

/// `:key => value`, or a text without a key: then the key is the text, as in the Ruote engine.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Attribute {
    pub(super) key: Value,
    pub(super) value: Value,
    pub(super) at: Place,
}

/// A value, as far as names can be in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Nothing,
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// Numbers, true, false, patterns: what is written.
    Other(String),
    /// Ruby that is worked out when the engine reads the definition: what is written.
    Later(String),
}

impl Branch {
    /// Finds an attribute by its name.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        let is =
            |attribute: &&Attribute| attribute.key.text() == Some(name) && attribute.value != Value::Nothing;
        self.attributes.iter().find(is)
    }

    /// Finds the first text without a key.
    pub(super) fn text(&self) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.value == Value::Nothing)
    }

    /// What the attribute of this name says, else the text without a key.
    pub(super) fn named(&self, name: &str) -> Option<(&Value, Place)> {
        let keyed = self.attribute(name).map(|attribute| (&attribute.value, attribute.at));
        keyed.or_else(|| self.text().map(|attribute| (&attribute.key, attribute.at)))
    }

    /// Calls `see` with this expression and everything below it.
    pub(super) fn walk<'a>(&'a self, see: &mut impl FnMut(&'a Branch)) {
        see(self);
        self.children.iter().for_each(|child| child.walk(see));
    }
}

impl Value {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Reads a value that is a tree itself: `['alice', {}, []]`.
    pub(super) fn branch(&self, at: Place) -> Option<Branch> {
        let Value::List(parts) = self else { return None };
        let [Value::Text(name), Value::Map(attributes), Value::List(children)] = parts.as_slice() else {
            return None;
        };
        let attribute = |(key, value): &(String, Value)| Attribute {
            key: Value::Text(key.clone()),
            value: value.clone(),
            at,
        };
        Some(Branch {
            name: name.clone(),
            attributes: attributes.iter().map(attribute).collect(),
            children: children.iter().filter_map(|child| child.branch(at)).collect(),
            at,
        })
    }
}
