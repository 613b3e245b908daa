//! The work folder of one build, and how its steps run tools in it.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use child::{Ended, Listen, Log, Memory, Pen, Place, Shown, Sight, Status, Task};
use imaging::{BuildRequest, BuilderError, Step, Watch};
use nix::libc;

use crate::halt::Halt;
use crate::limits::Limits;
use crate::memory::Promise;
use crate::reach::Reach;
use crate::steps::same;
use crate::{report, room};

/// Where tools see the work folder.
pub(crate) const WORK: &str = "/build";
/// The folder in memory, below the work folder.
const MEMORY: &str = "memory";
/// A folder in memory that has fewer bytes left than this is full.
const FULL: u64 = 8 << 20;
/// So many of the last lines of a tool are looked at.
const LINES: usize = 2000;
/// The largest file of an image that is read.
const LARGEST: usize = 4 << 20;

/// Where one build is done.
pub(crate) struct Workshop<'a> {
    place: &'a dyn Place,
    watch: &'a dyn Watch,
    /// What its steps reach.
    pub(crate) reach: &'a Reach,
    /// What its steps may take.
    allowed: Allowed<'a>,
    pub(crate) request: &'a BuildRequest,
    /// The time everything is of, in seconds since 1970, when the same image shall come out each time.
    pub(crate) epoch: Option<u64>,
    /// The folder everything is in; removed at the end.
    host: PathBuf,
    /// From the installation of packages on, where there is room: everything is in this one, [`MEMORY`] in the other.
    memory: OnceLock<(Box<dyn Memory>, Promise)>,
    /// The same as the tools see it: what characters the real path has matters to none of them.
    pub(crate) work: PathBuf,
    /// The files of the image, as the tools see them.
    pub(crate) root: PathBuf,
}

/// What the steps of one build may take.
#[derive(Clone, Copy)]
pub(crate) struct Allowed<'a> {
    pub(crate) limits: &'a Limits,
    /// The control group of all of them.
    pub(crate) pen: Option<&'a Pen>,
    /// How large a file of the image is, when it is not smaller than its partitions.
    pub(crate) largest: u64,
}

/// What a tool printed, and how it ended.
pub(crate) struct Said {
    pub(crate) ended: Ended,
    pub(crate) lines: Vec<String>,
}

impl<'a> Workshop<'a> {
    /// Makes the work folder.
    pub(crate) async fn open(
        place: &'a dyn Place,
        reach: &'a Reach,
        allowed: Allowed<'a>,
        request: &'a BuildRequest,
        epoch: Option<u64>,
        watch: &'a dyn Watch,
    ) -> Result<Workshop<'a>, Halt> {
        let folder = std::path::absolute(&request.folder);
        let folder = folder.map_err(|error| Halt::Broken(BuilderError::new("find the folder", error)))?;
        let host = folder.join("work");
        place.remove(&host).await?; // what a killed build may have left
        let work = PathBuf::from(WORK);
        let shop = Workshop {
            place,
            watch,
            reach,
            allowed,
            request,
            epoch,
            host,
            memory: OnceLock::new(),
            root: work.join("root"),
            work,
        };
        match shop.furnish().await {
            Ok(()) => Ok(shop),
            Err(halt) => {
                let _ = shop.close().await; // why it was not furnished counts
                Err(halt)
            }
        }
    }

    async fn furnish(&self) -> Result<(), Halt> {
        self.place.make_folder(&self.host).await?;
        let folders = ["root", "root/proc", "root/dev", "home", "log", "scripts", "out", "image", "parts"];
        let folders = folders.map(|name| self.work.join(name));
        let words = ["-m".into(), "0755".into(), "--".into()].into_iter();
        self.tool("mkdir", words.chain(folders.map(OsString::from))).await.map(|_| ())
    }

    /// Has everything be in memory from now on, at most as much as was promised, where that can be.
    pub(crate) async fn move_into_memory(&self, promise: Promise) -> Result<(), Halt> {
        let folder = self.host.join(MEMORY);
        self.place.make_folder(&folder).await?;
        let Some(memory) = self.place.in_memory(&folder, promise.bytes).await? else { return Ok(()) };
        let mut words: Vec<OsString> = vec![self.work.clone().into(), "-mindepth".into(), "1".into()];
        words.extend(["-maxdepth", "1", "!", "-name", MEMORY, "-exec", "cp", "-a", "-t"].map(OsString::from));
        words.extend([self.work.join(MEMORY).into(), "{}".into(), "+".into()]);
        self.tool("find", words).await?;
        let _ = self.memory.set((memory, promise)); // nobody else does
        Ok(())
    }

    /// Returns what the build may take.
    pub(crate) fn limits(&self) -> &Limits {
        self.allowed.limits
    }

    /// Tells whether everything is in memory.
    pub(crate) fn is_in_memory(&self) -> bool {
        self.memory.get().is_some()
    }

    /// Returns why a build ended: where the memory it had is full, that is the reason.
    pub(crate) fn crowded(&self, halt: Halt) -> Halt {
        match halt {
            Halt::Failed(_) | Halt::Broken(_) if self.is_crowded() => Halt::Crowded,
            halt => halt,
        }
    }

    /// Tells whether the memory everything is in is full.
    pub(crate) fn is_crowded(&self) -> bool {
        let left = self.memory.get().and_then(|(memory, _)| room::free(memory.path()));
        left.is_some_and(|left| left < FULL)
    }

    /// Removes the work folder.
    pub(crate) async fn close(self) -> Result<(), Halt> {
        drop(self.memory);
        Ok(self.place.remove(&self.host).await?)
    }

    /// Returns what tells whether the build shall end.
    pub(crate) fn stopped(&self) -> impl Fn() -> bool + Clone + Send + Sync + use<> {
        let stop = self.watch.stop();
        move || stop.is_cancelled()
    }

    /// Tells how far the build is.
    pub(crate) fn step(&self, name: &str, done_of: Option<(u64, u64)>) {
        self.watch.step(&Step { name: name.to_owned(), done_of });
    }

    /// Adds a line of ours to the log of the build.
    pub(crate) fn note(&self, line: &str) {
        if let Ok(log) = Log::open(&self.request.log) {
            log.line(&format!("-- {line}"));
        }
    }

    /// Makes a task that may change the work folder.
    pub(crate) fn task<W: Into<OsString>>(&self, argv: impl IntoIterator<Item = W>) -> Task {
        let sight = Sight { writes: vec![self.shown(&self.work, &self.work)], ..Sight::default() };
        let pen = self.allowed.pen.map(|pen| pen.folder().to_owned());
        let task = Task { cwd: self.work.clone(), pen, ..Task::new(argv).sees(sight) };
        match self.epoch {
            Some(epoch) => same::told(task, epoch),
            None => task,
        }
    }

    /// Keeps a task that does what a kickstart or a package says from taking too much by itself.
    pub(crate) fn of_others(&self, task: Task) -> Task {
        Task { rlimits: self.allowed.limits.of_a_process(self.allowed.largest), ..task }
    }

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

    fn broke(&self, task: &Task, ended: &Ended) -> Halt {
        if report::is_full(&ended.tail) {
            return self.full(None);
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

    /// Returns bytes of a small file, or a part of a large one, from a byte on.
    pub(crate) fn bytes(&self, file: &Path, offset: u64, most: u64) -> Result<Vec<u8>, Halt> {
        let mut bytes = Vec::new();
        let mut from = self.open_own(file, OpenOptions::new().read(true))?;
        let read = from.seek(SeekFrom::Start(offset)).and_then(|_| from.take(most).read_to_end(&mut bytes));
        read.map_err(|error| self.no_access(file, error))?;
        Ok(bytes)
    }

    /// Writes bytes into a file from a byte on.
    pub(crate) fn patch(&self, file: &Path, offset: u64, bytes: &[u8]) -> Result<(), Halt> {
        let to = self.open_own(file, OpenOptions::new().write(true))?;
        to.write_all_at(bytes, offset).map_err(|error| self.no_access(file, error))
    }

    /// Writes a small file that tools read.
    pub(crate) fn note_down(&self, file: &Path, text: &str) -> Result<(), Halt> {
        let mut to = self.open_own(file, OpenOptions::new().write(true).create(true).truncate(true))?;
        let written = to.write_all(text.as_bytes());
        let written = written.and_then(|()| to.set_permissions(Permissions::from_mode(0o644)));
        written.map_err(|error| self.no_access(file, error))
    }

    /// Opens a file of the work folder ourselves, which costs no namespace, while no task runs that could exchange it.
    fn open_own(&self, file: &Path, how: &mut OpenOptions) -> Result<File, Halt> {
        let opened = how.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(self.own(file)?);
        let opened = opened.map_err(|error| self.no_access(file, error))?;
        match opened.metadata() {
            Ok(about) if about.is_file() => Ok(opened),
            _ => Err(Halt::failed(format!("a script put something else in the place of {}", file.display()))),
        }
    }

    fn no_access(&self, file: &Path, error: io::Error) -> Halt {
        match error.kind() {
            io::ErrorKind::StorageFull => self.full(None),
            _ => Halt::Broken(BuilderError::new(format!("read or write {}", file.display()), error)),
        }
    }

    /// Returns where a path of the image is for the tools.
    pub(crate) fn inside(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Shows a path of the work folder to a task at `at`.
    pub(crate) fn shown(&self, path: &Path, at: impl Into<PathBuf>) -> Shown {
        let folder = if self.is_in_memory() { self.host.join(MEMORY) } else { self.host.clone() };
        Shown::at(folder.join(path.strip_prefix(&self.work).unwrap_or(path)), at)
    }

    /// Returns where we find a path of the work folder.
    pub(crate) fn on_host(&self, path: &Path) -> PathBuf {
        let folder = self.memory.get().map_or(self.host.as_path(), |(memory, _)| memory.path());
        folder.join(path.strip_prefix(&self.work).unwrap_or(path))
    }

    /// Returns where a path really is, when no script has put a link in the place of a folder on the way to it.
    pub(crate) fn own(&self, path: &Path) -> Result<PathBuf, Halt> {
        let folder = path.parent().unwrap_or(path);
        let mut way: Vec<_> = folder.ancestors().take_while(|above| above.starts_with(&self.work)).collect();
        way.pop(); // the work folder itself, which nobody can replace
        let is_folder = |path: &Path| self.on_host(path).symlink_metadata().is_ok_and(|about| about.is_dir());
        match way.into_iter().rev().all(is_folder) {
            true => Ok(self.on_host(path)),
            false => {
                Err(Halt::failed(format!("a script put something else in the place of {}", folder.display())))
            }
        }
    }

    /// Makes a finished file, by its path on the host, ours.
    pub(crate) async fn take_over(&self, file: &Path) -> Result<(), Halt> {
        Ok(self.place.take_over(file).await?)
    }

    /// Removes what was put beside the log until now: of a build that failed nothing is left to be taken for results.
    pub(crate) async fn withdraw(&self) -> Result<(), Halt> {
        let broken =
            |error| Halt::Broken(BuilderError::new("remove the results of a build that failed", error));
        for entry in std::fs::read_dir(&self.request.folder).map_err(broken)? {
            let path = entry.map_err(broken)?.path();
            if path.file_name() == self.request.log.file_name() || path == self.host {
                continue;
            }
            match path.symlink_metadata().map_err(broken)?.is_dir() {
                true => self.place.remove(&path).await?,
                false => std::fs::remove_file(&path).map_err(broken)?,
            }
        }
        Ok(())
    }

    /// Says of what broke for want of room that the disk is full.
    pub(crate) fn explained(&self, halt: Halt) -> Halt {
        if halt.is_for_want_of_room() { self.full(None) } else { halt }
    }

    /// Returns the `/etc/resolv.conf` of scripts; none when it is the host's.
    pub(crate) fn resolver(&self) -> Option<String> {
        self.place.resolver(&self.reach.scripts)
    }

    /// Says that the disk is full.
    pub(crate) fn full(&self, needed: Option<u64>) -> Halt {
        if self.is_in_memory() {
            self.note("the files do not fit into memory: once more, on the disk");
            return Halt::Crowded;
        }
        self.disk_is_full(needed)
    }

    /// Says that the disk is full, not what is in memory.
    pub(crate) fn disk_is_full(&self, needed: Option<u64>) -> Halt {
        let folder = &self.request.folder;
        Halt::Failed(room::none(needed, self.allowed.limits, room::free(folder), folder))
    }

    /// Refuses a build that needs so many bytes where there are not enough.
    pub(crate) fn check_room(&self, needed: u64) -> Result<(), Halt> {
        let folder = &self.request.folder;
        room::check(needed, self.allowed.limits, room::free(folder), folder).map_err(Halt::Failed)
    }
}
