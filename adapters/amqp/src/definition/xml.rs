//! The steps of an XML definition.

use super::{Step, is_define};

/// Reads the elements of a text that is XML; where it is not, the steps before.
pub(super) fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let passed_over = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">"), ("</", ">")];
        let over = passed_over.iter().find(|(begin, _)| rest.starts_with(begin));
        let after = match over {
            Some((_, end)) => rest.find(end).map(|at| &rest[at + end.len()..]),
            None => element(&rest[1..]).map(|(step, after)| {
                steps.push(step);
                after
            }),
        };
        let Some(after) = after else { break };
        rest = after;
    }
    steps
}

/// Reads `name a="b" c="d">text`; hyphens are underscores to the engine.
fn element(text: &str) -> Option<(Step, &str)> {
    let end = text.find(|letter: char| letter.is_whitespace() || "/>".contains(letter))?;
    let (word, mut rest) = text.split_at(end);
    let word = word.replace('-', "_");
    let key_of_name = if is_define(&word) { "name" } else { "ref" };
    let mut called = None;
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return Some((Step { word, called }, after));
        }
        if let Some(after) = rest.strip_prefix('>') {
            let inside = after.split('<').next().unwrap_or_default().trim();
            let called = called.or_else(|| (!inside.is_empty()).then(|| inside.to_owned()));
            return Some((Step { word, called }, after));
        }
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        if key.trim() == key_of_name {
            called = Some(value.to_owned());
        }
        rest = after;
    }
}
