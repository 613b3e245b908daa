//! A kickstart with its mistakes at their lines.

use img_kickstart::Diagnostic;
use rest::checked;

/// So many lines around a mistake are shown.
const AROUND: usize = 4;
/// So many mistakes are shown.
const MOST: usize = 100;

/// A line of the text, something said of the one above, or a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Text { number: usize, text: String, is_bad: bool },
    Said { class: &'static str, text: String },
    Gap,
}

/// Returns the lines around what is wrong, or looks so; none when nothing does.
pub(super) fn annotated(text: &str) -> Vec<Line> {
    let mut found: Vec<Diagnostic> = checked(text.as_bytes());
    found.sort_by_key(|found| !found.is_error());
    found.truncate(MOST);
    found.sort_by_key(|found| (found.line, found.column));
    let mut lines = Vec::new();
    let mut last = 0;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let is_near = found.iter().any(|found| number.abs_diff(found.line) <= AROUND);
        if !is_near {
            continue;
        }
        if number > last + 1 {
            lines.push(Line::Gap);
        }
        last = number;
        let here = || found.iter().filter(|found| found.line == number);
        lines.push(Line::Text { number, text: line.to_owned(), is_bad: here().any(Diagnostic::is_error) });
        lines.extend(here().map(said));
    }
    // what is about the end of a text that ends before it
    lines.extend(found.iter().filter(|found| found.line > text.lines().count()).map(said));
    lines
}

fn said(found: &Diagnostic) -> Line {
    Line::Said {
        class: if found.is_error() { "bad" } else { "works" },
        text: crate::trouble::sentence(&found.advice()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_at_their_lines() {
        let text = format!("part / --size=64\n{}parrt /home\n", "# more\n".repeat(20));

        let lines = annotated(&text);

        assert_eq!(lines[0], Line::Gap);
        assert_eq!(lines[1], Line::Text { number: 18, text: "# more".into(), is_bad: false });
        assert_eq!(lines[5], Line::Text { number: 22, text: "parrt /home".into(), is_bad: true });
        assert!(
            matches!(&lines[6], Line::Said { class: "bad", text } if text.contains("parrt")),
            "{:?}",
            lines[6]
        );
        assert!(annotated("part / --size=64\n%packages\nbash\n%end\n").is_empty());
    }
}
