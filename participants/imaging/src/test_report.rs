//! What came of the tests of an image, and how other programs read it.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::TestResult;

/// The tests of an image that were run, in their order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestReport {
    /// What the tests are called together.
    pub suite: String,
    /// Each of them.
    pub tests: Vec<TestCase>,
    /// How long all of it took, in seconds.
    pub seconds: f64,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestCase {
    /// What it is called.
    pub name: String,
    /// How it ended.
    pub end: TestEnd,
    /// What it said, for a person; may be empty.
    pub said: String,
}

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TestEnd {
    /// As it should.
    Passed,
    /// Not as it should.
    Failed,
    /// It was not run.
    Skipped,
}

impl TestReport {
    /// Returns the result of all of them: a failure fails it, and so does having run nothing.
    pub fn result(&self) -> TestResult {
        let passed = self.number_of(TestEnd::Failed) == 0 && self.number_of(TestEnd::Passed) > 0;
        if passed { TestResult::Pass } else { TestResult::Fail }
    }

    /// Returns how many ended so.
    pub fn number_of(&self, end: TestEnd) -> usize {
        self.tests.iter().filter(|test| test.end == end).count()
    }

    /// Returns the first failure, as a sentence.
    pub fn first_failure(&self) -> Option<String> {
        let failed = self.tests.iter().find(|test| test.end == TestEnd::Failed)?;
        let said = failed.said.lines().map(str::trim).find(|line| !line.is_empty());
        Some(said.map_or_else(|| failed.name.clone(), |said| format!("{}: {said}", failed.name)))
    }

    /// Returns it as JUnit XML, which continuous integration reads.
    pub fn junit(&self) -> String {
        let suite = escaped(&self.suite);
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"{suite}\" tests=\"{}\" failures=\"{}\" \
             skipped=\"{}\" errors=\"0\" time=\"{:.3}\">\n",
            self.tests.len(),
            self.number_of(TestEnd::Failed),
            self.number_of(TestEnd::Skipped),
            self.seconds
        );
        for test in &self.tests {
            let (name, said) = (escaped(&test.name), escaped(&test.said));
            let first = said.lines().next().unwrap_or_default();
            let inner = match test.end {
                TestEnd::Passed if said.is_empty() => String::new(),
                TestEnd::Passed => format!("<system-out>{said}</system-out>"),
                TestEnd::Failed => format!("<failure message=\"{first}\">{said}</failure>"),
                TestEnd::Skipped => format!("<skipped message=\"{first}\"/>"),
            };
            let _ = writeln!(xml, "    <testcase classname=\"{suite}\" name=\"{name}\">{inner}</testcase>");
        }
        xml.push_str("  </testsuite>\n</testsuites>\n");
        xml
    }

    /// Returns it as JSON.
    pub fn json(&self) -> String {
        let report = serde_json::json!({
            "result": self.result().as_str(), "passed": self.number_of(TestEnd::Passed),
            "failed": self.number_of(TestEnd::Failed), "skipped": self.number_of(TestEnd::Skipped),
            "suite": self.suite, "seconds": self.seconds, "tests": self.tests,
        });
        format!("{report:#}\n")
    }
}

/// Writes what XML can say of a text: it has no way at all for most control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(letter),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('\u{fffd}')
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(ends: &[TestEnd]) -> TestReport {
        let test = |(number, end): (usize, &TestEnd)| TestCase {
            name: format!("t<{number}>"),
            end: *end,
            said: "a \"b\" & c\u{1}\nmore".into(),
        };
        TestReport { suite: "s".into(), tests: ends.iter().enumerate().map(test).collect(), seconds: 1.5 }
    }

    #[test]
    fn it_passes_when_something_passed_and_nothing_failed() {
        use TestEnd::{Failed, Passed, Skipped};
        for (ends, result) in [
            (&[Passed, Skipped][..], TestResult::Pass),
            (&[Passed, Failed], TestResult::Fail),
            (&[Skipped], TestResult::Fail),
            (&[], TestResult::Fail),
        ] {
            assert_eq!(report(ends).result(), result, "{ends:?}");
        }
        assert_eq!(report(&[Passed, Failed]).first_failure().unwrap(), "t<1>: a \"b\" & c\u{1}");
    }

    #[test]
    fn both_forms_say_all_of_it() {
        let report = report(&[TestEnd::Passed, TestEnd::Failed, TestEnd::Skipped]);
        let said = "a &quot;b&quot; &amp; c\u{fffd}";
        let expected = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"s\" tests=\"3\" failures=\"1\" \
             skipped=\"1\" errors=\"0\" time=\"1.500\">\n    <testcase classname=\"s\" name=\"t&lt;0&gt;\"><system-out>{said}\n\
             more</system-out></testcase>\n    <testcase classname=\"s\" name=\"t&lt;1&gt;\"><failure message=\"{said}\">{said}\n\
             more</failure></testcase>\n    <testcase classname=\"s\" name=\"t&lt;2&gt;\"><skipped message=\"{said}\"/>\
             </testcase>\n  </testsuite>\n</testsuites>\n"
        );
        assert_eq!(report.junit(), expected);
        let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
        assert_eq!(
            (&json["result"], &json["failed"], &json["tests"][2]["end"]),
            (&"FAIL".into(), &1.into(), &"skipped".into())
        );
        assert_eq!(serde_json::from_value::<Vec<TestCase>>(json["tests"].clone()).unwrap(), report.tests);
    }
}
