//! All files of an `fs` image, packed or as a folder.

use std::ffi::OsString;
use std::path::Path;

use disk_format::{Compression, compressor};

use crate::halt::Halt;
use crate::plan::{Into, Pack};
use crate::steps::publish::Finished;
use crate::steps::{same, volumes};
use crate::workshop::Workshop;

/// Packs all files with their owners and modes; into a tar with their capabilities and hard links, too.
pub(crate) async fn pack(shop: &Workshop<'_>, pack: &Pack) -> Result<Vec<Finished>, Halt> {
    shop.step("packing", None);
    same::tree(shop, &shop.root).await?;
    let file = shop.work.join("image/archive");
    match pack.into {
        Into::Folder => return Ok(vec![Finished::folder(shop.root.clone(), pack.file.clone())]),
        Into::Tar(compression) => {
            let [kib, _] = volumes::count(shop, &shop.root).await?;
            tar(shop, &shop.root, compression, &["."], kib << 10, &file).await?;
        }
        Into::Zip => {
            let file = file.with_extension("zip"); // zip adds the ending to a name without
            zip(shop, &shop.root, &file).await?;
            return Ok(vec![Finished::file(file, pack.file.clone())]);
        }
    }
    Ok(vec![Finished::file(file, pack.file.clone())])
}

/// Makes a tar of files of a folder, which have about so many bytes.
pub(crate) async fn tar(
    shop: &Workshop<'_>,
    folder: &Path,
    compression: Option<Compression>,
    names: &[&str],
    bytes: u64,
    file: &Path,
) -> Result<(), Halt> {
    let mut words: Vec<OsString> = [
        "--numeric-owner",
        "--xattrs",
        "--xattrs-include=security.capability",
        "--sparse",
        "--sort=name",
        // times other than that of the last change are of nobody's interest
        "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
    ]
    .map(OsString::from)
    .into();
    words
        .extend(compression.map(|compression| {
            OsString::from(format!("--use-compress-program={}", compressor(compression)))
        }));
    words.push(format!("--checkpoint={}", (bytes / RECORD / 10).max(1)).into());
    words.push("--checkpoint-action=echo=%u records".into());
    words.extend(["-C".into(), folder.into(), "-cf".into(), file.into(), "--".into()]);
    words.extend(names.iter().map(OsString::from));
    let mut task = shop.task(["tar"]);
    task.argv.extend(words);
    let hear = |line: &str| {
        if let Some(done) = packed(line) {
            shop.step("packing", Some((done.min(bytes), bytes)));
        }
    };
    let ended = shop.run(&task, &hear).await?.ended;
    if ended.well() { Ok(()) } else { Err(shop.broke(&task, &ended)) }
}

/// What tar writes at once.
const RECORD: u64 = 10 << 10;

/// Reads how many bytes are packed out of a line such as `tar: 1200 records`.
fn packed(line: &str) -> Option<u64> {
    let records: u64 = line.strip_prefix("tar: ")?.strip_suffix(" records")?.parse().ok()?;
    Some(records * RECORD)
}

/// Makes a zip of all files of a folder in the order of their names.
pub(crate) async fn zip(shop: &Workshop<'_>, folder: &Path, file: &Path) -> Result<(), Halt> {
    let tree = same::apart(shop, folder).await?;
    let mut task = shop.task(["find", ".", "-mindepth", "1", "-print0"]);
    task.cwd.clone_from(&tree);
    task.keep_output = Some(NAMES);
    let mut names = shop.must(&task).await?.output;
    if names.contains(&b'\n') {
        let why = "a file of the image has a line break in its name, which cannot be put into a zip; a .tar takes it";
        return Err(Halt::failed(why));
    }
    let mut list: Vec<&[u8]> = names.split(|byte| *byte == 0).filter(|name| !name.is_empty()).collect();
    list.sort_unstable();
    names = list.join(&b'\n');
    same::not_looked_at(shop, &tree).await?;
    let mut task = shop.task(["zip", "--quiet", "--symlinks"]).env("TZ", "UTC0");
    task.argv.extend([file.into(), "-@".into()]);
    task.cwd = tree;
    task.stdin = names;
    shop.must(&task).await.map(|_| ())
}

/// The most bytes that the names of all files may have.
const NAMES: usize = 1 << 30;

#[cfg(test)]
mod tests {
    use super::packed;

    #[test]
    fn what_is_packed_is_read_from_tar() {
        assert_eq!(packed("tar: 1200 records"), Some(12_288_000));
        assert_eq!(packed("tar: ./records: file changed as we read it"), None);
    }
}
