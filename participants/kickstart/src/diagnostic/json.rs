//! Findings as JSON, one object each.

use std::fmt::Write;

use super::{Diagnostic, Severity};

impl Diagnostic {
    /// Returns the finding as one JSON object on one line.
    ///
    /// Its members are `severity` (`error` or `warning`), `code`, `message`, `help` (text or null), `file`, `line`,
    /// `column`, `span` (first byte and the one after the last, of the text that was checked) and `included_from`
    /// (a list of `file` and `line`, the nearest first).
    ///
    /// ```
    /// use img_kickstart::{Kickstart, check};
    ///
    /// let found = check(&Kickstart::parse("lnag C\n"));
    /// assert_eq!(
    ///     found[0].json("my.ks"),
    ///     r#"{"severity":"error","code":"unknown-command","message":"unknown command `lnag`","help":"did you mean `lang`?","file":"my.ks","line":1,"column":1,"span":[0,4],"included_from":[]}"#
    /// );
    /// ```
    pub fn json(&self, file_name: &str) -> String {
        let severity = if self.severity == Severity::Error { "error" } else { "warning" };
        let file = self.origin.as_ref().map_or(file_name, |origin| &origin.file);
        let help = self.help.as_deref().map_or("null".to_owned(), text);
        let chain = self.origin.iter().flat_map(|origin| &origin.included_from);
        let chain: Vec<String> =
            chain.map(|(file, line)| format!(r#"{{"file":{},"line":{line}}}"#, text(file))).collect();
        format!(
            r#"{{"severity":"{severity}","code":"{}","message":{},"help":{help},"file":{},"line":{},"column":{},"span":[{},{}],"included_from":[{}]}}"#,
            self.code,
            text(&self.message),
            text(file),
            self.line,
            self.column,
            self.span.start,
            self.span.end,
            chain.join(",")
        )
    }
}

/// Returns `text` as a JSON string.
pub(crate) fn text(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\t' => json.push_str("\\t"),
            c if c.is_control() => write!(json, "\\u{:04x}", u32::from(c)).unwrap_or_default(),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}
