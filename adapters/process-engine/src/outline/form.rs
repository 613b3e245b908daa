//! Which of the four forms a text has.

use std::fmt;

use super::branch::Branch;
use super::{at_start, json, radial, ruby, xml};
use crate::definition::DefinitionError;
use crate::words;

/// How a definition is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `Ruote.process_definition 'name' do … end`
    Ruby,
    /// `["define", {"name": "…"}, […]]`
    Json,
    /// `<process-definition name="…">…</process-definition>`
    Xml,
    /// `define name: …`, and below it the steps, indented
    Radial,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Form::Ruby => "Ruby",
            Form::Json => "JSON",
            Form::Xml => "XML",
            Form::Radial => "radial",
        })
    }
}

/// Reads the text by the form that the engine would find in it: it tries Ruby, radial, XML and JSON in this order.
pub(super) fn read(text: &str) -> Result<(Form, Branch), DefinitionError> {
    let fail = |message: String| Err(at_start(text, message));
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return fail("the process definition is empty".into());
    }
    if is_address(text) {
        return fail(format!(
            "`{trimmed}` is no process definition: the engine would look for a file of that name"
        ));
    }
    match trimmed.as_bytes()[0] {
        b'<' if radial::fits(text) => {
            fail("the engine takes XML without any attribute for radial text: give the process a name".into())
        }
        b'<' => Ok((Form::Xml, xml::branch(text)?)),
        b'[' => Ok((Form::Json, json::branch(text)?)),
        b'{' => fail("this is no process definition: in JSON that is a list, not an object".into()),
        _ if is_ruby(text) => Ok((Form::Ruby, ruby::branch(text)?)),
        _ if has_end(text) => {
            fail("this is no process definition: in Ruby that begins with `Ruote.process_definition`".into())
        }
        _ => match first_word(text) {
            word if words::is_expression(&word.replace('-', "_")) => {
                Ok((Form::Radial, radial::branch(text)?))
            }
            word => {
                fail(format!("this is no process definition: it begins with `{word}`, no word of the engine"))
            }
        },
    }
}

/// What a radial text begins with, behind its comments.
fn first_word(text: &str) -> &str {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    first.split([' ', '\t', ',', '"', '\'', '#']).next().unwrap_or_default()
}

/// A text without an end of line, and nothing in it that an address could not have; or else the name of a file.
fn is_address(text: &str) -> bool {
    let can = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?#%".contains(&byte);
    let word = text.trim();
    text.bytes().all(can) || word.bytes().all(can) && word.contains(['.', '/'])
}

fn is_ruby(text: &str) -> bool {
    ["process_definition", "workflow_definition", "define"].iter().any(|word| {
        let written = format!("Ruote.{word}");
        text.match_indices(&written).any(|(at, _)| !text[at + written.len()..].starts_with(is_word))
    })
}

/// The engine takes no text for radial that has an `end` at the beginning of a line.
fn has_end(text: &str) -> bool {
    text.lines().skip(1).any(|line| {
        let rest = line.trim_start_matches(' ').strip_prefix("end");
        rest.is_some_and(|rest| !rest.starts_with(is_word))
    })
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
