//! Lines of a log as HTML: colours by classes, everything else as text.
//!
//! Programs colour what they print by escape sequences, and overwrite a line by going back to its beginning. Of the
//! sequences only colours and weight are kept, and they become classes of ours; nothing else of the log becomes
//! anything but text.

use std::fmt::Write;

/// A line that is longer is cut.
const LONGEST_LINE: usize = 16 << 10;

/// How the text that follows looks.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Style {
    bold: bool,
    faint: bool,
    colour: Option<u8>,
}

/// Turns one line, without its end, into HTML.
pub(crate) fn html(line: &str) -> String {
    let line = line.trim_end_matches('\r');
    // what was overwritten is not seen on a terminal either
    let line = line.rsplit('\r').next().unwrap_or(line);
    let (line, is_cut) = match line.char_indices().map(|(at, _)| at).find(|at| *at >= LONGEST_LINE) {
        Some(at) => (&line[..at], true),
        None => (line, false),
    };
    let mut out = String::with_capacity(line.len() + 16);
    let (mut style, mut open) = (Style::default(), false);
    let mut rest = line;
    while let Some(at) = rest.find('\x1b') {
        text(&rest[..at], &mut out);
        let (parameters, after) = sequence(&rest[at..]);
        rest = after;
        let Some(parameters) = parameters else { continue };
        let before = style;
        style.apply(parameters);
        if style != before {
            if open {
                out.push_str("</span>");
            }
            open = style != Style::default();
            if open {
                let _ = write!(out, "<span class=\"{}\">", style.classes());
            }
        }
    }
    text(rest, &mut out);
    if open {
        out.push_str("</span>");
    }
    if is_cut {
        out.push_str(" <span class=\"dim\">… the rest of this line is in the file</span>");
    }
    out
}

/// Turns what a program said into plain text of so many letters at most; lines stay.
pub(crate) fn plain(said: &str, most: usize) -> String {
    let mut out = String::new();
    let mut rest = said.trim_end();
    let mut left = most;
    while !rest.is_empty() {
        let at = rest.find('\x1b').unwrap_or(rest.len());
        for c in rest[..at].chars().filter(|c| *c != '\r') {
            if left == 0 {
                out.push('…');
                return out;
            }
            left -= 1;
            out.push(if steers(c) && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c });
        }
        rest = if at < rest.len() { sequence(&rest[at..]).1 } else { "" };
    }
    out
}

/// Tells of signs that steer a terminal, or turn the direction of what follows.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Splits off an escape sequence; returns the parameters of one that colours, and what follows.
fn sequence(text: &str) -> (Option<&str>, &str) {
    let after = &text[1..];
    let Some(inner) = after.strip_prefix('[') else {
        return match after.strip_prefix(']') {
            // the title of a window, up to a bell or the end of the string
            Some(title) => (None, title.find(['\x07', '\x1b']).map_or("", |end| after_end(&title[end..]))),
            None => {
                // one letter, or signs and then a letter
                let letter = after.trim_start_matches(|c| ('\x20'..='\x2f').contains(&c));
                (None, letter.char_indices().nth(1).map_or("", |(at, _)| &letter[at..]))
            }
        };
    };
    match inner.find(|c: char| ('\x40'..='\x7e').contains(&c)) {
        Some(end) if inner[end..].starts_with('m') => (Some(&inner[..end]), &inner[end + 1..]),
        Some(end) => (None, &inner[end + 1..]),
        None => (None, ""),
    }
}

fn after_end(text: &str) -> &str {
    text.strip_prefix("\x1b\\").or_else(|| text.strip_prefix('\x07')).unwrap_or(text)
}

impl Style {
    fn apply(&mut self, parameters: &str) {
        let mut numbers = parameters.split([';', ':']).map(|number| number.parse::<u16>().unwrap_or(0));
        while let Some(number) = numbers.next() {
            match number {
                0 => *self = Style::default(),
                1 => self.bold = true,
                2 => self.faint = true,
                22 => (self.bold, self.faint) = (false, false),
                #[expect(clippy::cast_possible_truncation, reason = "it is below 108")]
                30..=37 => self.colour = Some(number as u8 - 30),
                #[expect(clippy::cast_possible_truncation, reason = "it is below 108")]
                90..=97 => self.colour = Some(number as u8 - 90),
                // of many colours: what follows says which; the text stays as it was
                38 | 48 => match numbers.next() {
                    Some(5) => drop(numbers.next()),
                    Some(2) => drop(numbers.nth(2)),
                    _ => {}
                },
                39 => self.colour = None,
                _ => {}
            }
        }
    }

    fn classes(self) -> String {
        let mut classes = Vec::new();
        if self.bold {
            classes.push("b".to_owned());
        }
        if self.faint {
            classes.push("dim".to_owned());
        }
        if let Some(colour) = self.colour {
            classes.push(format!("c{colour}"));
        }
        classes.join(" ")
    }
}

fn text(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' => out.push('\t'),
            c if steers(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{html, plain};

    #[test]
    fn what_a_program_said_becomes_text() {
        for (said, is) in [
            ("no\r\nroom\tleft\n", "no\nroom\tleft"),
            ("\x1b[31merror\x1b[0m: <b>", "error: <b>"),
            ("a\x00b\u{202e}c", "a\u{fffd}b\u{fffd}c"),
            ("twelve letters", "twelve lette…"),
            ("\x1b[", ""),
        ] {
            assert_eq!(plain(said, 12), is, "{said:?}");
        }
    }

    #[test]
    fn colours_become_classes_and_all_else_is_text() {
        for (line, is) in [
            ("plain", "plain"),
            ("<script>alert('1')</script>&", "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"),
            ("a \x1b[31mred\x1b[0m b", "a <span class=\"c1\">red</span> b"),
            (
                "\x1b[1;32mok\x1b[22m no\x1b[m.",
                "<span class=\"b c2\">ok</span><span class=\"c2\"> no</span>.",
            ),
            ("\x1b[31m<b>", "<span class=\"c1\">&lt;b&gt;</span>"),
            ("\x1b[38;5;196mmany\x1b[48;2;1;2;3mmore", "manymore"),
            ("\x1b[31\"onclick=\"x\"mred", "nclick=&quot;x&quot;mred"),
            ("10%\r50%\r100%\r", "100%"),
            ("\x1b[2K\x1b[1Gline", "line"),
            ("\x1b]0;title\x07text", "text"),
            ("\x1b]8;;http://evil\x1b\\text", "text"),
            ("\x1b(Btext", "text"),
            ("\x1b", ""),
            ("\x1b[", ""),
            ("\x1b]never ends", ""),
            ("a\x08b\x00c\u{202e}d", "a\u{fffd}b\u{fffd}c\u{fffd}d"),
            ("tab\there", "tab\there"),
        ] {
            assert_eq!(html(line), is, "{line:?}");
        }
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut() {
        let html = html(&"ä".repeat(1 << 20));
        assert!(html.len() < 20 << 10 && html.ends_with("in the file</span>"));
    }
}
