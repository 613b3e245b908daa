//! Values written so that they stay one word.

use std::borrow::Cow;

use crate::edit::EditError;

/// Returns `value` as a word of a command line, in double quotes when it needs them.
pub(crate) fn quote(value: &str) -> Cow<'_, str> {
    if !value.is_empty() && !value.contains(needs_quotes) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
}

fn needs_quotes(c: char) -> bool {
    c.is_whitespace() || matches!(c, '#' | '\'' | '"' | '\\')
}

/// Refuses text that is empty or could break out of its line.
pub(super) fn safe<'a>(what: &'static str, value: &'a str) -> Result<&'a str, EditError> {
    if value.trim().is_empty() {
        return Err(EditError::Empty { what });
    }
    if value.contains(is_break) {
        return Err(EditError::ControlCharacter { what, value: value.to_owned() });
    }
    Ok(value)
}

/// Returns whether Python or a terminal would take `c` for more than a character of text.
pub(crate) fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}
