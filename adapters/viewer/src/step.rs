//! How one step is asked about, and what ruote-kit writes of it.

use std::fmt::Write;

use serde::de::Error as _;
use serde_json::{Error, Map, Value};

/// Returns the path of the page of a step, by its storage id `EXPID!SUBID!WFID`.
///
/// An id with a dot is refused: ruote-kit takes what follows for the wanted format, and would look for another step.
pub(crate) fn path(sid: &str) -> Option<String> {
    let parts: Vec<_> = sid.split('!').collect();
    if parts.len() != 3 || parts.contains(&"") || sid.contains(['.', '/', '\\']) {
        return None;
    }
    let mut path = String::from("/_ruote/expressions/");
    for byte in sid.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'!' => path.push(byte.into()),
            other => write!(path, "%{other:02X}").expect("writing to a text"),
        }
    }
    Some(path)
}

/// Reads the page of a step that is there.
pub(crate) fn is_shown(text: &str) -> Result<(), Error> {
    has_object(text, "expression")
}

/// Reads what is said instead of the page of a step that is not there; other web servers say it otherwise.
pub(crate) fn is_missing(text: &str) -> Result<(), Error> {
    has_object(text, "http_error")
}

fn has_object(text: &str, key: &str) -> Result<(), Error> {
    let page: Map<String, Value> = serde_json::from_str(text)?;
    match page.get(key) {
        Some(Value::Object(_)) => Ok(()),
        _ => Err(Error::custom(format!("no object `{key}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_a_step_has_its_storage_id() {
        let page = "/_ruote/expressions/0_0_0!c1eb46!20261121-0739-deshiyodo-godemora";
        assert_eq!(path("0_0_0!c1eb46!20261121-0739-deshiyodo-godemora").as_deref(), Some(page));
        let odd = "/_ruote/expressions/0!a%20%25b%3Fc%23%0Ad!%C3%A9";
        assert_eq!(path("0!a %b?c#\nd!é").as_deref(), Some(odd));
        for wrong in ["", "w", "0!w", "0!s!", "!s!w", "0!s!w!x", "0!s!w.json", "0!s!../w", "0!s/w!w"] {
            assert_eq!(path(wrong), None, "{wrong}");
        }
    }
}
