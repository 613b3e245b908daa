//! Tokens such as `@ARCH@`, replaced when an image is built.

use std::collections::HashMap;
use std::ops::Range;

/// One token in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// The name between the at signs.
    pub name: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The bytes of the text, at signs included.
    pub span: Range<usize>,
}

/// Returns the tokens in `text`, known or not: a letter or `_`, then letters, digits and `_`, between at signs.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let (mut line, mut counted) = (1, 0);
    scan(text, |name, span| {
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') || name.contains(['-', '.']) {
            return false;
        }
        line += text[counted..span.start].matches('\n').count();
        counted = span.start;
        found.push(Token { name: name.to_owned(), line, span });
        true
    });
    found
}

/// Returns `text` with `@NAME@` replaced for the names in `values`; of two values for a name the first counts.
///
/// What is put in is not looked at again.
pub fn expand_tokens(text: &str, values: &[(String, String)]) -> String {
    let values: HashMap<&str, &str> =
        values.iter().rev().map(|(name, value)| (&name[..], &value[..])).collect();
    let mut expanded = String::with_capacity(text.len());
    let mut copied = 0;
    scan(text, |name, span| {
        let Some(value) = values.get(name) else { return false };
        expanded.push_str(&text[copied..span.start]);
        expanded.push_str(value);
        copied = span.end;
        true
    });
    expanded.push_str(&text[copied..]);
    expanded
}

/// Calls `take` with each `@name@`; when it takes one, the closing at sign opens no other.
fn scan(text: &str, mut take: impl FnMut(&str, Range<usize>) -> bool) {
    let mut open: Option<usize> = None;
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'@' {
            let taken = open.is_some_and(|open| open + 1 < at && take(&text[open + 1..at], open..at + 1));
            open = (!taken).then_some(at);
        } else if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) {
            open = None;
        }
    }
}
