//! Finding lines in a log, however long it is.

use rest::{Growing, Rest};

use crate::ansi;
use crate::show::count;
use crate::trouble::Trouble;

/// So many lines are shown.
pub(super) const MOST: usize = 200;
/// So much of a log is searched, in bytes; what is longer is for a program that has the file.
const LONGEST: u64 = 1 << 30;
/// So much of a line is looked at.
const LONGEST_LINE: usize = 64 << 10;

/// What was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) told: String,
    pub(super) hits: Vec<Hit>,
}

/// One line.
#[derive(Debug)]
pub(super) struct Hit {
    /// Where it begins, in bytes.
    pub(super) at: u64,
    pub(super) html: String,
}

/// Finds the first lines that have a text in them, whichever letters are capitals; it looks no further than the last of so
/// many.
pub(super) async fn find(rest: &Rest, log: &Growing, text: &str, most: usize) -> Result<Found, Trouble> {
    let wanted = text.to_lowercase();
    let (mut hits, mut at, mut line) = (Vec::new(), 0_u64, Vec::new());
    let mut from = 0;
    let is_cut = loop {
        let piece = log.read(rest, from).await?;
        let is_end = piece.is_empty();
        from += piece.len() as u64;
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            let room = LONGEST_LINE.saturating_sub(line.len()).min(part.len());
            line.extend_from_slice(&part[..room]);
            if part.ends_with(b"\n") {
                look(&line, at, &wanted, &mut hits);
                line.clear();
                at = from - piece.len() as u64 + offset(&piece, part) + part.len() as u64;
            }
        }
        if is_end || hits.len() >= most || from >= LONGEST {
            if is_end {
                look(&line, at, &wanted, &mut hits);
            }
            break !is_end;
        }
    };
    hits.truncate(most);
    let told = match (hits.len(), is_cut) {
        (0, false) => format!("No line has “{text}” in it."),
        (0, true) => format!("No line of the first gigabyte has “{text}” in it."),
        (number, false) => format!("{} “{text}”:", count(number as u64, "line has", "lines have")),
        (number, true) => format!("The first {number} lines that have “{text}”:"),
    };
    Ok(Found { told, hits })
}

/// Returns where a part of a piece begins.
fn offset(piece: &[u8], part: &[u8]) -> u64 {
    (part.as_ptr() as usize - piece.as_ptr() as usize) as u64
}

fn look(line: &[u8], at: u64, wanted: &str, hits: &mut Vec<Hit>) {
    let text = String::from_utf8_lossy(line);
    if !line.is_empty() && text.to_lowercase().contains(wanted) {
        hits.push(Hit { at, html: ansi::html(text.trim_end_matches('\n')) });
    }
}
