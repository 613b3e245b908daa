//! What there is to know of a site whose test failed.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Site;

/// So many of the last lines of a file are told.
const LINES: usize = 60;

/// Tells what programs said, how jobs and processes stand, which files there are, and how the logs of builds end.
pub(crate) fn of(site: &Site) -> String {
    let mut text = format!("--- the story of {}", site.path().display());
    let jobs = site.run(&["jobs", "--json"]);
    let _ = write!(text, "\njobs: {}{}", jobs.stdout.trim(), jobs.stderr.trim());
    let _ = write!(text, "\nprocesses: {:#?}", site.processes());
    let _ = write!(text, "\nload: {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    let mut files = below(site.path());
    files.sort();
    for file in &files {
        let size = std::fs::symlink_metadata(file).map_or(0, |found| found.len());
        let _ = write!(text, "\n{size:>12} {}", file.strip_prefix(site.path()).unwrap_or(file).display());
    }
    for file in
        files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "said" || kind == "log"))
    {
        let _ = write!(text, "\n--- {}\n{}", file.display(), end(file));
    }
    text
}

/// The files below a folder but for what becomes an image, which are many.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !path.ends_with("work/root") => found.extend(below(&path)),
            _ => found.push(path),
        }
    }
    found
}

fn end(file: &Path) -> String {
    let text = String::from_utf8_lossy(&std::fs::read(file).unwrap_or_default()).into_owned();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
