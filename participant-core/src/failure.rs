//! Why nobody could act on a workitem.

use std::error::Error;

/// Why a participant could not answer; the engine stops the process at this step with it.
///
/// Most real process definitions have no `on_error` and wait for a person then: use a refusing
/// [`Outcome`](crate::Outcome) wherever the subject of the workitem is known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The process author forgot a field; retrying cannot help.
    #[error("workitem has no field `{path}`")]
    MissingField {
        /// The field, keys joined with dots.
        path: String,
    },
    /// A field has another form than the participant takes; retrying cannot help.
    #[error("field `{path}` {problem}")]
    BadField {
        /// The field, keys joined with dots.
        path: String,
        /// What is wrong with it, as `should be a list`.
        problem: String,
    },
    /// Something outside this process broke: a disk, a tool, a database.
    #[error("cannot {doing}")]
    Outside {
        /// What was being done, as `read the job store`.
        doing: String,
        /// What came of it.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The participant's code panicked: a bug of ours.
    #[error("participant panicked: {0}")]
    Panicked(String),
}

impl Failure {
    /// Makes the failure for a field that is not there.
    pub fn missing(path: &str) -> Failure {
        Failure::MissingField { path: path.into() }
    }

    /// Makes the failure for a field of the wrong form.
    pub fn bad(path: &str, problem: impl Into<String>) -> Failure {
        Failure::BadField { path: path.into(), problem: problem.into() }
    }

    /// Makes the failure for something outside that broke while `doing`.
    pub fn outside(doing: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Failure {
        Failure::Outside { doing: doing.into(), source: source.into() }
    }

    /// Returns the error and its causes, outermost first.
    pub(crate) fn chain(&self) -> Vec<String> {
        chain(self)
    }
}

/// Returns an error with what caused it on one line, for a person.
pub fn with_causes(error: &dyn Error) -> String {
    chain(error).join(": ")
}

fn chain(error: &dyn Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts
}
