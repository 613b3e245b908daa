//! A guest that is talked to by ssh.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use child::{Listen, Status, Task};
use qemu::Running;
use tokio_util::sync::CancellationToken;

use crate::guest::Said;
use crate::halt::Halt;
use crate::settings::Settings;

/// The most that is kept of what a script says.
const KEPT: usize = 4 << 20;

/// What ssh itself ends with when it could not do its part.
const SSH_FAILED: i32 = 255;

/// A machine, and how ssh gets into it.
pub(crate) struct Login {
    running: Arc<Running>,
    argv: Vec<OsString>,
}

/// Waits until an ssh server of the guest answers.
pub(crate) async fn answered(running: Arc<Running>, key: &Path, settings: &Settings) -> Result<Login, Halt> {
    let port = running.answers(settings.wait).await.map_err(|error| Halt::of_guest(&error))?;
    Ok(Login { running, argv: argv(key, port, &settings.user) })
}

/// Returns the words that have the guest's shell read a script; pure.
///
/// The machine is new each time and on loopback only, so its key is nobody's that could be known.
fn argv(key: &Path, port: u16, user: &str) -> Vec<OsString> {
    let mut words: Vec<OsString> =
        vec!["ssh".into(), "-F".into(), "/dev/null".into(), "-i".into(), PathBuf::from(key).into()];
    for option in [
        "IdentitiesOnly=yes",
        "BatchMode=yes",
        "PasswordAuthentication=no",
        "UserKnownHostsFile=/dev/null",
        "StrictHostKeyChecking=no",
        "ConnectTimeout=60",
        "LogLevel=ERROR",
    ] {
        words.extend(["-o".into(), option.into()]);
    }
    words.extend([
        "-p".into(),
        port.to_string().into(),
        "-l".into(),
        user.into(),
        "--".into(),
        "127.0.0.1".into(),
    ]);
    words.push("sh -s 2>&1".into());
    words
}

impl Login {
    /// Runs a script, which the guest's shell reads from its input.
    pub(crate) async fn run(&self, script: &str) -> Result<Said, Halt> {
        let mut task = Task::new(self.argv.clone());
        task.stdin = script.as_bytes().to_vec();
        task.keep_output = Some(KEPT);
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
        let ended = tokio::select! {
            ended = child::run(&task, &listen) => ended,
            trouble = self.running.trouble() => return Err(Halt::of_guest(&trouble)),
        };
        let ended = ended.map_err(|error| {
            Halt::broken("reach the image", format!("{error}: install the package openssh-client"))
        })?;
        match ended.status {
            Status::Exited(SSH_FAILED) => Err(Halt::test("", format!("ssh: {}", ended.tail.trim()))),
            Status::Exited(status) => {
                Ok(Said { output: String::from_utf8_lossy(&ended.output).into_owned(), status })
            }
            other => Err(Halt::test("", format!("ssh: {other}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::argv;

    #[test]
    fn ssh_reads_no_settings_of_the_host_and_asks_nobody() {
        let words = argv("/k/id".as_ref(), 2222, "nemo");
        let words: Vec<_> = words.iter().map(|word| word.to_str().unwrap()).collect();
        assert!(words.starts_with(&["ssh", "-F", "/dev/null", "-i", "/k/id"]), "{words:?}");
        assert!(words.contains(&"BatchMode=yes") && words.contains(&"PasswordAuthentication=no"));
        assert!(words.ends_with(&["-p", "2222", "-l", "nemo", "--", "127.0.0.1", "sh -s 2>&1"]), "{words:?}");
    }
}
