//! All files of an `fs` image, packed or as a folder.

use std::ffi::OsString;

use crate::halt::Halt;
use crate::plan::{Compression, Into, Pack};
use crate::steps::publish::Finished;
use crate::steps::tools;
use crate::workshop::Workshop;

/// Packs all files with their owners and modes; into a tar with their capabilities and hard links, too.
pub(crate) async fn pack(shop: &Workshop<'_>, pack: &Pack) -> Result<Vec<Finished>, Halt> {
    shop.step("packing", None);
    let file = shop.work.join("image/archive");
    match pack.into {
        Into::Folder => return Ok(vec![Finished::folder(shop.root.clone(), pack.file.clone())]),
        Into::Tar(compression) => {
            let mut words: Vec<OsString> = [
                "--numeric-owner",
                "--xattrs",
                "--xattrs-include=security.capability",
                "--sparse",
                "--sort=name",
            ]
            .map(OsString::from)
            .into();
            words.extend(compression.map(|compression| {
                OsString::from(format!("--use-compress-program={}", compressor(compression)))
            }));
            words.extend([
                "-C".into(),
                shop.root.clone().into(),
                "-cf".into(),
                file.clone().into(),
                ".".into(),
            ]);
            shop.tool("tar", words).await?;
        }
        Into::Zip => {
            let file = file.with_extension("zip"); // zip adds the ending to a name without
            let mut task = shop.task(["zip", "--quiet", "--recurse-paths", "--symlinks"]).env("TZ", "UTC");
            task.argv.extend([file.clone().into(), ".".into()]);
            task.cwd = shop.root.clone();
            shop.must(&task).await?;
            return Ok(vec![Finished::file(file, pack.file.clone())]);
        }
    }
    Ok(vec![Finished::file(file, pack.file.clone())])
}

/// Programs for each compression with their options and Debian packages: those that use every core first, and last
/// the one that is needed at least.
pub(crate) fn compressors(compression: Compression) -> &'static [(&'static str, &'static str, &'static str)] {
    match compression {
        Compression::Gzip => &[("pigz", "pigz -n", "pigz"), ("gzip", "gzip -n", "gzip")],
        Compression::Bzip2 => &[("lbzip2", "lbzip2", "lbzip2"), ("bzip2", "bzip2", "bzip2")],
        Compression::Xz => &[("xz", "xz -T0", "xz-utils")],
        Compression::Zstd => &[("zstd", "zstd -q -T0", "zstd")],
    }
}

fn compressor(compression: Compression) -> &'static str {
    let known = compressors(compression);
    let found = known.iter().find(|(program, _, _)| tools::is_there(program)).or(known.last());
    found.map_or("gzip", |(_, command, _)| command)
}
