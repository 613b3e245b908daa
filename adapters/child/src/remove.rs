//! Removes a folder that strangers have filled.

use std::path::Path;

use tokio_util::sync::CancellationToken;

use crate::{ChildError, Listen, Task, run};

/// Removes a folder, as far as this user may, however deep it is; one that is not there is fine.
///
/// By `rm`, which needs neither a file nor a piece of the stack for each level: a script that makes folders in folders,
/// 60,000 of them, would end this program otherwise.
pub async fn remove(folder: &Path) -> Result<(), ChildError> {
    let absolute = std::path::absolute(folder).map_err(|source| ChildError::start("rm", source))?;
    let mut task = Task::new(["rm", "-rf", "--"]);
    task.argv.push(absolute.into());
    let quiet = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    let ended = run(&task, &quiet).await?;
    if ended.well() {
        return Ok(());
    }
    let said = ended.tail.lines().next().unwrap_or("rm was ended");
    Err(ChildError::Place(format!("cannot remove {}: {said}", folder.display())))
}
