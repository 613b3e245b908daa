//! Holds docs/wire-format.md: its JSON is what the code reads and writes, and what it points to is there.

mod blocks;

use std::collections::BTreeSet;
use std::path::Path;

use participant_core::{Failure, Launch, Malformed, Outcome, Workitem};
use serde_json::Value;
use serde_json::value::RawValue;

const PAGE: &str = include_str!("../../docs/wire-format.md");

/// Returns the one block of JSON with this title, without its white space.
fn json(title: &str) -> String {
    let title = format!("json {title}");
    let mut fitting = blocks::blocks_of("wire-format.md").into_iter().filter(|block| block.title == title);
    let block = fitting.next().unwrap_or_else(|| panic!("no block `{title}`"));
    assert!(fitting.next().is_none(), "two blocks `{title}`");
    compact(&block.text)
}

/// Takes the white space between tokens away; order and spelling stay.
fn compact(json: &str) -> String {
    let (mut in_text, mut escaped) = (false, false);
    let kept = json.chars().filter(|&sign| {
        let was_in_text = in_text;
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = in_text,
            '"' => in_text = !in_text,
            _ => {}
        }
        was_in_text || !sign.is_whitespace()
    });
    kept.collect()
}

/// Evaluates an expression that stands on the page.
macro_rules! on_page {
    ($made:expr) => {{
        assert!(PAGE.contains(stringify!($made)), "{} is not on the page", stringify!($made));
        $made
    }};
}

fn answer(answer: &Result<Outcome, Failure>) -> String {
    let item = Workitem::parse(json("workitem").as_bytes()).unwrap();
    String::from_utf8(item.reply(answer)).unwrap()
}

#[test]
fn the_workitem_with_its_outcome_is_the_reply() {
    let outcome = on_page!(Outcome::done().set("greeting", "Hello ana"));
    assert_eq!(answer(&Ok(outcome)), json("reply"));
}

#[test]
fn a_refusal_changes_what_is_shown_and_nothing_else() {
    let outcome = on_page!(Outcome::refuse().because("nobody is at home"));
    let shown = json("refusal").replacen("{\"msg\":[\"checked\",\"nobody is at home\"],", ",", 1);
    let expected = json("workitem")
        .replacen(r#"["checked"]"#, r#"["checked","nobody is at home"]"#, 1)
        .replacen("},\"wf_name\"", &format!("{shown},\"wf_name\""), 1);
    assert_eq!(answer(&Ok(outcome)), expected);
}

#[test]
fn a_failure_adds_what_is_shown_and_nothing_else() {
    let failure = on_page!(Failure::missing("name"));
    let expected = format!("{},\"error\":{}}}", json("workitem").strip_suffix('}').unwrap(), json("error"));
    assert_eq!(answer(&Err(failure)), expected);
}

#[test]
fn the_cancel_is_a_recorded_one_and_no_workitem() {
    let recorded = include_str!("../../participant-core/tests/recorded/e_k10_cancel_message.raw");
    assert_eq!(json("cancel"), recorded.trim_end());
    let error = Workitem::parse(recorded.as_bytes()).unwrap_err();
    assert!(matches!(error, Malformed::NoObject { .. }), "{error}");
}

#[test]
fn launches_are_written_as_shown() {
    for title in ["launch", "registration"] {
        let shown: Value = serde_json::from_str(&json(title)).unwrap();
        let fields = RawValue::from_string(shown["fields"].to_string()).unwrap();
        let launch = Launch::new(shown["definition"].as_str().unwrap(), fields);
        assert_eq!(String::from_utf8(launch.body()).unwrap(), json(title));
    }
}

/// Returns what stands in back quotes on a line.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn the_code_and_the_tests_of_each_promise_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (_, table) = PAGE.split_once("| promise | code | test |\n").expect("a table of promises");
    let rows: Vec<_> = table.lines().skip(1).take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 10);
    for row in rows {
        let (files, tests): (Vec<_>, Vec<_>) = quoted(row).partition(|word| word.contains('/'));
        let texts: String = files.iter().map(|file| read(&root.join(file))).collect();
        assert!(!tests.is_empty(), "{row}");
        for test in tests {
            assert!(texts.contains(&format!("fn {test}()")), "no test `{test}` in {files:?}");
        }
    }
}

#[test]
fn the_headers_are_those_of_the_code() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters/amqp/src");
    let code = read(&source.join("names.rs")) + &read(&source.join("publisher.rs"));
    let in_code = code.split('"').filter(|text| text.starts_with("x-skynet-"));
    let on_page = PAGE.lines().flat_map(quoted).filter(|word| word.starts_with("x-skynet-"));
    assert_eq!(BTreeSet::from_iter(on_page), BTreeSet::from_iter(in_code));
}
