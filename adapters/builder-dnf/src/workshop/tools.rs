//! Runs tools where the build is.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Mutex;

use child::{Ended, Listen, Status, Task};
use imaging::BuilderError;

use super::Workshop;
use crate::halt::Halt;
use crate::report;

/// So many of the last lines of a tool are looked at.
const LINES: usize = 2000;
/// The largest file of an image that is read.
const LARGEST: usize = 4 << 20;

/// What a tool printed, and how it ended.
pub(crate) struct Said {
    pub(crate) ended: Ended,
    pub(crate) lines: Vec<String>,
}

impl Workshop<'_> {
    /// Runs a task beside the steps for what it prints.
    pub(crate) async fn aside(&self, task: Task) -> Option<String> {
        let task = Task { keep_output: Some(LARGEST), ..task };
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: self.watch.stop() };
        let ended = self.place.run(&task, &listen).await.ok()?;
        Some(String::from_utf8_lossy(&ended.output).into_owned())
    }

    /// Runs a task, whatever comes of it.
    pub(crate) async fn run(&self, task: &Task, line: &(dyn Fn(&str) + Send + Sync)) -> Result<Said, Halt> {
        let lines = Mutex::new(std::collections::VecDeque::new());
        let hear = |text: &str| {
            let mut lines = lines.lock().expect("pushing does not panic");
            if lines.len() == LINES {
                lines.pop_front();
            }
            lines.push_back(text.to_owned());
            drop(lines);
            line(text);
        };
        let listen = Listen { log: &self.request.log, line: &hear, stop: self.watch.stop() };
        let ended = self.place.run(task, &listen).await?;
        if ended.status == Status::Stopped {
            return Err(Halt::Stopped);
        }
        Ok(Said { ended, lines: lines.into_inner().expect("pushing does not panic").into() })
    }

    /// Runs a tool that only fails when this machine is broken, or full.
    pub(crate) async fn must(&self, task: &Task) -> Result<Ended, Halt> {
        let Said { ended, .. } = self.run(task, &|_| {}).await?;
        if ended.well() {
            return Ok(ended);
        }
        Err(self.broke(task, &ended))
    }

    /// Says why such a tool failed.
    pub(crate) fn broke(&self, task: &Task, ended: &Ended) -> Halt {
        if report::is_full(&ended.tail) {
            return self.full(None);
        }
        if let Some(why) = self.limits().starved(&ended.tail).or_else(|| self.etc_is_gone()) {
            return Halt::Failed(why);
        }
        let said = format!("{}: {}", ended.status, ended.tail.trim());
        Halt::Broken(BuilderError::new(format!("run {} for the image", task.program()), said))
    }

    /// Runs such a tool whose grumbling is nothing for the log of the build.
    pub(crate) async fn quietly(&self, task: &Task) -> Result<Ended, Halt> {
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: self.watch.stop() };
        let ended = self.place.run(task, &listen).await?;
        match ended.status {
            Status::Stopped => Err(Halt::Stopped),
            _ if ended.well() => Ok(ended),
            _ => Err(self.broke(task, &ended)),
        }
    }

    /// Runs such a tool with these arguments.
    pub(crate) async fn tool<W: Into<OsString>>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = W>,
    ) -> Result<Ended, Halt> {
        let mut task = self.task([program]);
        task.argv.extend(arguments.into_iter().map(Into::into));
        self.must(&task).await
    }

    /// Runs a tool for what it prints; `None` when it fails, as when there is no such file.
    pub(crate) async fn ask<W: Into<OsString>>(
        &self,
        argv: impl IntoIterator<Item = W>,
    ) -> Result<Option<String>, Halt> {
        let task = Task { keep_output: Some(LARGEST), ..self.task(argv) };
        // What such a tool grumbles about is nothing for the log of the build.
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: self.watch.stop() };
        let ended = self.place.run(&task, &listen).await?;
        match ended.status {
            Status::Stopped => Err(Halt::Stopped),
            Status::Exited(0) => Ok(Some(String::from_utf8_lossy(&ended.output).into_owned())),
            _ => Ok(None),
        }
    }

    /// Writes a new file, or a new one in the place of an old one.
    pub(crate) async fn write(&self, path: &Path, mode: &str, text: &str) -> Result<(), Halt> {
        let mut task = self.task(["install", "-D", "-T", "-m", mode, "--", "/dev/stdin"]);
        task.argv.push(path.into());
        task.stdin = text.as_bytes().to_vec();
        if text.is_empty() {
            task.argv[6] = "/dev/null".into();
        }
        self.must(&task).await.map(|_| ())
    }

    /// Copies a file into another from a byte on; where it has zeros, nothing is written.
    pub(crate) async fn copy_into(&self, from: &Path, to: &Path, offset: u64) -> Result<(), Halt> {
        let mut words = vec![format!("if={}", from.display()), format!("of={}", to.display())];
        words.extend([format!("seek={offset}"), "oflag=seek_bytes".into(), "status=none".into()]);
        words.extend(["bs=1M".into(), "conv=notrunc,sparse".into(), "iflag=fullblock".into()]);
        self.tool("dd", words).await.map(|_| ())
    }
}
