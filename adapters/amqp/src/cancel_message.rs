//! How a cancel of the engine looks.

use serde::Deserialize;

/// A message that is longer is no cancel.
const LONGEST: usize = 4096;

/// Tells a cancel from everything else: an object with a true `cancel`, and without the `fields` of a workitem, which
/// come first in one and end the reading there.
pub(crate) fn is_cancel(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    enum Nothing {}
    #[derive(Deserialize)]
    struct Cancel {
        cancel: Option<bool>,
        #[serde(default, rename = "fields")]
        _fields: Option<Nothing>,
    }
    body.len() <= LONGEST
        && serde_json::from_slice(body).is_ok_and(|cancel: Cancel| cancel.cancel == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancels_are_told_from_everything_else() {
        for (body, expected) in [
            (r##"{"cancel":true,"fei":"#<Ruote::HashWrapper:0x00007f13a6335ca0>","flavour":null}"##, true),
            (r#"{"fei":{"wfid":"w"},"cancel":true,"flavour":"timeout"}"#, true),
            (r#"{"cancel":true,"fei":{},"fields":{}}"#, false),
            (r#"{"fields":{"a":1},"cancel":true}"#, false),
            (r#"{"fields":null,"cancel":true}"#, true),
            (r#"{"cancel":false,"fei":{}}"#, false),
            (r#"{"fields":{"cancel":true},"fei":{}}"#, false),
            (r#"[{"cancel":true}]"#, false),
            ("cancel", false),
            ("", false),
        ] {
            assert_eq!(is_cancel(body.as_bytes()), expected, "{body}");
        }
    }
}
