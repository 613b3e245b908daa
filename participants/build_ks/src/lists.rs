//! Lists in workitems, which may also be the JSON text of one.

use serde_json::Value;

/// Reads a list; `what` is where it stands, for messages. Nothing there counts as an empty one.
pub(crate) fn list(value: Option<Value>, what: &str) -> Result<Vec<Value>, String> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list),
        Some(Value::String(text)) if text.is_empty() => Ok(Vec::new()),
        Some(Value::String(text)) => match serde_json::from_str(&text) {
            Ok(Value::Array(list)) => Ok(list),
            _ => Err(format!("{what} should be a list")),
        },
        Some(_) => Err(format!("{what} should be a list")),
    }
}

/// Reads a list of texts.
pub(crate) fn texts(value: Option<Value>, what: &str) -> Result<Vec<String>, String> {
    let words = list(value, what)?.into_iter().map(|word| match word {
        Value::String(word) => Ok(word),
        other => Err(format!("{what} should be a list of texts; {other} is none")),
    });
    words.collect()
}
