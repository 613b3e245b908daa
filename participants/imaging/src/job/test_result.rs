//! How the test of an image ended.

/// How the test of an image ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TestResult {
    /// The image does what it should.
    Pass,
    /// It does not.
    Fail,
}

impl std::str::FromStr for TestResult {
    type Err = crate::NotAWord;

    fn from_str(text: &str) -> Result<TestResult, crate::NotAWord> {
        match text.trim().to_ascii_uppercase().as_str() {
            "PASS" | "TRUE" => Ok(TestResult::Pass),
            "FAIL" | "FALSE" => Ok(TestResult::Fail),
            _ => Err(crate::NotAWord(format!("no test result `{text}`; there are PASS and FAIL"))),
        }
    }
}

impl TestResult {
    /// Returns the word.
    pub fn as_str(self) -> &'static str {
        match self {
            TestResult::Pass => "PASS",
            TestResult::Fail => "FAIL",
        }
    }
}
