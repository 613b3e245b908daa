//! A log that no program fills a disk with.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Mutex;

use crate::{ChildError, Log};

/// A log is let grow to so many bytes.
const MOST: u64 = 32 << 20;
/// So many bytes each program may add all the same, however much others have printed.
const LEAST: u64 = 1 << 20;
/// So many bytes of the end of what is left out are kept: a program says last why it fails.
const END: usize = 64 << 10;

/// What one program adds to a log: its first lines and its last.
#[derive(Debug)]
pub(crate) struct Bounded {
    log: Log,
    added: Mutex<Added>,
}

#[derive(Debug)]
struct Added {
    /// So many bytes may still be added.
    left: u64,
    /// Lines that found no room, and their bytes.
    lines: u64,
    bytes: u64,
    /// The last of them, as they would be written, and their bytes.
    end: VecDeque<String>,
    size: usize,
}

impl Bounded {
    /// Opens a log, making it when it is not there.
    pub(crate) fn open(path: &Path) -> Result<Bounded, ChildError> {
        let log = Log::open(path)?;
        let left = MOST.saturating_sub(log.size()).max(LEAST);
        let added = Added { left, lines: 0, bytes: 0, end: VecDeque::new(), size: 0 };
        Ok(Bounded { log, added: Mutex::new(added) })
    }

    /// Adds a line, or keeps it for the end.
    pub(crate) fn line(&self, text: &str) {
        let line = self.log.stamped(text);
        let mut added = self.added.lock().expect("adding does not panic");
        let length = line.len() as u64;
        if added.lines == 0 && length <= added.left {
            added.left -= length;
            self.log.write(&line);
            return;
        }
        added.lines += 1;
        added.bytes += length;
        added.size += line.len();
        added.end.push_back(line);
        while added.size > END {
            added.size -= added.end.pop_front().map_or(added.size, |line| line.len());
        }
    }
}

impl Drop for Bounded {
    fn drop(&mut self) {
        let added = self.added.get_mut().expect("adding does not panic");
        let (lines, bytes) = (added.lines - added.end.len() as u64, added.bytes - added.size as u64);
        if lines > 0 {
            self.log.line(&format!(
                "-- {lines} lines of {bytes} bytes are left out here: the log is long enough"
            ));
        }
        added.end.iter().for_each(|line| self.log.write(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(path: &Path, lines: u64) -> Vec<String> {
        let log = Bounded::open(path).unwrap();
        let long = "x".repeat(1000);
        (0..lines).for_each(|number| log.line(&format!("{number} {long}")));
        drop(log);
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().map(|line| line.split(' ').nth(2).unwrap().to_owned()).collect()
    }

    #[test]
    fn of_what_is_too_much_the_beginning_and_the_end_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");

        let first = printed(&path, 50_000);
        let size = std::fs::metadata(&path).unwrap().len();
        let again = printed(&path, 3_000);

        assert!(size > MOST && size < MOST + 2 * END as u64, "{size}");
        assert_eq!((&*first[0], &*first[1], first.last().unwrap().as_str()), ("0", "1", "49999"));
        let gap = first.iter().position(|line| line == "--").expect("it says that lines are left out");
        assert!(first.len() - gap > 50 && gap > 30_000, "{gap} of {}", first.len());
        let second = &again[first.len()..];
        assert!(
            second.len() > 1000 && second.len() < 1200,
            "the next program is heard too: {}",
            second.len()
        );
        assert_eq!(second.last().unwrap(), "2999");
    }

    #[test]
    fn what_is_not_too_much_is_kept_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();

        let lines = printed(&folder.path().join("log"), 1100); // the last of them are kept for the end

        assert_eq!(lines, (0..1100).map(|number| number.to_string()).collect::<Vec<_>>());
    }
}
