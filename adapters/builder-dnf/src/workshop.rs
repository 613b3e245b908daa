//! The work folder of one build, and how its steps run tools in it.

mod files;
mod meter;
mod room;
mod tools;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use child::{Log, Memory, Pen, Place, Sight, Task};
use imaging::{BuildRequest, BuilderError, Milestones, Step, Watch};

use crate::foreign;
use crate::halt::Halt;
use crate::limits::Limits;
use crate::memory::Promise;
use crate::reach::Reach;
use crate::steps::same;

pub(crate) use tools::Said;

/// Where tools see the work folder.
pub(crate) const WORK: &str = "/build";
/// The folder in memory, below the work folder.
const MEMORY: &str = "memory";

/// Where one build is done.
pub(crate) struct Workshop<'a> {
    place: &'a dyn Place,
    watch: &'a dyn Watch,
    /// What its log says of that already.
    milestones: Mutex<Milestones>,
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
            milestones: Mutex::default(),
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

    /// Tells how far the build is: whoever watches hears all, and the log has what is worth a line.
    pub(crate) fn step(&self, name: &str, done_of: Option<(u64, u64)>) {
        let step = Step { name: name.to_owned(), done_of };
        if self.milestones.lock().unwrap_or_else(PoisonError::into_inner).passes(&step) {
            self.note(&step.to_string());
        }
        self.watch.step(&step);
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
        let emulates = foreign::emulated(self.request.arch);
        let task = Task { cwd: self.work.clone(), pen, emulates, ..Task::new(argv).sees(sight) };
        match self.epoch {
            Some(epoch) => same::told(task, epoch),
            None => task,
        }
    }

    /// Keeps a task that does what a kickstart or a package says from taking too much by itself.
    pub(crate) fn of_others(&self, task: Task) -> Task {
        Task { rlimits: self.allowed.limits.of_a_process(self.allowed.largest), ..task }
    }

    /// Returns the `/etc/resolv.conf` of scripts; none when it is the host's.
    pub(crate) fn resolver(&self) -> Option<String> {
        self.place.resolver(&self.reach.scripts)
    }
}
