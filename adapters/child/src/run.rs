//! Runs a task to its end, whatever the end is.

use std::fs::OpenOptions;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::output::{self, Tail};
use crate::spawner::{self, Means};
use crate::{ChildError, Ended, Entrance, Log, Status, Task};

/// How long a stopped task has to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// How long the pipes of a task that is over may stay open in the hands of others.
const LINGER: Duration = Duration::from_secs(2);

/// Who hears what a task does.
pub struct Listen<'a> {
    /// The file that everything printed is appended to.
    pub log: &'a Path,
    /// Hears each line of standard output and standard error.
    pub line: &'a (dyn Fn(&str) + Send + Sync),
    /// Ends the task when it fires.
    pub stop: CancellationToken,
}

impl std::fmt::Debug for Listen<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Listen").field("log", &self.log).finish_non_exhaustive()
    }
}

/// Runs a task on the bare host.
pub async fn run(task: &Task, listen: &Listen<'_>) -> Result<Ended, ChildError> {
    run_through(task, None, listen).await
}

/// Runs a task whose process first goes through `entrance`.
pub async fn run_through(
    task: &Task,
    entrance: Option<Entrance>,
    listen: &Listen<'_>,
) -> Result<Ended, ChildError> {
    let log = Log::open(listen.log)?;
    let cannot = |source| ChildError::start(&task.program(), source);
    let pen = match &task.pen {
        Some(folder) => {
            Some(OpenOptions::new().write(true).open(folder.join("cgroup.procs")).map_err(cannot)?)
        }
        None => None,
    };
    let means = Means { priority: task.priority, rlimits: task.rlimits, pen };
    let child = spawner::spawn(command(task), means, entrance).await;
    let (mut group, mut child) = child.map_err(cannot)?;

    let feed = feed(child.stdin.take(), &task.stdin);
    let stdout = child.stdout.take().expect("standard output is piped");
    let stderr = child.stderr.take().expect("standard error is piped");
    let tail = Mutex::new(Tail::default());
    let write = |line: &str| {
        log.line(line);
        (listen.line)(line);
    };
    let errors = output::lines(stderr, |line| {
        tail.lock().expect("pushing does not panic").push(line);
        write(line);
    });
    let kept = Mutex::new(Vec::new());
    let printed = async {
        match task.keep_output {
            Some(limit) => *kept.lock().expect("moving does not panic") = output::bytes(stdout, limit).await,
            None => output::lines(stdout, write).await,
        }
    };
    let talk = async {
        tokio::join!(feed, errors, printed);
    };
    tokio::pin!(talk);

    let mut heard = false;
    let status = {
        let over = wait(&mut child, task.limit, &listen.stop);
        tokio::pin!(over);
        loop {
            tokio::select! {
                status = &mut over => break status,
                () = &mut talk, if !heard => heard = true,
            }
        }
    };
    let status = status.map_err(|source| ChildError::start(&task.program(), source))?;
    group.end(); // what the program left behind in its session
    if !heard {
        let _ = timeout(LINGER, talk.as_mut()).await;
    }
    let tail = std::mem::take(&mut *tail.lock().expect("pushing does not panic")).into_text();
    let output = std::mem::take(&mut *kept.lock().expect("moving does not panic"));
    Ok(Ended { status, tail, output })
}

fn command(task: &Task) -> Command {
    let mut command = Command::new(task.argv.first().map_or("".as_ref(), std::ffi::OsString::as_os_str));
    command.args(task.argv.get(1..).unwrap_or_default());
    command.env_clear().envs(task.env.iter().map(|(name, value)| (name, value))).current_dir(&task.cwd);
    command.stdin(if task.stdin.is_empty() { Stdio::null() } else { Stdio::piped() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn feed(stdin: Option<tokio::process::ChildStdin>, text: &[u8]) {
    if let Some(mut stdin) = stdin {
        // A program that does not read all of it may be right; its exit status tells.
        let _ = stdin.write_all(text).await;
    }
}

/// Waits until the process is over, seeing to it that this happens.
async fn wait(
    child: &mut Child,
    limit: Option<Duration>,
    stop: &CancellationToken,
) -> Result<Status, std::io::Error> {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
    let too_long = async {
        match limit {
            Some(limit) => sleep(limit).await,
            None => std::future::pending().await,
        }
    };
    let why = tokio::select! {
        status = child.wait() => return status.map(ended_by_itself),
        () = stop.cancelled() => Status::Stopped,
        () = too_long => Status::TookTooLong,
    };
    for (signal, patience) in [(Signal::SIGTERM, GRACE), (Signal::SIGKILL, Duration::MAX)] {
        match id.map(|group| killpg(group, signal)) {
            None | Some(Ok(()) | Err(Errno::ESRCH)) => {}
            Some(Err(errno)) => return Err(errno.into()),
        }
        if let Ok(status) = timeout(patience, child.wait()).await {
            status?;
            break;
        }
    }
    Ok(why)
}

fn ended_by_itself(status: ExitStatus) -> Status {
    match status.code() {
        Some(code) => Status::Exited(code),
        None => Status::Signalled(status.signal().unwrap_or_default()),
    }
}
