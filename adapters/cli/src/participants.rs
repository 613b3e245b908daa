//! The answer of `img participant list`.

use serde::Serialize;

use crate::terminal::{result, result_is_lost, say};

/// One participant of this program.
#[derive(Clone, Debug, Serialize)]
pub struct ParticipantLine {
    /// What it is called everywhere.
    pub name: &'static str,
    /// What it does, in a few words.
    pub does: &'static str,
    /// Where it takes its workitems, when the configuration can be read.
    pub queue: Option<String>,
    /// Why that is not known.
    pub note: Option<String>,
}

/// Prints participants, for a person or as one JSON list, and returns the exit status.
pub fn print_participants(participants: &[ParticipantLine], json: bool) -> u8 {
    if json {
        result(format_args!("{}", serde_json::to_string_pretty(participants).expect("texts")));
        return u8::from(result_is_lost());
    }
    for line in participants {
        let queue = line.queue.as_deref().unwrap_or("-");
        result(format_args!("{:<20} {:<20} {}", line.name, queue, line.does));
    }
    // the same file is read for all of them
    if let Some(note) = participants.iter().find_map(|line| line.note.as_ref()) {
        say(format_args!("img: the queues are not known: {note}"));
    }
    u8::from(result_is_lost())
}
