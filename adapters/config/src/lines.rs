//! Text to lines, without comments.

/// One line, as the rules for values see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Nothing; inside a value it is a part of it.
    Blank,
    /// Nothing but a comment; never a part of a value.
    Comment,
    /// Something, without the white space around it and the comment behind it.
    Text {
        /// How many characters of white space are in front of it.
        indent: usize,
        text: &'a str,
    },
}

/// Returns the lines with their numbers, from 1. A line ends as Python says: `\n`, `\r\n` or `\r`.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (u32, Line<'_>)> {
    let mut rest = Some(text);
    let bare = std::iter::from_fn(move || {
        let (line, after) = match rest?.split_once(['\n', '\r']) {
            Some((line, after)) => {
                let ended_by_cr = rest?.as_bytes()[line.len()] == b'\r';
                (line, Some(if ended_by_cr { after.strip_prefix('\n').unwrap_or(after) } else { after }))
            }
            None => (rest?, None),
        };
        rest = after;
        Some(line)
    });
    (1..).zip(bare.map(line))
}

fn line(whole: &str) -> Line<'_> {
    let bare = trim(whole);
    if bare.starts_with(['#', ';']) {
        return Line::Comment;
    }
    // not a comment of its own, so a text is in front of a `;`
    let text = comment(whole).map_or(bare, |start| trim(&whole[..start]));
    if text.is_empty() {
        return Line::Blank;
    }
    Line::Text { indent: whole.chars().take_while(|c| is_space(*c)).count(), text }
}

/// Returns where the comment behind a text starts: at a `;` after white space.
fn comment(whole: &str) -> Option<usize> {
    whole.match_indices(';').map(|(at, _)| at).find(|at| whole[..*at].ends_with(is_space))
}

/// Returns the text without white space around it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Tells what Python's `str.isspace` does: Unicode's white space, and the four separators of ASCII.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}
