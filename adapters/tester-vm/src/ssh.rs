//! A guest that is talked to by ssh.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use child::{Listen, Status, Task};
use qemu::{Running, SSH_FAILED, Way};
use tokio_util::sync::CancellationToken;

use crate::guest::Said;
use crate::halt::Halt;
use crate::settings::Settings;

/// The most that is kept of what a script says.
const KEPT: usize = 4 << 20;

/// A machine, and how ssh gets into it.
pub(crate) struct Login {
    running: Arc<Running>,
    argv: Vec<OsString>,
    /// Why the guest does not let us in, if it does not.
    refusal: String,
    silence: Duration,
}

/// Waits until an ssh server of the guest answers, and lets us in.
pub(crate) async fn answered(running: Arc<Running>, key: &Path, settings: &Settings) -> Result<Login, Halt> {
    let port = running.answers(settings.wait).await.map_err(|error| Halt::of_guest(&error))?;
    let silence = settings.silence;
    let argv = qemu::ssh(Way { key, port, user: &settings.user, silence }, "sh -s 2>&1");
    let refusal = format!(
        "the image does not let {user} in by the key {key}: what is in {key}.pub belongs into a line `sshkey --username={user}` of \
         its kickstart",
        user = settings.user,
        key = key.display(),
    );
    let login = Login { running, argv, refusal, silence };
    match login.run_within("true\n", Some(silence)).await? {
        Some(_) => Ok(login),
        None => Err(Halt::test(
            "",
            format!(
                "the image answers by ssh, and lets {} in within {} s neither by the key nor with a refusal",
                settings.user,
                silence.as_secs()
            ),
        )),
    }
}

impl Login {
    /// Runs a script, which the guest's shell reads from its input.
    pub(crate) async fn run(&self, script: &str) -> Result<Said, Halt> {
        let said = self.run_within(script, None).await?;
        said.ok_or_else(|| Halt::test("", "ssh did not come to its end"))
    }

    /// Returns none when the limit passes.
    async fn run_within(&self, script: &str, limit: Option<Duration>) -> Result<Option<Said>, Halt> {
        let mut task = Task::new(self.argv.clone());
        task.stdin = script.as_bytes().to_vec();
        (task.keep_output, task.limit) = (Some(KEPT), limit);
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
        let ended = tokio::select! {
            ended = child::run(&task, &listen) => ended,
            trouble = self.running.trouble() => return Err(Halt::of_guest(&trouble)),
        };
        let ended = ended.map_err(|error| {
            Halt::broken("reach the image", format!("{error}: install the package openssh-client"))
        })?;
        if qemu::refused(&ended) {
            return Err(Halt::test("", self.refusal.clone()));
        }
        if ended.status == Status::Exited(SSH_FAILED) {
            self.running.still_answers(self.silence).await.map_err(|error| Halt::of_guest(&error))?;
        }
        // what the script says on standard error is in its output: this is ssh's own
        let of_ssh = ended.tail.trim();
        match ended.status {
            Status::Exited(SSH_FAILED) if !of_ssh.is_empty() => Err(Halt::test("", format!("ssh: {of_ssh}"))),
            Status::Exited(status) => {
                Ok(Some(Said { output: String::from_utf8_lossy(&ended.output).into_owned(), status }))
            }
            Status::TookTooLong => Ok(None),
            other => Err(Halt::test("", format!("ssh: {other}"))),
        }
    }
}
