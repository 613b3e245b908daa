//! Loop devices that mic leaves: namespaces take mounts and processes along, not these.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use child::{ChildError, Listen, Place, Task};
use tokio_util::sync::CancellationToken;

/// Where the kernel tells of block devices.
const BLOCK: &str = "/sys/block";
/// How often is looked whether a device is free at last: what held it may be about to die.
const PATIENCE: [u64; 4] = [100, 300, 600, 1000];
/// How long one of these tools may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Frees every loop device whose file is, or was, below one of `folders`; returns how many there were.
///
/// Those of another machine end with it.
pub(crate) async fn sweep(place: &dyn Place, folders: &[PathBuf]) -> Result<usize, ChildError> {
    if place.is_another_machine() {
        return Ok(0);
    }
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let names: Vec<_> = folders.iter().flat_map(|folder| names(folder, &mounts)).collect();
    let mut found = 0;
    for wait in std::iter::once(0).chain(PATIENCE) {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let devices = ours(Path::new(BLOCK), &names);
        if devices.is_empty() {
            return Ok(found);
        }
        found = found.max(devices.len());
        for device in &devices {
            free(place, device).await?;
        }
    }
    Err(ChildError::Place(format!(
        "a loop device of a build of mic cannot be freed: {}",
        "`grep . /sys/block/loop*/loop/backing_file` shows which, and `losetup --detach` says why"
    )))
}

async fn free(place: &dyn Place, device: &str) -> Result<(), ChildError> {
    for holder in holders(Path::new(BLOCK), device) {
        ask(place, &["dmsetup", "remove", "--retry", &holder]).await?;
    }
    let number = device.trim_start_matches(|sign: char| !sign.is_ascii_digit());
    if !Path::new(device).exists() && !number.is_empty() {
        // mic takes the node of a device away that it has not freed
        ask(place, &["mknod", "-m", "0660", device, "b", "7", number]).await?;
    }
    ask(place, &["losetup", "--detach", device]).await.map(|_| ())
}

/// Returns the device-mapper names that sit on a loop device, as kpartx leaves them.
fn holders(sys: &Path, device: &str) -> Vec<String> {
    let device = device.rsplit('/').next().unwrap_or_default();
    let Ok(entries) = std::fs::read_dir(sys.join(device).join("holders")) else { return Vec::new() };
    let name = |entry: std::fs::DirEntry| std::fs::read_to_string(entry.path().join("dm/name")).ok();
    entries.flatten().filter_map(name).map(|name| name.trim().to_owned()).collect()
}

/// Runs a tool for what it prints; what it grumbles about shows when the devices are listed again.
async fn ask(place: &dyn Place, words: &[&str]) -> Result<String, ChildError> {
    let task = Task { keep_output: Some(1 << 20), limit: Some(LIMIT), ..Task::new(words.iter().copied()) };
    let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    let ended = place.run(&task, &listen).await?;
    Ok(String::from_utf8_lossy(&ended.output).into_owned())
}

/// Returns the names the kernel may show a folder by: its own, and the one below its mount, for a file that was opened
/// in a mount namespace which is gone.
fn names(folder: &Path, mountinfo: &str) -> Vec<PathBuf> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let points = mountinfo.lines().filter_map(|line| line.split(' ').nth(4)).map(unescaped);
    let mount = points.map(PathBuf::from).filter(|point| folder.starts_with(point));
    let below = mount
        .max_by_key(|point| point.components().count())
        .and_then(|point| folder.strip_prefix(point).ok().map(|rest| Path::new("/").join(rest)));
    let mut names = vec![folder];
    // the folder of a mount itself would be everything in it
    names.extend(below.filter(|below| below.components().count() > 1));
    names.dedup();
    names
}

/// Returns the devices whose files are below one of the names.
///
/// The kernel is asked, not losetup, which does not list a device that has no node in /dev any more.
fn ours(sys: &Path, names: &[PathBuf]) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(sys) else { return Vec::new() };
    let mut devices: Vec<_> = entries
        .flatten()
        .filter(|entry| {
            let file = std::fs::read(entry.path().join("loop/backing_file")).unwrap_or_default();
            let file = file.strip_suffix(b"\n").unwrap_or(&file);
            let file = Path::new(OsStr::from_bytes(file.strip_suffix(b" (deleted)").unwrap_or(file)));
            names.iter().any(|name| file.starts_with(name))
        })
        .map(|entry| format!("/dev/{}", entry.file_name().to_string_lossy()))
        .collect();
    devices.sort();
    devices
}

/// Reads `\040` of the kernel.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..3).filter(|_| byte == b'\\');
        let code = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(code.unwrap_or(byte));
        rest = &after[if code.is_some() { 3 } else { 0 }..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_below_the_folders_count_deleted_ones_too() {
        let sys = tempfile::tempdir().unwrap();
        for (device, file) in [
            ("loop0", Some("/b/work/tmp/a.img\n")),
            ("loop1", Some("/b/work/tmp/a b.img (deleted)\n")),
            ("loop2", Some("/b/worker/x\n")),
            ("loop3", Some("/other/b/work/x\n")),
            ("loop10", Some("/b/work\n")),
            ("loop11", Some("\n")),
            ("loop12", None),
            ("vda", None),
        ] {
            let about = sys.path().join(device).join("loop");
            std::fs::create_dir_all(&about).unwrap();
            if let Some(file) = file {
                std::fs::write(about.join("backing_file"), file).unwrap();
            }
        }

        let found = ours(sys.path(), &["/b/work".into()]);

        assert_eq!(found, ["/dev/loop0", "/dev/loop1", "/dev/loop10"]);
        assert_eq!(ours(sys.path(), &[]), [""; 0]);
    }

    #[test]
    fn a_folder_has_a_name_below_its_mount() {
        let mounts = "1 1 0:1 / / rw - ext4 x rw\n2 1 0:2 / /no/such\\040disk rw - ext4 y rw\n";
        for (folder, expected) in [
            ("/no/such disk/b/work", &["/no/such disk/b/work", "/b/work"][..]),
            ("/no/such disk", &["/no/such disk"]),
            ("/no/where", &["/no/where"]),
        ] {
            let expected: Vec<_> = expected.iter().map(PathBuf::from).collect();
            assert_eq!(names(Path::new(folder), mounts), expected, "{folder}");
        }
    }

    /// No device mapper runs where this is tested: the folders are made as the kernel shows them.
    #[test]
    fn what_kpartx_leaves_on_a_device_is_found_by_its_name() {
        let sys = tempfile::tempdir().unwrap();
        let dm = sys.path().join("loop10/holders/dm-0/dm");
        std::fs::create_dir_all(&dm).unwrap();
        std::fs::write(dm.join("name"), "loop10p1\n").unwrap();

        assert_eq!(holders(sys.path(), "/dev/loop10"), ["loop10p1"]);
        assert!(holders(sys.path(), "/dev/loop1").is_empty());
    }
}
