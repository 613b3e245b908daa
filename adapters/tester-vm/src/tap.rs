//! What a script says of its tests: the lines of TAP, the Test Anything Protocol.

use imaging::{TestCase, TestEnd};

use crate::guest::Said;

/// How much of what a test said is kept.
const KEPT: usize = 4000;

/// Reads the tests of a script; one that says nothing of tests is one itself, and its exit status how it ended.
pub(crate) fn read(script: &str, said: &Said) -> Vec<TestCase> {
    let mut tests: Vec<TestCase> = Vec::new();
    let (mut plan, mut before) = (None::<usize>, Vec::new());
    for line in said.output.lines().map(str::trim_end) {
        if let Some((end, name, why)) = result(line) {
            let name = if name.is_empty() { format!("test {}", tests.len() + 1) } else { name };
            before.extend((!why.is_empty()).then_some(why));
            tests.push(TestCase { name, end, said: kept(&before.split_off(0).join("\n")) });
        } else if let Some(number) =
            line.strip_prefix("1..").and_then(|rest| rest.split(' ').next()?.parse().ok())
        {
            plan = Some(number);
        } else if let Some(why) = line.strip_prefix("Bail out!") {
            tests.push(failed("bail out", why.trim()));
        } else if let (Some(last), Some(note)) = (tests.last_mut(), line.strip_prefix("# ")) {
            // what follows a failure explains it
            last.said = kept(&[last.said.as_str(), note].join("\n"));
        } else {
            before.push(line);
        }
    }
    if tests.is_empty() {
        let end = if said.status == 0 { TestEnd::Passed } else { TestEnd::Failed };
        let status = format!("exit status {}", said.status);
        let text = if said.status == 0 { said.output.clone() } else { format!("{status}\n{}", said.output) };
        return vec![TestCase { name: script.to_owned(), end, said: kept(&text) }];
    }
    match plan {
        Some(plan) if plan != tests.len() => {
            tests.push(failed("plan", &format!("{plan} tests were planned, {} ran", tests.len())));
        }
        _ if said.status != 0 && tests.iter().all(|test| test.end != TestEnd::Failed) => {
            tests.push(failed(script, &format!("exit status {}", said.status)));
        }
        _ => {}
    }
    tests
}

fn failed(name: &str, said: &str) -> TestCase {
    TestCase { name: name.to_owned(), end: TestEnd::Failed, said: said.to_owned() }
}

/// Reads `ok 1 - name # SKIP why` and its like.
fn result(line: &str) -> Option<(TestEnd, String, &str)> {
    let (ok, rest) = match line.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("ok")?),
    };
    if !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    let (name, directive) = rest.split_once(" #").unwrap_or((rest, ""));
    let name = name.trim().trim_start_matches(|c: char| c.is_ascii_digit()).trim();
    let name = name.strip_prefix("- ").unwrap_or(name).trim();
    let (word, why) = directive.trim().split_once(' ').unwrap_or((directive.trim(), ""));
    let is_left_out = ["SKIP", "TODO"].iter().any(|left_out| word.eq_ignore_ascii_case(left_out));
    let end = match ok {
        _ if is_left_out => TestEnd::Skipped,
        true => TestEnd::Passed,
        false => TestEnd::Failed,
    };
    Some((end, name.to_owned(), if is_left_out { why.trim() } else { "" }))
}

/// Returns the end of a text.
fn kept(text: &str) -> String {
    let text = text.trim_matches('\n');
    let start = (text.len().saturating_sub(KEPT)..text.len()).find(|at| text.is_char_boundary(*at));
    text[start.unwrap_or(0)..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests(output: &str, status: i32) -> Vec<(String, TestEnd, String)> {
        let said = Said { output: output.into(), status };
        read("script", &said).into_iter().map(|test| (test.name, test.end, test.said)).collect()
    }

    #[test]
    fn the_lines_of_tap_are_tests() {
        use TestEnd::{Failed, Passed, Skipped};
        let said = "1..5\nlooking\nok 1 - boots\r\nnot ok 2 - has a network\n# no route\nok 3 # SKIP no sound here\nok\n\
                    not ok 5 has a camera # TODO later\nokay, that is all\n";
        let row = |name: &str, end, said: &str| (name.to_owned(), end, said.to_owned());
        let expected = [
            row("boots", Passed, "looking"),
            row("has a network", Failed, "no route"),
            row("test 3", Skipped, "no sound here"),
            row("test 4", Passed, ""),
            row("has a camera", Skipped, "later"),
        ];
        assert_eq!(tests(said, 1), expected);
    }

    #[test]
    fn what_ends_early_or_badly_has_failed() {
        use TestEnd::{Failed, Passed};
        let row = |name: &str, end, said: &str| (name.to_owned(), end, said.to_owned());
        for (said, status, expected) in [
            ("", 0, vec![row("script", Passed, "")]),
            ("all is well\n", 0, vec![row("script", Passed, "all is well")]),
            ("oh no\n", 3, vec![row("script", Failed, "exit status 3\noh no")]),
            (
                "1..2\nok 1 - a\n",
                0,
                vec![row("a", Passed, ""), row("plan", Failed, "2 tests were planned, 1 ran")],
            ),
            ("ok 1 - a\n", 1, vec![row("a", Passed, ""), row("script", Failed, "exit status 1")]),
            (
                "ok 1 - a\nBail out! no disk\n",
                0,
                vec![row("a", Passed, ""), row("bail out", Failed, "no disk")],
            ),
        ] {
            assert_eq!(tests(said, status), expected, "{said:?}");
        }
    }
}
