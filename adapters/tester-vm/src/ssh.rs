//! A guest that is talked to by ssh.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use child::{Listen, Status, Task};
use qemu::{Running, SSH_FAILED};
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
}

/// Waits until an ssh server of the guest answers, and lets us in.
pub(crate) async fn answered(running: Arc<Running>, key: &Path, settings: &Settings) -> Result<Login, Halt> {
    let port = running.answers(settings.wait).await.map_err(|error| Halt::of_guest(&error))?;
    let argv = qemu::ssh(key, port, &settings.user, "sh -s 2>&1");
    let refusal = format!(
        "the image does not let {user} in by the key {key}: what is in {key}.pub belongs into a line `sshkey --username={user}` of \
         its kickstart",
        user = settings.user,
        key = key.display(),
    );
    let login = Login { running, argv, refusal };
    login.run("true\n").await?;
    Ok(login)
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
            _ if qemu::refused(&ended) => Err(Halt::test("", self.refusal.clone())),
            Status::Exited(SSH_FAILED) => Err(Halt::test("", format!("ssh: {}", ended.tail.trim()))),
            Status::Exited(status) => {
                Ok(Said { output: String::from_utf8_lossy(&ended.output).into_owned(), status })
            }
            other => Err(Halt::test("", format!("ssh: {other}"))),
        }
    }
}
