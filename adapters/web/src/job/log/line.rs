//! One line of a log.

use crate::ansi;

/// A line, with its place in the log: its address is the same for ever.
#[derive(Debug)]
pub(crate) struct Line {
    at: u64,
    /// Its number, where it is known.
    number: Option<usize>,
    text: String,
}

/// Splits part of a log, which begins at this byte, into its lines.
pub(crate) fn lines(bytes: &[u8], from: u64) -> Vec<Line> {
    let mut at = from;
    let mut lines = Vec::new();
    for (index, raw) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let text = String::from_utf8_lossy(raw.strip_suffix(b"\n").unwrap_or(raw)).into_owned();
        lines.push(Line { at, number: (from == 0).then_some(index + 1), text });
        at += raw.len() as u64;
    }
    lines
}

impl Line {
    /// Returns it as an item of a list; its address is on this page of the log.
    pub(crate) fn html(&self, place: &str) -> String {
        let Line { at, number, text } = self;
        let number = number.map_or_else(|| "#".to_owned(), |number| number.to_string());
        let class = class(text);
        format!(
            "<li id=\"o{at}\"{class}><a href=\"{place}#o{at}\">{number}</a><span>{}</span></li>",
            ansi::html(text)
        )
    }
}

/// Tells lines that people look for from the others.
fn class(line: &str) -> &'static str {
    // what programs print has the time before it
    let line = match line.split_once("] ") {
        Some((time, rest)) if time.starts_with('[') && time.len() < 32 => rest,
        _ => line,
    };
    let said = line.strip_prefix("-- ").unwrap_or(line);
    let begins = |words: &[&str]| {
        words.iter().any(|word| said.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)))
    };
    if begins(&["error", "fatal", "failed", "traceback"]) {
        " class=\"error\""
    } else if begins(&["warning", "warn:"]) {
        " class=\"warning\""
    } else if line.starts_with("-- ") {
        " class=\"step\""
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn every_line_has_an_address_that_stays() {
        let text = "[11/29 00:04:08] -- planning\n<b>\n[1] Error: no \x1b[1mway\x1b[0m\nend";
        let html: Vec<_> = lines(text.as_bytes(), 0).iter().map(|line| line.html("")).collect();
        assert_eq!(
            html,
            [
                "<li id=\"o0\" class=\"step\"><a href=\"#o0\">1</a><span>[11/29 00:04:08] -- planning</span></li>",
                "<li id=\"o29\"><a href=\"#o29\">2</a><span>&lt;b&gt;</span></li>",
                "<li id=\"o33\" class=\"error\"><a href=\"#o33\">3</a><span>[1] Error: no <span class=\"b\">way</span></span></li>",
                "<li id=\"o59\"><a href=\"#o59\">4</a><span>end</span></li>",
            ]
        );
        let place = "/job/one/log?at=60";
        assert!(lines(b"end", 60)[0].html(place).contains("id=\"o60\"><a href=\"/job/one/log?at=60#o60\">"));
    }
}
