//! Files with partitions and scripts, and where each is looked for.

use std::sync::Arc;

use super::mistake::{At, Report};
use super::settings::Said;
use super::sheet::{Family, Sheet};
use super::shelf::{Shelf, join};
use crate::lines::head;
use crate::table;

/// The longest snippet, in bytes.
const LONGEST: usize = 1 << 20;

/// What a snippet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Partitions,
    /// A script; the files of the MeeGo family have this ending.
    Script(&'static str),
}

/// A snippet that was found; the place is its first line.
pub(super) struct Snippet {
    pub(super) text: String,
    pub(super) at: At,
}

/// Finds and reads a snippet; reports what is wrong with its name or its text.
pub(super) fn read(
    sheet: &Sheet,
    said: &Said,
    purpose: Purpose,
    shelf: &mut dyn Shelf,
    report: &mut Report,
) -> Option<Snippet> {
    let paths = match paths(sheet, said.text.trim(), purpose) {
        Ok(paths) => paths,
        Err(why) => {
            report.add(&said.at, why);
            return None;
        }
    };
    for path in &paths {
        match shelf.file(path) {
            Ok(None) => {}
            Ok(Some(text)) => return sound(path, text, said, purpose, report),
            Err(why) => {
                report.add(&said.at, format!("cannot read `{}`: {why}", said.text));
                return None;
            }
        }
    }
    report.add(&said.at, format!("there is no `{}`; it was looked for as {}", said.text, paths.join(", ")));
    None
}

/// Returns where a snippet may be, the likeliest first.
fn paths(sheet: &Sheet, name: &str, purpose: Purpose) -> Result<Vec<String>, String> {
    if name.is_empty() || name.starts_with('/') || name.ends_with('/') {
        return Err(format!("`{name}` is no name of a file below the folders of the configurations"));
    }
    let mut paths = Vec::new();
    let mut add = |folder: &str, name: String| {
        join(folder, &name).map(|path| {
            if !paths.contains(&path) {
                paths.push(path);
            }
        })
    };
    for folder in &sheet.folders {
        match (sheet.family, purpose) {
            (Family::MeeGo, Purpose::Partitions) => add(folder, format!("custom/part/{name}"))?,
            (Family::MeeGo, Purpose::Script(ending)) => {
                add(folder, format!("custom/scripts/{name}.{ending}"))?
            }
            (Family::Mer, Purpose::Partitions) => {
                add(folder, name.to_owned())?;
                add(folder, format!("part/{name}"))?;
            }
            (Family::Mer, Purpose::Script(_)) => {
                add(folder, name.to_owned())?;
                add(folder, format!("scripts/{name}"))?;
            }
        }
    }
    Ok(paths)
}

/// Takes a text that can stand where it is meant to.
fn sound(path: &str, text: Vec<u8>, said: &Said, purpose: Purpose, report: &mut Report) -> Option<Snippet> {
    let at = At { file: Arc::from(path), line: 1, column: 1, block: said.at.block.clone() };
    if text.len() > LONGEST {
        report.add(&said.at, format!("{path} has more than {} MiB", LONGEST >> 20));
        return None;
    }
    let Ok(text) = String::from_utf8(text) else {
        report.add(&at, "the file is not UTF-8");
        return None;
    };
    let mut is_sound = true;
    for (number, line) in (1..).zip(text.lines()) {
        let head = head(line.as_bytes());
        let ends = head == "%end" || table::sections().any(|row| row.name == head);
        let message = match purpose {
            Purpose::Script(_) if ends => format!("`{head}` would end the script in the middle"),
            Purpose::Partitions if head.starts_with('%') => "only commands may stand here".to_owned(),
            _ => continue,
        };
        is_sound = false;
        report.add(&At { line: number, ..at.clone() }, message);
    }
    is_sound.then_some(Snippet { text, at })
}
