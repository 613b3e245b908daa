//! Folders whose files belong to users of a namespace.

use std::path::Path;
use std::time::Duration;

use child::{ChildError, Listen, Place, Shown, Sight, Task};
use nix::unistd::{Gid, Uid, getegid, geteuid};
use tokio::fs;
use tokio_util::sync::CancellationToken;

use crate::Userns;
use crate::ids::Ids;

/// Processes of a task that was killed may be about to die; so long, in milliseconds, their folder is tried again.
const PATIENCE: [u64; 4] = [50, 200, 500, 1000];

/// Makes a folder that root of the namespace owns.
pub(crate) async fn make(folder: &Path, ids: &Ids) -> Result<(), ChildError> {
    let cannot = |error| ChildError::Place(format!("cannot make the folder {}: {error}", folder.display()));
    fs::create_dir(folder).await.map_err(cannot)?;
    if geteuid().is_root() {
        let (uid, gid) = ids.root();
        std::os::unix::fs::lchown(folder, Some(uid), Some(gid)).map_err(cannot)?;
    }
    Ok(())
}

/// Makes a file ours, as files of an ordinary user's namespace already are.
pub(crate) async fn take_over(file: &Path) -> Result<(), ChildError> {
    let (uid, gid): (Uid, Gid) = (geteuid(), getegid());
    if uid.is_root() {
        std::os::unix::fs::lchown(file, Some(uid.as_raw()), Some(gid.as_raw()))
            .map_err(|error| ChildError::Place(format!("cannot take over {}: {error}", file.display())))?;
    }
    Ok(())
}

/// Removes a folder and everything in it.
pub(crate) async fn remove(place: &Userns, folder: &Path) -> Result<(), ChildError> {
    let mut waits = PATIENCE.into_iter();
    loop {
        let Err(error) = child::remove(folder).await else { return Ok(()) };
        if !geteuid().is_root() {
            empty(place, folder).await?;
        }
        match waits.next() {
            Some(wait) => tokio::time::sleep(Duration::from_millis(wait)).await,
            None => return Err(error),
        }
    }
}

/// Removes what is in a folder, as root of a namespace, who may.
async fn empty(place: &Userns, folder: &Path) -> Result<(), ChildError> {
    let mut task = Task::new(["find"]);
    task.argv.extend([folder.into(), "-mindepth".into(), "1".into(), "-delete".into()]);
    task.sight = Sight { writes: vec![Shown::here(folder)], ..Sight::default() };
    let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    place.run(&task, &listen).await.map(|_| ())
}
