//! Stories of a participant as folders: a workitem that comes, the reply that goes.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::Memory;
use crate::participant::Participant;
use crate::workitem::Workitem;
use crate::{ENGINE_QUEUE, Job};

/// Runs every story below `folder`: `STORY/workitem.json` comes in, `STORY/reply.json` must go out, and what is
/// launched meanwhile must be as `STORY/launched.json`, a list of definitions and fields, where there is one.
///
/// # Panics
/// When a reply is another, or there is no story.
pub async fn stories_come_true(folder: &Path, participant: &dyn Participant) {
    let mut stories: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder of stories")
        .map(|entry| entry.expect("a story").path())
        .collect();
    stories.sort();
    assert!(!stories.is_empty(), "no story in {}", folder.display());
    for story in stories {
        let item = std::fs::read(story.join("workitem.json")).expect("a workitem.json");
        let item = Workitem::parse(&item).expect("a workitem");
        let memory = Memory::default();
        let (job, _stop) = Job::new(item.attempt(), Arc::new(memory.clone()), Arc::new(()));
        let answer = participant.handle_wi(&item, &job).await;
        let reply: Value = serde_json::from_slice(&item.reply(&answer)).expect("a reply is JSON");
        compare(&story.join("reply.json"), &reply);
        let launched = memory.drain(ENGINE_QUEUE);
        let launched: Vec<Value> =
            launched.iter().map(|body| serde_json::from_slice(body).expect("JSON")).collect();
        if story.join("launched.json").exists() || !launched.is_empty() {
            compare(&story.join("launched.json"), &Value::Array(launched));
        }
    }
}

/// Compares with a file; with `IMG_WRITE_STORIES` in the environment writes the file instead, for a person to read.
fn compare(file: &Path, found: &Value) {
    if std::env::var_os("IMG_WRITE_STORIES").is_some() {
        let text = serde_json::to_string_pretty(found).expect("JSON");
        std::fs::write(file, text + "\n").expect("written");
    }
    let expected = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let expected: Value = serde_json::from_slice(&expected).expect("JSON");
    assert_eq!(*found, expected, "{}", file.display());
}
