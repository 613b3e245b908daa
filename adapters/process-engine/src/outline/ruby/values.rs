//! What stands behind the name of a step in Ruby.

use lib_ruby_parser::Node;

use crate::outline::branch::{Attribute, Value};
use crate::outline::lines::Lines;
use crate::read::{Source, text};

/// Reads one argument: pairs are attributes, anything else is a text without a key.
pub(super) fn attributes(source: Source<'_>, lines: &Lines<'_>, node: &Node) -> Vec<Attribute> {
    let at = lines.place(node.expression().begin);
    let pairs = match node {
        Node::Kwargs(kwargs) => &kwargs.pairs,
        Node::Hash(hash) => &hash.pairs,
        Node::BlockPass(_) => return Vec::new(),
        text => return vec![Attribute { key: value(source, text), value: Value::Nothing, at }],
    };
    let attribute = |pair: &Node| match pair {
        Node::Pair(pair) => {
            let at = lines.place(pair.expression_l.begin);
            Some(Attribute { key: value(source, &pair.key), value: value(source, &pair.value), at })
        }
        _ => None,
    };
    pairs.iter().filter_map(attribute).collect()
}

fn value(source: Source<'_>, node: &Node) -> Value {
    let written = || source.text(node.expression());
    match node {
        Node::Nil(_) => Value::Nothing,
        Node::Array(array) => Value::List(array.elements.iter().map(|node| value(source, node)).collect()),
        Node::Hash(hash) => Value::Map(hash.pairs.iter().filter_map(|pair| member(source, pair)).collect()),
        Node::True(_) | Node::False(_) | Node::Int(_) | Node::Float(_) | Node::Regexp(_) => {
            Value::Other(written())
        }
        Node::Block(block) if matches!(*block.call, Node::Lambda(_)) => Value::Other(written()),
        node => text(node).map_or_else(|| Value::Later(written()), Value::Text),
    }
}

fn member(source: Source<'_>, node: &Node) -> Option<(String, Value)> {
    let Node::Pair(pair) = node else { return None };
    Some((text(&pair.key)?, value(source, &pair.value)))
}
