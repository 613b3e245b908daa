//! Plays recorded processes: the engine sends what the Ruote engine sent, byte for byte but for ids and times.

mod common;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Bench, take};
use process_engine::State;
use serde_json::Value;

#[tokio::test]
async fn recorded_processes_run_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut stories: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    stories.retain(|path| path.is_dir());
    stories.sort();
    assert!(stories.len() >= 7, "the cases are not all here");
    for story in stories {
        play(&story).await;
    }
}

async fn play(story: &Path) {
    let name = story.display();
    let bench = Bench::new().await;
    bench.publish(&read(story, "launch").unwrap(), "story").await;
    let mut number = 1;
    while let Some(expected) = read(story, &format!("{number}_in")) {
        let parsed: Value = serde_json::from_str(&expected).unwrap();
        let sent = take(&bench.memory, parsed["participant_name"].as_str().unwrap()).await;
        assert_eq!(anonymous(&sent), anonymous(&expected), "{name}, step {number}");
        let answer = read(story, &format!("{number}_out")).unwrap();
        bench.publish(&renamed(&answer, &expected, &sent), &format!("answer {number}")).await;
        number += 1;
    }
    let ended = bench.ended("story").await;
    let end = match ended.state {
        State::Ended { fields } => format!("{{\"ended\":{fields}}}"),
        State::Failed { error, .. } => format!("{{\"failed\":{}}}", Value::String(error)),
        State::Running => panic!("{name} is not over"),
    };
    let first: Value = serde_json::from_str(&read(story, "1_in").unwrap()).unwrap();
    let end = end.replace(&ended.wfid, first["fei"]["wfid"].as_str().unwrap());
    assert_eq!(end, read(story, "end").unwrap(), "{name}");
    assert_eq!(bench.waiting_messages(), 0, "{name} sends more than was recorded");
}

/// A file of the story without the white space between its tokens.
fn read(story: &Path, name: &str) -> Option<String> {
    fs::read_to_string(story.join(format!("{name}.json"))).ok().map(|text| compact(&text))
}

fn compact(text: &str) -> String {
    let (mut out, mut inside, mut escaped) = (String::new(), false, false);
    for letter in text.chars() {
        if inside || !letter.is_whitespace() {
            out.push(letter);
        }
        if letter == '"' && !escaped {
            inside = !inside;
        }
        escaped = letter == '\\' && !escaped;
    }
    out
}

/// The message with the same names for all ids and times.
fn anonymous(message: &str) -> String {
    let fei: Value = serde_json::from_str::<Value>(message).unwrap()["fei"].clone();
    let mut text = message.to_owned();
    for (key, name) in [("wfid", "WFID"), ("subid", "SUBID")] {
        text = text.replace(fei[key].as_str().unwrap(), name);
    }
    times(message).iter().fold(text, |text, time| text.replace(time, "TIME"))
}

/// The recorded answer with the ids and times of this run.
fn renamed(answer: &str, recorded: &str, sent: &str) -> String {
    let fei = |text: &str| serde_json::from_str::<Value>(text).unwrap()["fei"].clone();
    let (old, new) = (fei(recorded), fei(sent));
    let mut names: HashMap<String, String> = times(recorded).into_iter().zip(times(sent)).collect();
    for key in ["wfid", "subid"] {
        names.insert(old[key].as_str().unwrap().into(), new[key].as_str().unwrap().into());
    }
    names.iter().fold(answer.to_owned(), |text, (old, new)| text.replace(old, new))
}

/// All times in a message, in order: `2026-11-21 07:39:38.980797 UTC`.
fn times(message: &str) -> Vec<String> {
    let pieces = message.split(" UTC\"");
    let mut times: Vec<String> =
        pieces.map(|piece| format!("{} UTC", piece.rsplit('"').next().unwrap())).collect();
    times.pop();
    times
}
