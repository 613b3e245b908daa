//! The disks a machine really gets: overlays, and what has to be so of what is below them.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use child::{Ended, Listen, Status, Task};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::accel::missing;
use crate::{Bus, Disk, Error, Format, Machine};

/// Files without names, which are there as long as this is, or qemu has them open: nobody has to remove them.
#[derive(Debug, Default)]
pub(crate) struct Nameless(Vec<File>);

impl Nameless {
    /// Makes one on the disk of a folder; returns the path by which programs we start find it.
    pub(crate) fn make(&mut self, folder: &Path) -> io::Result<PathBuf> {
        let file = tempfile::tempfile_in(folder)?;
        let path = format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd());
        self.0.push(file);
        Ok(path.into())
    }
}

/// Looks whether a disk's file can be used, as is done before a machine is made of it.
pub async fn look(disk: &Disk, patience: Duration) -> Result<(), Error> {
    looked(disk, patience).await.map(drop)
}

/// Returns the path of a disk's file that can be used.
async fn looked(disk: &Disk, patience: Duration) -> Result<PathBuf, Error> {
    let wrong =
        |reason: String| Error::File { what: "the disk", path: disk.path.display().to_string(), reason };
    let path = std::fs::canonicalize(&disk.path).map_err(|error| wrong(error.to_string()))?;
    let kind = path.metadata().map_err(|error| wrong(error.to_string()))?.file_type();
    if !(kind.is_file() || kind.is_block_device()) {
        return Err(wrong("it is neither a file nor a block device".into())); // opening a pipe would wait
    }
    File::open(&path).map_err(|error| wrong(error.to_string()))?;
    if disk.format != Format::Raw {
        sound(disk, &path, patience).await.map_err(|problem| match problem {
            Problem::Error(error) => error,
            Problem::Reason(reason) => wrong(reason),
        })?;
    }
    Ok(path)
}

/// Makes what a disk needs; returns its file, and qemu's word for its form.
pub(crate) async fn attach(
    disk: &Disk,
    machine: &Machine,
    files: &mut Nameless,
) -> Result<(PathBuf, &'static str), Error> {
    let (folder, patience) = (machine.folder.as_path(), machine.patience);
    let path = looked(disk, patience).await?;
    if !disk.overlay || disk.bus == Bus::Cd {
        return Ok((path, disk.format.word()));
    }
    let refused = |reason: String| Error::Overlay {
        disk: disk.path.display().to_string(),
        folder: folder.display().to_string(),
        reason,
    };
    let overlay = files.make(folder).map_err(|error| refused(error.to_string()))?;
    let mut words = ["create", "-q", "-f", "qcow2", "-F", disk.format.word(), "-b"].map(Into::into).to_vec();
    words.extend([path.into_os_string(), overlay.clone().into()]);
    let made = image_tool(words, patience).await?;
    match made.well() {
        true => Ok((overlay, "qcow2")),
        false => Err(refused(said(&made))),
    }
}

enum Problem {
    Error(Error),
    Reason(String),
}

/// Looks whether a disk's file is whole, and shows no other file of this machine unless it may.
async fn sound(disk: &Disk, path: &Path, patience: Duration) -> Result<(), Problem> {
    let mut words = ["info", "-U", "--output=json", "-f", disk.format.word()].map(Into::into).to_vec();
    words.push(path.into());
    let info = image_tool(words, patience).await.map_err(Problem::Error)?;
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
        let check = image_tool(words, patience).await.map_err(Problem::Error)?;
        // 3: room that nobody uses, as after a crash
        if !matches!(check.status, Status::Exited(0 | 3)) {
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

async fn image_tool(words: Vec<std::ffi::OsString>, patience: Duration) -> Result<Ended, Error> {
    let mut task = Task { keep_output: Some(1 << 20), limit: Some(patience), ..Task::new(["qemu-img"]) };
    task.argv.extend(words);
    let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    child::run(&task, &listen).await.map_err(|_| missing(Path::new("qemu-img")))
}

fn said(ended: &Ended) -> String {
    if ended.status == Status::TookTooLong {
        return "qemu-img did not come to an end with it: does the disk it is on answer?".to_owned();
    }
    let line = ended.tail.lines().next().unwrap_or("qemu-img failed");
    line.trim_start_matches("qemu-img: ").to_owned()
}
