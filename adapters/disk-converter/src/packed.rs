//! How a raw disk is packed, by its name, and out of it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use disk_format::Compression;
use imaging::{Step, Watch};
use workbench::Workbench;

use crate::halt::Halt;
use crate::program::run;

/// How a raw disk is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packed {
    /// Not at all.
    Plain,
    /// Compressed by itself.
    By(Compression),
    /// In a tar, compressed or not: tar sees which.
    Tar,
    Zip,
}

/// Names a raw disk may have, for messages.
pub(crate) const KNOWN: &str = "it should end in .raw or .img, with .gz, .bz2, .xz or .zst after it, or in .tar, .tar.gz, .tar.bz2, .tar.xz, .tar.zst, \
     .tgz or .zip";

const DISKS: [&str; 2] = [".raw", ".img"];
const TARS: [&str; 6] = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst"];

impl Packed {
    /// Splits the name of a file into that of the disk and how it is packed; none when it is something else.
    pub(crate) fn of(name: &str) -> Option<(&str, Packed)> {
        let stem = |name: &'_ str, endings: &[&str]| {
            let cut = endings.iter().filter_map(|ending| name.strip_suffix(ending).map(str::len)).min();
            cut.filter(|length| *length > 0)
        };
        if let Some(length) = stem(name, &DISKS) {
            return Some((&name[..length], Packed::Plain));
        }
        if let Some(length) = stem(name, &TARS) {
            return Some((&name[..length], Packed::Tar));
        }
        if let Some(length) = stem(name, &[".zip"]) {
            return Some((&name[..length], Packed::Zip));
        }
        let by = Compression::ALL.into_iter().find(|by| name.ends_with(by.ending()))?;
        let inner = name.strip_suffix(by.ending())?;
        stem(inner, &DISKS).map(|length| (&inner[..length], Packed::By(by)))
    }
}

/// Unpacks a disk; returns where programs in the folder find it.
pub(crate) async fn unpack(
    bench: &Workbench,
    source: &File,
    packed: Packed,
    watch: &dyn Watch,
) -> Result<PathBuf, Halt> {
    if packed != Packed::Plain {
        watch.step(&Step { name: "unpacking".into(), done_of: None });
    }
    let archive = beneath::of_ours(source);
    let word = |path: &Path| path.as_os_str().to_owned();
    match packed {
        Packed::Plain => Ok(archive),
        Packed::By(by) => {
            let file = format!("disk.raw{}", by.ending());
            link_or_copy(bench, source, &file, watch).await?;
            let program = disk_format::compressor(by).split(' ').next().unwrap_or_default();
            let mut argv: Vec<OsString> = [program, "-d", "-f"].map(Into::into).into();
            argv.extend((by == Compression::Zstd).then(|| OsString::from("-q")));
            argv.extend(["--".into(), file.into()]);
            run(bench, argv, watch).await?;
            found(bench, "disk.raw")
        }
        Packed::Tar => {
            let list = ["tar".into(), "--quoting-style=literal".into(), "-tf".into(), word(&archive)];
            let member = the_disk(&run(bench, list, watch).await?)?;
            let mut argv: Vec<OsString> =
                ["tar", "--no-same-owner", "--no-same-permissions", "-xf"].map(Into::into).into();
            argv.extend([word(&archive), "--".into(), member.clone().into()]);
            run(bench, argv, watch).await?;
            found(bench, &member)
        }
        Packed::Zip => {
            let member = the_disk(&run(bench, ["unzip".into(), "-Z1".into(), word(&archive)], watch).await?)?;
            if member.contains(['*', '?', '[', ']', '\\']) {
                return Err(Halt::Failed(format!("unzip takes the name {member} of the disk for a pattern")));
            }
            let argv = ["unzip".into(), "-q".into(), "-o".into(), word(&archive), member.clone().into()];
            run(bench, argv, watch).await?;
            found(bench, &member)
        }
    }
}

/// Returns the one disk in the list of an archive.
fn the_disk(list: &str) -> Result<String, Halt> {
    let mut disks = list.lines().filter(|name| DISKS.iter().any(|ending| name.ends_with(ending)));
    match (disks.next(), disks.count()) {
        (Some(disk), 0) => Ok(disk.to_owned()),
        (None, _) => Err(Halt::Failed("there is no disk in it: no file ends in .raw or .img".into())),
        (Some(_), more) => {
            Err(Halt::Failed(format!("there are {} disks in it; one can be converted", more + 1)))
        }
    }
}

/// Returns where an unpacked disk is, when it is a file and nothing that leads elsewhere.
fn found(bench: &Workbench, member: &str) -> Result<PathBuf, Halt> {
    let member = member.strip_prefix("./").unwrap_or(member);
    match beneath::file(bench.folder(), Path::new(member)) {
        Ok(_) => Ok(Path::new("./").join(member)),
        Err(_) => Err(Halt::Failed(format!("the disk in it, {member}, is no file"))),
    }
}

/// Gives the file a second name in the folder, for a program that works in place; the other name stays as it is.
async fn link_or_copy(bench: &Workbench, source: &File, file: &str, watch: &dyn Watch) -> Result<(), Halt> {
    let path = fs::read_link(beneath::of(source)).unwrap_or_default();
    let linked = fs::hard_link(path, bench.path(file)).is_ok();
    let is_it = linked && same(source, &bench.path(file));
    if is_it {
        return Ok(());
    }
    let argv = ["cp".into(), "--remove-destination".into(), "--reflink=auto".into(), "--".into()];
    let from = beneath::of_ours(source).into_os_string();
    run(bench, argv.into_iter().chain([from, OsString::from(file)]), watch).await.map(|_| ())
}

/// Tells whether a name is another one of an open file.
fn same(file: &File, name: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |about: &fs::Metadata| (about.dev(), about.ino());
    matches!((file.metadata(), fs::symlink_metadata(name)), (Ok(one), Ok(other)) if number(&one) == number(&other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_how_a_disk_is_packed() {
        for (name, expected) in [
            ("n.raw", Some(("n", Packed::Plain))),
            ("n-sda.raw", Some(("n-sda", Packed::Plain))),
            ("n.img", Some(("n", Packed::Plain))),
            ("n.raw.gz", Some(("n", Packed::By(Compression::Gzip)))),
            ("n.raw.bz2", Some(("n", Packed::By(Compression::Bzip2)))),
            ("n.raw.xz", Some(("n", Packed::By(Compression::Xz)))),
            ("n.raw.zst", Some(("n", Packed::By(Compression::Zstd)))),
            ("n.tar.bz2", Some(("n", Packed::Tar))),
            ("n.1.tar", Some(("n.1", Packed::Tar))),
            ("n.tgz", Some(("n", Packed::Tar))),
            ("n.zip", Some(("n", Packed::Zip))),
            ("n.iso", None),
            ("n.gz", None),
            (".raw", None),
            ("raw", None),
            ("", None),
        ] {
            assert_eq!(Packed::of(name), expected, "{name}");
        }
    }
}
