//! What makes an image the same each time it is built, byte for byte, when a time is given.
//!
//! Identifiers are chosen by the plan, most tools are told the time by their environment; here is what neither reaches.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use child::Task;
use imaging::BuilderError;
use uuid::Uuid;

use crate::halt::Halt;
use crate::plan::DiskFormat;
use crate::workshop::Workshop;

/// Tells a task the time, by all the names its program may know it by.
pub(crate) fn told(task: Task, epoch: u64) -> Task {
    let epoch = epoch.to_string();
    task.env("SOURCE_DATE_EPOCH", &epoch)
        .env("E2FSPROGS_FAKE_TIME", &epoch)
        .env("TZ", "UTC0") // a FAT and a zip have local time
        .env("PYTHONHASHSEED", "0")
}

/// Says that no file of a tree is newer than the time.
pub(crate) async fn tree(shop: &Workshop<'_>, tree: &Path) -> Result<(), Halt> {
    let Some(epoch) = shop.epoch else { return Ok(()) };
    let time = format!("@{epoch}");
    let mut words: Vec<OsString> = vec![tree.into(), "-depth".into(), "-newermt".into(), time.clone().into()];
    words
        .extend(["-exec", "touch", "--no-dereference", "--date", &time, "--", "{}", "+"].map(OsString::from));
    shop.tool("find", words).await.map(|_| ())
}

/// Returns a tree with the same files for a zip, which has the time each was looked at last.
///
/// Files with several names become several files there, or reading one of them would be a look at the others.
pub(crate) async fn apart(shop: &Workshop<'_>, tree: &Path) -> Result<PathBuf, Halt> {
    if shop.epoch.is_none() {
        return Ok(tree.to_path_buf());
    }
    let copy = shop.work.join("parts/files");
    let words = ["-a", "--no-preserve=links", "--reflink=auto", "-T", "--"].map(OsString::from);
    shop.tool("cp", words.into_iter().chain([tree.into(), copy.clone().into()])).await?;
    Ok(copy)
}

/// Says that every file was looked at last at the time; from now on no folder may be listed.
pub(crate) async fn not_looked_at(shop: &Workshop<'_>, tree: &Path) -> Result<(), Halt> {
    let Some(epoch) = shop.epoch else { return Ok(()) };
    let time = format!("@{epoch}");
    let touch =
        ["-exec", "touch", "--no-dereference", "-a", "--date", &time, "--", "{}", "+"].map(OsString::from);
    let words = [tree.into(), OsString::from("-depth")].into_iter().chain(touch);
    shop.tool("find", words).await.map(|_| ())
}

/// Sets the times in an ext file system that mke2fs takes from the disk it reads: of the last change of an inode, and of the
/// last look at a file.
pub(crate) async fn ext(shop: &Workshop<'_>, image: &str) -> Result<(), Halt> {
    let Some(epoch) = shop.epoch else { return Ok(()) };
    let mut task = shop.task(["debugfs", "-R", "show_super_stats -h", image]);
    task.keep_output = Some(1 << 20);
    let said = String::from_utf8_lossy(&shop.must(&task).await?.output).into_owned();
    let mut task = shop.task(["debugfs", "-w", "-f", "/dev/stdin", image]);
    let fields = ["ctime", "atime"];
    let commands = (1..=inodes_in_use(&said)).flat_map(|inode| fields.map(|field| (inode, field)));
    let commands = commands.map(|(inode, field)| format!("set_inode_field <{inode}> {field} @{epoch}\n"));
    task.stdin = commands.collect::<String>().into_bytes();
    task.keep_output = Some(0); // it repeats every command
    shop.must(&task).await.map(|_| ())
}

/// Returns the highest number of an inode, in a file system that has just been made: there they are without gaps.
fn inodes_in_use(about: &str) -> u64 {
    let value = |key: &str| -> u64 {
        let line = about.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|rest| rest.trim().parse().ok()).unwrap_or(0)
    };
    value("Inode count:").saturating_sub(value("Free inodes:"))
}

/// Gives a file of virtual machines the identifiers that qemu-img makes by chance.
pub(crate) fn virtual_disk(
    shop: &Workshop<'_>,
    file: &Path,
    format: DiskFormat,
    uuid: Uuid,
) -> Result<(), Halt> {
    let Some(epoch) = shop.epoch else { return Ok(()) };
    match format {
        DiskFormat::Raw | DiskFormat::Qcow2 => Ok(()),
        DiskFormat::Vdi => {
            // of the disk, and of its last snapshot, which there is none of
            let other = Uuid::from_u128(uuid.as_u128().wrapping_add(1));
            shop.patch(file, 392, &[uuid.into_bytes(), other.into_bytes()].concat())
        }
        DiskFormat::Vmdk => {
            let lost =
                || Halt::Broken(BuilderError::new("find the identifier of a vmdk", "it has no line CID="));
            let about = vmdk_descriptor(&shop.bytes(file, 512, 1024)?, uuid.as_fields().0);
            shop.patch(file, 512, &about.ok_or_else(lost)?)
        }
        DiskFormat::Vhd => {
            let foot = vhd_footer(shop.bytes(file, 0, 512)?, epoch, uuid);
            let length = std::fs::symlink_metadata(shop.on_host(file)).map_or(0, |about| about.len());
            shop.patch(file, 0, &foot)?;
            shop.patch(file, length.saturating_sub(512), &foot)
        }
    }
}

/// Returns the text that describes a vmdk, which zeros follow, with another identifier; as many bytes as before.
///
/// qemu-img writes one that begins with zeros with fewer digits.
fn vmdk_descriptor(about: &[u8], id: u32) -> Option<Vec<u8>> {
    const KEY: &[u8] = b"\nCID=";
    let digits = about.windows(KEY.len()).position(|bytes| bytes == KEY)? + KEY.len();
    let rest = digits + about[digits..].iter().position(|byte| *byte == b'\n')?;
    let mut text = [&about[..digits], format!("{id:08x}").as_bytes(), &about[rest..]].concat();
    text.resize(about.len(), 0);
    Some(text)
}

/// Returns the footer of a vhd, which is also at its head, with another time and identifier.
fn vhd_footer(mut foot: Vec<u8>, epoch: u64, uuid: Uuid) -> Vec<u8> {
    const FROM_2000: u64 = 946_684_800;
    foot.resize(512, 0);
    let time = u32::try_from(epoch.saturating_sub(FROM_2000)).unwrap_or(0);
    foot[24..28].copy_from_slice(&time.to_be_bytes());
    foot[68..84].copy_from_slice(&uuid.into_bytes());
    foot[64..68].fill(0);
    let sum: u32 = foot.iter().map(|byte| u32::from(*byte)).sum();
    foot[64..68].copy_from_slice(&(!sum).to_be_bytes());
    foot
}

/// dnf writes down when it did what; and the last program that opens rpm's base as a writer tidies up beside it.
const BASES: &str = "import os, sqlite3, sys\n\
    epoch, history, rpm = sys.argv[1:]\n\
    if os.path.isfile(history):\n    \
        base = sqlite3.connect(history)\n    \
        base.execute('UPDATE trans SET dt_begin = ?, dt_end = ?', (epoch, epoch))\n    \
        base.commit()\n    \
        base.execute('VACUUM')\n    \
        base.close()\n\
    if os.path.isfile(rpm):\n    \
        base = sqlite3.connect(rpm)\n    \
        base.execute('PRAGMA wal_checkpoint(TRUNCATE)')\n    \
        base.close()\n";

/// Makes the bases of dnf and rpm the same, by the Python that dnf itself runs on.
pub(crate) async fn bases(shop: &Workshop<'_>) -> Result<(), Halt> {
    let Some(epoch) = shop.epoch else { return Ok(()) };
    let files = ["/var/lib/dnf/history.sqlite", "/var/lib/rpm/rpmdb.sqlite"].map(|file| shop.inside(file));
    let words: [OsString; 4] = ["-I".into(), "-c".into(), BASES.into(), epoch.to_string().into()];
    let words = words.into_iter().chain(files.map(OsString::from));
    shop.tool("/usr/bin/python3", words).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_a_vhd_is_right_for_its_new_identifier() {
        let foot = vhd_footer(b"conectix".to_vec(), 946_684_801, Uuid::from_u128(7));

        assert_eq!((&foot[24..28], foot[83], foot.len()), (&[0, 0, 0, 1][..], 7, 512));
        let sum: u32 = foot
            .iter()
            .enumerate()
            .filter(|(at, _)| !(64..68).contains(at))
            .map(|(_, b)| u32::from(*b))
            .sum();
        assert_eq!(foot[64..68], (!sum).to_be_bytes());
    }

    #[test]
    fn the_identifier_of_a_vmdk_is_replaced_whatever_its_length() {
        for digits in ["1", "2345678", "12345678"] {
            let mut about = format!("version=1\nCID={digits}\nparentCID=ffffffff\n").into_bytes();
            about.resize(64, 0);
            let mut expected = b"version=1\nCID=0000abcd\nparentCID=ffffffff\n".to_vec();
            expected.resize(64, 0);

            assert_eq!(vmdk_descriptor(&about, 0xabcd), Some(expected), "{digits}");
        }
        assert_eq!(vmdk_descriptor(b"version=1\n", 1), None);
    }

    #[test]
    fn inodes_in_use_are_those_that_are_not_free() {
        assert_eq!(inodes_in_use("Inode count:              4992\nFree inodes:              4329\n"), 663);
    }
}
