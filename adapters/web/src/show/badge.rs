//! A state: a colour, and a sign and a word beside it.

use imaging::{JobStatus, TestResult};

/// How a state looks.
#[derive(Clone, Debug)]
pub(crate) struct Badge {
    /// The class that colours it.
    pub(crate) class: &'static str,
    /// The sign.
    pub(crate) sign: &'static str,
    /// The words.
    pub(crate) word: String,
}

impl Badge {
    pub(crate) fn of(status: &JobStatus, test: Option<TestResult>) -> Badge {
        let (class, sign) = match status {
            JobStatus::InQueue => ("waits", "○"),
            JobStatus::Building | JobStatus::Testing | JobStatus::MakingVdi => ("works", "●"),
            JobStatus::Error => ("bad", "✗"),
            _ if test == Some(TestResult::Fail) => ("bad", "✗"),
            _ => ("good", "✓"),
        };
        let result = test.filter(|_| *status == JobStatus::Tested);
        let word = match result {
            Some(result) => format!("{status}: {}", result.as_str()),
            None => status.to_string(),
        };
        Badge { class, sign, word }
    }
}
