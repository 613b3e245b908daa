//! A snapshot of a volume (LVM) that one machine writes to and that ends with it.
//!
//! **Never run with a real LVM:** no kernel this was written on has a device mapper. The words are those of its manual pages, and
//! a program that stands in for it is what the tests have. Where nobody asks for it, a machine on a volume has an overlay in a file,
//! which needs neither root nor room in the group of volumes.

use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use child::{Listen, Task};
use nix::sys::stat::{major, minor};
use tokio_util::sync::CancellationToken;

/// What all snapshots of ours are called, and the tag that says whose one is, begin with.
const OURS: &str = "img-vm-";
/// No LVM takes longer, unless it hangs.
const LIMIT: Duration = Duration::from_secs(60);
/// How often, and after how long, a snapshot is removed that qemu has not let go of yet.
const AGAIN: (u32, Duration) = (50, Duration::from_millis(100));

/// A volume of LVM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Volume {
    group: String,
    name: String,
}

/// LVM, as this program calls it.
#[derive(Clone, Debug)]
pub(crate) struct Lvm {
    /// The words before its own: how this program becomes root.
    before: Vec<OsString>,
}

/// A snapshot, which is removed when nobody holds it any more.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) device: PathBuf,
    removal: Vec<OsString>,
}

impl Volume {
    /// Tells which volume a device is; none when it is none. `sys` is where the kernel tells of block devices.
    pub(crate) fn of(base: &Path, sys: &Path) -> Option<Volume> {
        let device = base.metadata().ok()?.rdev();
        let about = sys.join(format!("{}:{}", major(device), minor(device))).join("dm");
        let read = |file| std::fs::read_to_string(about.join(file)).ok();
        read("uuid")?.starts_with("LVM-").then(|| Volume::of_mapping(read("name")?.trim()))?
    }

    /// Reads the name the device mapper has for it: `my--group-volume`, in which a hyphen of a name is two.
    fn of_mapping(name: &str) -> Option<Volume> {
        let (group, name) = name
            .replace("--", "\0")
            .split_once('-')
            .map(|(group, name)| (group.to_owned(), name.to_owned()))?;
        let whole = |part: String| part.replace('\0', "-");
        Some(Volume { group: whole(group), name: whole(name) })
    }
}

impl Lvm {
    /// LVM of this machine, as root or by sudo.
    pub(crate) fn of_machine() -> Lvm {
        let sudo = ["sudo", "-n", "--"].map(OsString::from);
        Lvm { before: if nix::unistd::geteuid().is_root() { Vec::new() } else { sudo.into() } }
    }

    /// Makes a snapshot that takes up to `room` bytes of changes, after removing those of programs that were killed.
    pub(crate) async fn snapshot(&self, volume: &Volume, room: u64) -> Result<Snapshot, String> {
        let Volume { group, name } = volume;
        let cannot = |why: String| {
            format!("no snapshot of the volume {group}/{name} can be made ([worker] vm_snapshot): {why}")
        };
        let listed = self.ask(&list(group)).await.map_err(&cannot)?;
        for left in leftovers(&listed, &is_alive) {
            // one that cannot be removed is in somebody's way only when there is no room
            let _ = self.ask(&removal(group, left)).await;
        }
        let me = std::process::id();
        let own = format!("{OURS}{}", uuid::Uuid::new_v4().simple());
        let tag = tag(me, began(me).unwrap_or_default());
        self.ask(&creation(volume, &own, room, &tag)).await.map_err(cannot)?;
        Ok(Snapshot {
            device: Path::new("/dev").join(group).join(&own),
            removal: self.words(&removal(group, &own)),
        })
    }

    fn words(&self, words: &[String]) -> Vec<OsString> {
        self.before.iter().cloned().chain(words.iter().map(OsString::from)).collect()
    }

    async fn ask(&self, words: &[String]) -> Result<String, String> {
        let task = Task { keep_output: Some(1 << 20), limit: Some(LIMIT), ..Task::new(self.words(words)) };
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
        match child::run(&task, &listen).await {
            Ok(ended) if ended.well() => Ok(String::from_utf8_lossy(&ended.output).into_owned()),
            Ok(ended) => {
                Err(ended.tail.trim().lines().last().map_or_else(|| ended.status.to_string(), str::to_owned))
            }
            Err(error) => Err(format!("{error}: install the package lvm2")),
        }
    }
}

impl Drop for Snapshot {
    /// Removes it as soon as qemu has let go of it. One that outlives this program is removed before the next one is made.
    fn drop(&mut self) {
        let removal = std::mem::take(&mut self.removal);
        std::thread::spawn(move || {
            for _ in 0..AGAIN.0 {
                if child::quick(&removal).is_ok_and(|output| output.status.success()) {
                    return;
                }
                std::thread::sleep(AGAIN.1);
            }
        });
    }
}

fn own(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn creation(volume: &Volume, name: &str, room: u64, tag: &str) -> Vec<String> {
    let (size, origin) = (format!("{room}b"), format!("{}/{}", volume.group, volume.name));
    own(&["lvcreate", "--yes", "--snapshot", "--size", &size, "--name", name, "--addtag", tag, "--", &origin])
}

fn removal(group: &str, name: &str) -> Vec<String> {
    own(&["lvremove", "--yes", "--", &format!("{group}/{name}")])
}

fn list(group: &str) -> Vec<String> {
    let columns = "lv_name,lv_device_open,lv_tags";
    own(&["lvs", "--noheadings", "--binary", "--separator", ";", "--options", columns, "--", group])
}

/// Says who made one: a process, and when that began, since numbers of processes come again.
fn tag(process: u32, began: u64) -> String {
    format!("{OURS}{process}-{began}")
}

/// Returns, of a list, the snapshots that nobody uses and whose makers are gone.
fn leftovers<'a>(listed: &'a str, is_alive: &dyn Fn(u32, u64) -> bool) -> Vec<&'a str> {
    let lines = listed.lines().filter_map(|line| {
        let mut cells = line.trim().split(';');
        let (name, open, tags) = (cells.next()?, cells.next()?, cells.next()?);
        let maker = tags.split(',').find_map(|tag| tag.strip_prefix(OURS)?.split_once('-'));
        let (process, began) = maker?;
        let is_left =
            name.starts_with(OURS) && open == "0" && !is_alive(process.parse().ok()?, began.parse().ok()?);
        is_left.then_some(name)
    });
    lines.collect()
}

fn is_alive(process: u32, began_at: u64) -> bool {
    began(process) == Some(began_at)
}

/// Returns when a process began, in the kernel's own count; none when there is no such process.
fn began(process: u32) -> Option<u64> {
    let about = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    about.rsplit_once(") ")?.1.split(' ').nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests;
