//! The hidden folder a disk is converted in.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use child::{Ended, Listen, Status, Task};
use imaging::Watch;
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use crate::halt::Halt;

/// How often to look whether another program has finished.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// The most bytes that are read of what a program lists.
const LISTED: usize = 1 << 20;

/// A folder `.NAME.converting`, open.
pub(crate) struct Bench {
    above: File,
    name: String,
    folder: File,
}

/// Waits until no other program converts anything in a folder of an image.
pub(crate) async fn lock(base: &File, above: &Path, watch: &dyn Watch) -> Result<Flock<File>, Halt> {
    let doing = || format!("lock {}", above.display());
    let stop = watch.stop();
    let mut file = beneath::folder(base, above).map_err(|error| Halt::broken(doing(), error))?;
    loop {
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => return Ok(lock),
            Err((held, Errno::EWOULDBLOCK)) => file = held,
            Err((_, errno)) => return Err(Halt::broken(doing(), errno)),
        }
        tokio::select! {
            () = stop.cancelled() => return Err(Halt::Stopped),
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

impl Bench {
    /// Makes the folder anew; one that is there was left by a program that was killed.
    pub(crate) async fn make(above: &File, image: &str) -> Result<Bench, Halt> {
        let name = format!(".{image}.converting");
        let made = async {
            let above = above.try_clone()?;
            child::remove(&beneath::of_ours(&above).join(&name)).await.map_err(std::io::Error::other)?;
            fs::create_dir(beneath::of(&above).join(&name))?;
            let folder = beneath::folder(&above, Path::new(&name))?;
            Ok(Bench { above, name: name.clone(), folder })
        };
        made.await.map_err(|error| Halt::of_disk(format!("make the folder {name}"), error))
    }

    pub(crate) fn folder(&self) -> &File {
        &self.folder
    }

    /// Returns a path by which this program reaches a file of it.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        beneath::of(&self.folder).join(file)
    }

    /// Removes it with all that is in it.
    pub(crate) async fn clear(&self) -> Result<(), Halt> {
        let folder = beneath::of_ours(&self.above).join(&self.name);
        child::remove(&folder).await.map_err(|error| Halt::broken(format!("remove {}", self.name), error))
    }

    /// Runs a program in it, and returns what it printed; one that fails halts the conversion.
    pub(crate) async fn run<W: Into<std::ffi::OsString>>(
        &self,
        argv: impl IntoIterator<Item = W>,
        watch: &dyn Watch,
    ) -> Result<String, Halt> {
        let mut task = Task::new(argv).env("VBOX_USER_HOME", beneath::of_ours(&self.folder).join("vbox"));
        task.cwd = beneath::of_ours(&self.folder);
        task.keep_output = Some(LISTED);
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: watch.stop() };
        let ended = child::run(&task, &listen).await;
        let ended = ended.map_err(|error| Halt::broken(format!("start {}", task.program()), error))?;
        match ended.status {
            Status::Exited(0) => Ok(String::from_utf8_lossy(&ended.output).into_owned()),
            Status::Stopped => Err(Halt::Stopped),
            _ => Err(failed(&task.program(), &ended)),
        }
    }
}

fn failed(program: &str, ended: &Ended) -> Halt {
    if ended.tail.contains("No space left on device") || ended.tail.contains("Disk quota exceeded") {
        return Halt::full();
    }
    let said = ended.tail.lines().map(str::trim).rfind(|line| !line.is_empty());
    Halt::Failed(match said {
        Some(said) if said.starts_with(program) => said.to_owned(),
        Some(said) => format!("{program}: {said}"),
        None => format!("{program} failed: {}", ended.status),
    })
}
