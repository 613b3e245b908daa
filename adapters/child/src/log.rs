//! The log of a build: what was printed, line by line, each with the time of its arrival.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use jiff::{Timestamp, tz::TimeZone};

use crate::ChildError;

/// A file that lines are appended to; several programs may write into it at the same time.
///
/// A line is `[11/26 05:31:07] text`, in the machine's time zone: the form mic's logs have. Colours and whatever else
/// is in the text stay.
#[derive(Debug)]
pub struct Log {
    file: File,
    zone: TimeZone,
}

impl Log {
    /// Opens a log, making it when it is not there.
    pub fn open(path: &Path) -> Result<Log, ChildError> {
        let opened = OpenOptions::new().append(true).create(true).open(path);
        let file = opened.map_err(|source| ChildError::Log { log: path.display().to_string(), source })?;
        Ok(Log { file, zone: TimeZone::system() })
    }

    /// Adds a line; a full disk must not end a build, which meets it by itself.
    pub fn line(&self, text: &str) {
        self.write(&self.stamped(text));
    }

    /// Returns a line as it is written now.
    pub(crate) fn stamped(&self, text: &str) -> String {
        let now = Timestamp::now().to_zoned(self.zone.clone());
        format!("{} {text}\n", now.strftime("[%m/%d %H:%M:%S]"))
    }

    /// Adds such a line.
    pub(crate) fn write(&self, line: &str) {
        let _ = (&self.file).write_all(line.as_bytes()); // in one piece: lines of others do not get into it
    }

    /// Returns how many bytes it has; none where that cannot be told.
    pub(crate) fn size(&self) -> u64 {
        self.file.metadata().map_or(0, |found| found.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_its_time_and_keeps_its_colours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("build.log");
        Log::open(&path).unwrap().line("first");
        Log::open(&path).unwrap().line("\u{1b}[31mred\u{1b}[0m");

        let text = std::fs::read_to_string(&path).unwrap();

        let lines: Vec<_> = text.lines().map(|line| line.split_at("[11/26 05:31:07] ".len())).collect();
        assert_eq!(
            lines.iter().map(|(_, text)| *text).collect::<Vec<_>>(),
            ["first", "\u{1b}[31mred\u{1b}[0m"]
        );
        for (stamp, _) in lines {
            let digits: String = stamp.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
            assert_eq!(digits, "[00/00 00:00:00] ");
        }
    }
}
