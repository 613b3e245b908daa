//! The journal of systemd: MESSAGE, and WFID, IMAGE_ID and PARTICIPANT of the job it belongs to.

use std::io::stderr;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use tracing_journald::{Layer, Priority, PriorityMappings};

/// Returns the way into the journal when that is where our stderr goes.
pub(super) fn layer() -> Option<Layer> {
    if !leads_to_journal(std::env::var("JOURNAL_STREAM").ok()?.as_str(), stderr().as_fd()) {
        return None;
    }
    let journal = tracing_journald::layer().ok()?;
    let priorities = PriorityMappings {
        info: Priority::Informational,
        debug: Priority::Debug,
        trace: Priority::Debug,
        ..PriorityMappings::new()
    };
    Some(journal.with_field_prefix(None).with_priority_mappings(priorities))
}

/// Tells whether `stream`, the value of `$JOURNAL_STREAM`, is about this file: a program that was started by one in the
/// journal may have its stderr elsewhere.
fn leads_to_journal(stream: &str, file: impl AsFd) -> bool {
    let Ok(copy) = file.as_fd().try_clone_to_owned() else { return false };
    let found = std::fs::File::from(copy).metadata();
    found.is_ok_and(|found| stream == format!("{}:{}", found.dev(), found.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_stream_leads_to_the_journal() {
        let (file, other) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        let found = file.metadata().unwrap();
        let stream = format!("{}:{}", found.dev(), found.ino());
        assert!(leads_to_journal(&stream, &file));
        assert!(!leads_to_journal(&stream, &other));
        assert!(!leads_to_journal("", &file));
    }
}
