//! The hidden folder a test writes to, until it becomes the folder of results.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use imaging::{TestReport, TestRequest, Watch};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, Flock, FlockArg, RenameFlags, renameat2};
use qemu::Machine;

use crate::halt::Halt;

/// How often to look whether another program has finished.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// What the folder is called meanwhile.
const NAME: &str = ".results.testing";

/// What the serial console of the machine printed.
const CONSOLE: &str = "console.log";

/// A folder beside the image, open.
pub(crate) struct Bench {
    above: File,
    folder: File,
}

/// Waits until no other program tests anything in a folder of an image.
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
    pub(crate) async fn make(above: &File) -> Result<Bench, Halt> {
        let made = async {
            let above = above.try_clone()?;
            child::remove(&beneath::of_ours(&above).join(NAME)).await.map_err(io::Error::other)?;
            fs::create_dir(beneath::of(&above).join(NAME))?;
            let folder = beneath::folder(&above, Path::new(NAME))?;
            folder.set_permissions(fs::Permissions::from_mode(0o755))?; // web servers read it
            io::Result::Ok(Bench { above, folder })
        };
        made.await.map_err(|error| Halt::broken("make a folder for the results", error))
    }

    /// Has a machine write here and nowhere else.
    pub(crate) fn in_it(&self, machine: Machine) -> Machine {
        let folder = beneath::of_ours(&self.folder);
        let console = Some(folder.join(CONSOLE));
        Machine { folder, console, ..machine }
    }

    /// Writes a report, and lets the folder be that of the results, as a whole, in the place of an older one.
    pub(crate) async fn publish(&self, report: &TestReport) -> Result<(), Halt> {
        let write = || {
            for (name, text) in [(TestRequest::JUNIT, report.junit()), (TestRequest::JSON, report.json())] {
                let mut file = File::create_new(self.path(name))?;
                file.write_all(text.as_bytes())?;
                file.set_permissions(fs::Permissions::from_mode(0o644))?;
                file.sync_all()?;
            }
            if let Ok(console) = beneath::file(&self.folder, Path::new(CONSOLE)) {
                console.set_permissions(fs::Permissions::from_mode(0o644))?;
            }
            self.folder.sync_all()?;
            let above = beneath::of(&self.above);
            let (new, old) = (above.join(NAME), above.join(TestRequest::RESULTS));
            match fs::symlink_metadata(&old) {
                Ok(_) => renameat2(AT_FDCWD, &new, AT_FDCWD, &old, RenameFlags::RENAME_EXCHANGE)?,
                Err(_) => fs::rename(new, old)?,
            }
            self.above.sync_all()
        };
        write().map_err(|error| Halt::broken("write the results beside the image", error))
    }

    /// Removes what still has the hidden name: this folder, or the older results.
    pub(crate) async fn clear(&self) -> Result<(), Halt> {
        let folder = beneath::of_ours(&self.above).join(NAME);
        child::remove(&folder).await.map_err(|error| Halt::broken(format!("remove {NAME}"), error))
    }

    fn path(&self, name: &str) -> PathBuf {
        beneath::of(&self.folder).join(name)
    }
}
