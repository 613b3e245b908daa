//! Folders whose files belong to root.

use std::path::Path;
use std::time::Duration;

use child::{ChildError, Listen, Place, Task};
use nix::unistd::{getegid, geteuid};
use tokio::fs;
use tokio_util::sync::CancellationToken;

use crate::Host;

/// A task that was killed with us has two seconds to end; so long, in milliseconds, its folder is tried again.
const PATIENCE: [u64; 5] = [50, 200, 500, 1000, 2000];

/// Makes a folder of ours: root may write anywhere.
pub(crate) async fn make(folder: &Path) -> Result<(), ChildError> {
    let cannot = |error| ChildError::Place(format!("cannot make the folder {}: {error}", folder.display()));
    fs::create_dir(folder).await.map_err(cannot)
}

/// Makes a file ours.
pub(crate) async fn take_over(place: &Host, file: &Path) -> Result<(), ChildError> {
    let mut task = Task::new(["chown", "--no-dereference", "--", &format!("{}:{}", geteuid(), getegid())]);
    task.argv.push(file.into());
    as_root(place, &task).await
}

/// Removes a folder and everything in it.
pub(crate) async fn remove(place: &Host, folder: &Path) -> Result<(), ChildError> {
    let mut waits = PATIENCE.into_iter();
    loop {
        let Err(error) = child::remove(folder).await else { return Ok(()) };
        let ours = if geteuid().is_root() { Ok(()) } else { remove_as_root(place, folder).await };
        match (folder.symlink_metadata().is_err(), waits.next()) {
            (true, _) => return Ok(()),
            (false, Some(wait)) => tokio::time::sleep(Duration::from_millis(wait)).await,
            (false, None) => {
                ours?;
                return Err(error);
            }
        }
    }
}

async fn remove_as_root(place: &Host, folder: &Path) -> Result<(), ChildError> {
    let mut task = Task::new(["rm", "--recursive", "--force", "--one-file-system", "--"]);
    task.argv.push(folder.into());
    as_root(place, &task).await
}

async fn as_root(place: &Host, task: &Task) -> Result<(), ChildError> {
    let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    let ended = place.run(task, &listen).await?;
    match ended.well() {
        true => Ok(()),
        false => Err(ChildError::Place(format!("{} failed as root: {}", task.program(), ended.tail.trim()))),
    }
}
