//! Tokens such as `@ARCH@`, replaced when an image is built.

use std::collections::HashMap;
use std::ops::Range;

use crate::document::Kickstart;
use crate::lines::endings;

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
pub fn tokens(text: &(impl AsRef<[u8]> + ?Sized)) -> Vec<Token> {
    let text = text.as_ref();
    let mut found = Vec::new();
    let (mut line, mut counted) = (1, 0);
    scan(text, |name, span| {
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') || name.contains(['-', '.']) {
            return false;
        }
        line += endings(&text[counted..span.start]);
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
    let expanded = expand(text.as_bytes(), values);
    String::from_utf8(expanded).expect("tokens and what replaces them are whole characters")
}

impl Kickstart {
    /// Returns the tokens of the whole file, known or not.
    pub fn tokens(&self) -> Vec<Token> {
        tokens(self.as_bytes())
    }

    /// Returns the kickstart with `@NAME@` replaced everywhere; see [`expand_tokens`].
    pub fn expand_tokens(&self, values: &[(String, String)]) -> Kickstart {
        Kickstart::parse(expand(self.as_bytes(), values))
    }
}

/// A text that is no tokenmap: the part that has no colon or no name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not NAME:VALUE")]
pub struct NotATokenmap(pub String);

/// Reads a tokenmap as mic takes it, `NAME:VALUE,NAME:VALUE`; only the first colon of each parts name from value.
///
/// ```
/// use img_kickstart::read_tokenmap;
///
/// let map = read_tokenmap("ARCH:i586,URL:http://x/")?;
/// assert_eq!(map, [("ARCH".into(), "i586".into()), ("URL".into(), "http://x/".into())]);
/// # Ok::<(), img_kickstart::NotATokenmap>(())
/// ```
pub fn read_tokenmap(text: &str) -> Result<Vec<(String, String)>, NotATokenmap> {
    let pairs = text.split(',').filter(|pair| !pair.trim().is_empty()).map(|pair| {
        let read = pair.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
        let (name, value) =
            read.filter(|(name, _)| !name.is_empty()).ok_or_else(|| NotATokenmap(pair.to_owned()))?;
        Ok((name.to_owned(), value.to_owned()))
    });
    pairs.collect()
}

/// Does it for any bytes.
pub(crate) fn expand(text: &[u8], values: &[(String, String)]) -> Vec<u8> {
    let values: HashMap<&str, &str> =
        values.iter().rev().map(|(name, value)| (&name[..], &value[..])).collect();
    let mut expanded = Vec::with_capacity(text.len());
    let mut copied = 0;
    scan(text, |name, span| {
        let Some(value) = values.get(name) else { return false };
        expanded.extend_from_slice(&text[copied..span.start]);
        expanded.extend_from_slice(value.as_bytes());
        copied = span.end;
        true
    });
    expanded.extend_from_slice(&text[copied..]);
    expanded
}

/// Calls `take` with each `@name@`; when it takes one, the closing at sign opens no other.
fn scan(text: &[u8], mut take: impl FnMut(&str, Range<usize>) -> bool) {
    let mut open: Option<usize> = None;
    for (at, byte) in text.iter().enumerate() {
        if *byte == b'@' {
            let name = open.and_then(|open| std::str::from_utf8(&text[open + 1..at]).ok());
            let taken = match (open, name) {
                (Some(open), Some(name)) => !name.is_empty() && take(name, open..at + 1),
                _ => false,
            };
            open = (!taken).then_some(at);
        } else if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) {
            open = None;
        }
    }
}
