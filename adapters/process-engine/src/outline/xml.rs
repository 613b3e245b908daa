//! Definitions in XML: elements are steps, and a text in one is its text without a key.

use roxmltree::{Document, Node};

use super::branch::{Attribute, Branch, Value};
use super::lines::Lines;
use crate::definition::DefinitionError;
use crate::tree::Place;

/// Reads XML without a document type: entities of one's own could make a short text as long as they like.
pub(super) fn branch(text: &str) -> Result<Branch, DefinitionError> {
    let trimmed = text.trim_start();
    let lines = Lines::of(text);
    let skipped = text.len() - trimmed.len();
    match Document::parse(trimmed) {
        Ok(document) => Ok(element(&lines, skipped, document.root_element())),
        Err(error) => {
            let within = error.pos();
            let before = lines.place(skipped);
            let column = if within.row == 1 { before.column + within.col - 1 } else { within.col };
            let place = Place { line: before.line + within.row - 1, column };
            let line = text.lines().nth(place.line as usize - 1).unwrap_or_default();
            Err(DefinitionError::at(place, line, format!("this is not XML: {error}")))
        }
    }
}

fn element(lines: &Lines<'_>, skipped: usize, node: Node<'_, '_>) -> Branch {
    let at = lines.place(skipped + node.range().start);
    let keyed = node.attributes().map(|attribute| Attribute {
        key: Value::Text(underscored(attribute.name())),
        value: Value::Text(attribute.value().into()),
        at: lines.place(skipped + attribute.range().start),
    });
    let texts = node.children().filter_map(|child| {
        let text = child.is_text().then(|| child.text())??.trim();
        let at = lines.place(skipped + child.range().start);
        (!text.is_empty()).then(|| Attribute { key: Value::Text(text.into()), value: Value::Nothing, at })
    });
    let attributes = keyed.chain(texts).collect();
    let elements = node.children().filter(Node::is_element);
    let children = elements.map(|child| element(lines, skipped, child)).collect();
    Branch { name: underscored(node.tag_name().name()), attributes, children, at }
}

fn underscored(name: &str) -> String {
    name.replace('-', "_")
}
