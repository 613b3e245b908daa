//! A hidden folder beside the files of an image, in which one program at a time makes something of them.
//!
//! What is made leaves it by a rename, as a whole. A program that is killed leaves the folder, which the next one removes.

mod spot;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use tokio_util::sync::CancellationToken;

pub use spot::Spot;

/// How often to look whether another program has finished.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// A folder of an image that nobody else works in.
#[derive(Debug)]
pub struct Claim(Flock<File>);

impl Claim {
    /// Waits until no other program works in a folder below `base`; none when `stop` comes first. No link is followed.
    pub async fn wait(base: &File, folder: &Path, stop: &CancellationToken) -> io::Result<Option<Claim>> {
        let mut file = beneath::folder(base, folder)?;
        loop {
            match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                Ok(lock) => return Ok(Some(Claim(lock))),
                Err((held, Errno::EWOULDBLOCK)) => file = held,
                Err((_, errno)) => return Err(errno.into()),
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(None),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Returns the folder.
    pub fn folder(&self) -> &File {
        &self.0
    }
}

/// A hidden folder, open; every path goes by the open folder, whatever becomes of its name.
#[derive(Debug)]
pub struct Workbench {
    above: File,
    name: String,
    folder: File,
}

impl Workbench {
    /// Makes the folder anew; one that is there was left by a program that was killed.
    pub async fn make(claim: &Claim, name: &str) -> io::Result<Workbench> {
        let above = claim.folder().try_clone()?;
        child::remove(&beneath::of_ours(&above).join(name)).await.map_err(io::Error::other)?;
        fs::create_dir(beneath::of(&above).join(name))?;
        let folder = beneath::folder(&above, Path::new(name))?;
        Ok(Workbench { above, name: name.to_owned(), folder })
    }

    /// Returns the folder itself.
    pub fn folder(&self) -> &File {
        &self.folder
    }

    /// Returns a path by which this program reaches something in it.
    pub fn path(&self, file: &str) -> PathBuf {
        beneath::of(&self.folder).join(file)
    }

    /// Removes what has its name by now, with all that is in it.
    pub async fn clear(&self) -> io::Result<()> {
        child::remove(&beneath::of_ours(&self.above).join(&self.name)).await.map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_program_at_a_time_works_in_a_folder() {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir_all(temp.path().join("i/.work/left")).unwrap();
        let base = beneath::base(temp.path()).unwrap();
        let stop = CancellationToken::new();
        let claim = Claim::wait(&base, Path::new("i"), &stop).await.unwrap().unwrap();
        let bench = Workbench::make(&claim, ".work").await.unwrap();
        assert_eq!(fs::read_dir(temp.path().join("i/.work")).unwrap().count(), 0, "what was left is gone");

        let (waits, second) = (stop.clone(), beneath::base(temp.path()).unwrap());
        let waiting = async { Claim::wait(&second, Path::new("i"), &waits).await.unwrap() };
        let (waited, ()) = tokio::join!(waiting, async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            stop.cancel();
        });
        assert!(waited.is_none(), "it waits until it is told to stop");

        fs::write(bench.path("made"), "new").unwrap();
        bench.clear().await.unwrap();
        bench.clear().await.unwrap();
        assert_eq!(fs::read_dir(temp.path().join("i")).unwrap().count(), 0);
        drop(claim);
        let never = CancellationToken::new();
        assert!(Claim::wait(&base, Path::new("i"), &never).await.unwrap().is_some());
    }
}
