//! The disks a machine really gets: overlays, and what has to be so of what is below them.

use std::path::{Path, PathBuf};

use child::{Ended, Listen, Task};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::accel::missing;
use crate::{Bus, Disk, Error, Format};

/// Files that lose their names when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Nameless(Vec<PathBuf>);

impl Nameless {
    pub(crate) fn add(&mut self, path: &Path) {
        self.0.push(path.to_owned());
    }
}

impl Drop for Nameless {
    fn drop(&mut self) {
        for path in &self.0 {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Makes what a disk needs; returns its file, and qemu's word for its form.
pub(crate) async fn attach(
    disk: &Disk,
    folder: &Path,
    files: &mut Nameless,
) -> Result<(PathBuf, &'static str), Error> {
    let wrong =
        |reason: String| Error::File { what: "the disk", path: disk.path.display().to_string(), reason };
    let path = std::fs::canonicalize(&disk.path).map_err(|error| wrong(error.to_string()))?;
    std::fs::File::open(&path).map_err(|error| wrong(error.to_string()))?;
    if disk.format != Format::Raw {
        sound(disk, &path).await.map_err(|problem| match problem {
            Problem::Error(error) => error,
            Problem::Reason(reason) => wrong(reason),
        })?;
    }
    if !disk.overlay || disk.bus == Bus::Cd {
        return Ok((path, disk.format.word()));
    }
    let overlay = folder.join(format!(".{:x}.overlay", unique()));
    files.add(&overlay);
    let mut words = ["create", "-q", "-f", "qcow2", "-F", disk.format.word(), "-b"].map(Into::into).to_vec();
    words.extend([path.into_os_string(), overlay.clone().into()]);
    let made = image_tool(words).await?;
    match made.well() {
        true => Ok((overlay, "qcow2")),
        false => Err(Error::Overlay {
            disk: disk.path.display().to_string(),
            folder: folder.display().to_string(),
            reason: said(&made),
        }),
    }
}

enum Problem {
    Error(Error),
    Reason(String),
}

/// Looks whether a disk's file is whole, and shows no other file of this machine unless it may.
async fn sound(disk: &Disk, path: &Path) -> Result<(), Problem> {
    let mut words = ["info", "-U", "--output=json", "-f", disk.format.word()].map(Into::into).to_vec();
    words.push(path.into());
    let info = image_tool(words).await.map_err(Problem::Error)?;
    if !info.well() {
        return Err(Problem::Reason(said(&info)));
    }
    let info: Value = serde_json::from_slice(&info.output).unwrap_or_default();
    if !disk.rests_on_others && names_others(&info, path) {
        return Err(Problem::Reason(
            "it rests on another file, of which nobody said that it may be read".into(),
        ));
    }
    if disk.format == Format::Qcow2 {
        let mut words = ["check", "-q", "-U", "-f", "qcow2"].map(Into::into).to_vec();
        words.push(path.into());
        let check = image_tool(words).await.map_err(Problem::Error)?;
        // 3: room that nobody uses, as after a crash
        if !matches!(check.status, child::Status::Exited(0 | 3)) {
            return Err(Problem::Reason(format!("it is damaged: {}", said(&check))));
        }
    }
    Ok(())
}

/// Tells whether a file is more than itself: a backing file, a file of data, a part that is another file.
fn names_others(info: &Value, path: &Path) -> bool {
    let data = &info["format-specific"]["data"];
    let extents = data["extents"].as_array().map(Vec::as_slice).unwrap_or_default();
    info["backing-filename"].is_string()
        || data["data-file"].is_string()
        || extents.iter().any(|extent| extent["filename"].as_str().is_none_or(|name| Path::new(name) != path))
}

async fn image_tool(words: Vec<std::ffi::OsString>) -> Result<Ended, Error> {
    let mut task = Task { keep_output: Some(1 << 20), ..Task::new(["qemu-img"]) };
    task.argv.extend(words);
    let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    child::run(&task, &listen).await.map_err(|_| missing(Path::new("qemu-img")))
}

fn said(ended: &Ended) -> String {
    let line = ended.tail.lines().next().unwrap_or("qemu-img failed");
    line.trim_start_matches("qemu-img: ").to_owned()
}

/// A number that no other machine of this user has in its names.
fn unique() -> u128 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos());
    (now << 32) ^ (u128::from(std::process::id()) << 12) ^ u128::from(NUMBER.fetch_add(1, Ordering::Relaxed))
}
