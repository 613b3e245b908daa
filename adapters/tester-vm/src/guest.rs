//! A guest in which somebody may work.

use crate::console::Terminal;
use crate::halt::Halt;
use crate::ssh::Login;

/// What a script said, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) output: String,
    pub(crate) status: i32,
}

/// A guest, and how it is talked to.
pub(crate) enum Guest {
    Ssh(Login),
    Console(Terminal),
}

impl Guest {
    /// Runs a script by the shell of the user.
    pub(crate) async fn run(&self, script: &str) -> Result<Said, Halt> {
        let said = match self {
            Guest::Ssh(login) => login.run(script).await,
            Guest::Console(terminal) => terminal.run(script).await,
        };
        said.map_err(|halt| halt.in_test("run the script"))
    }
}

/// Writes a word so that a shell takes it as it is.
pub(crate) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
