//! Words are those of the Python that is installed, on lines nobody thought of.

use std::io::Write;
use std::process::{Command, Stdio};

use img_kickstart::words::split;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Returns what Python's shlex makes of each line.
#[expect(clippy::disallowed_methods, reason = "an interpreter is asked, nothing is built")]
fn shlex(lines: &[String]) -> Vec<Option<Vec<String>>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/split.py");
    let mut child = Command::new("python3")
        .env("PYTHONUTF8", "1")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is there, see .ci/need");
    let mut input = child.stdin.take().unwrap();
    let text: String = lines.iter().map(|line| serde_json::json!(line).to_string() + "\n").collect();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn ten_thousand_lines_are_split_as_python_splits_them() {
    let piece = prop_oneof![
        4 => "[a-z]{1,3}",
        4 => Just(" ".to_owned()),
        3 => Just("\"".to_owned()),
        3 => Just("'".to_owned()),
        3 => Just("\\".to_owned()),
        1 => Just("#".to_owned()),
        1 => Just("--a=".to_owned()),
        1 => Just("\t".to_owned()),
        1 => Just("\r".to_owned()),
        1 => Just("\u{a0}é\u{2028}".to_owned()),
        1 => "\\PC",
    ];
    let line = prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat());
    let mut runner = TestRunner::deterministic();
    let lines: Vec<String> = (0..10_000).map(|_| line.new_tree(&mut runner).unwrap().current()).collect();

    let python = shlex(&lines);

    assert_eq!(python.len(), lines.len());
    let refused = python.iter().filter(|words| words.is_none()).count();
    assert!((1000..9000).contains(&refused), "{refused} lines are refused: the lines say little");
    for (line, python) in lines.iter().zip(python) {
        let (words, fault) = split(line, 0);
        let words: Vec<String> = words.iter().map(|word| word.text.to_string()).collect();
        assert_eq!(fault.is_none().then_some(words), python, "{line:?}");
    }
}
