//! What a build that was killed left: folders `ID.partial-` and more, which nobody works in.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use imaging::ImageId;
use nix::fcntl::{Flock, FlockArg};

use crate::tree;

/// A folder that nobody works in, locked so that nobody begins to.
struct Left {
    name: String,
    lock: Flock<File>,
}

/// Finds those of a job. Whoever works in one has it locked, and is left alone.
fn find(above: &File, image_id: &ImageId) -> io::Result<Vec<Left>> {
    let begin = format!("{image_id}.partial-");
    let mut found = Vec::new();
    for entry in fs::read_dir(beneath::of(above))? {
        let Ok(name) = entry?.file_name().into_string() else { continue };
        if !name.starts_with(&begin) {
            continue;
        }
        let Ok(folder) = beneath::folder(above, Path::new(&name)) else { continue };
        if let Ok(lock) = Flock::lock(folder, FlockArg::LockExclusiveNonblock) {
            found.push(Left { name, lock });
        }
    }
    Ok(found)
}

/// Returns how many files are left, and how many bytes they have.
pub(crate) fn contents(above: &File, image_id: &ImageId) -> io::Result<(u64, u64)> {
    let mut sum = (0, 0);
    for left in find(above, image_id)? {
        let contents = tree::contents(&left.lock)?;
        sum = (sum.0 + contents.count, sum.1 + contents.bytes);
    }
    Ok(sum)
}

/// Removes what is left.
pub(crate) async fn remove(above: File, image_id: &ImageId) -> io::Result<()> {
    let id = image_id.clone();
    let find = move || find(&above, &id).map(|found| (above, found));
    let (above, found) = tokio::task::spawn_blocking(find).await.map_err(io::Error::other)??;
    for left in found {
        tree::remove(&above, &left.name).await?;
    }
    Ok(())
}
