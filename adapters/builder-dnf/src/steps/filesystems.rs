//! Makes a file system of the files of a volume.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::argv;
use crate::halt::Halt;
use crate::plan::FileSystem;
use crate::report;
use crate::steps::same;
use crate::steps::volumes::Filled;
use crate::workshop::Workshop;

/// All file systems of an image, and how much of them is made.
pub(crate) struct Portions {
    bytes: u64,
    made: AtomicU64,
}

impl Portions {
    pub(crate) fn of<'a>(filled: impl IntoIterator<Item = &'a Filled>) -> Portions {
        Portions { bytes: filled.into_iter().map(|one| one.bytes).sum(), made: AtomicU64::new(0) }
    }

    /// Makes one of them as [`make`] does, and tells how much of all of them that is.
    pub(crate) async fn make(
        &self,
        shop: &Workshop<'_>,
        filled: &Filled,
        file: &Path,
        offset: u64,
    ) -> Result<(), Halt> {
        let own = shop.work.join(OWN);
        let (before, empty) = (self.made.load(Ordering::Relaxed), shop.taken(file));
        let grown = || (shop.taken(file) + shop.taken(&own)).saturating_sub(empty).min(filled.bytes);
        let made = make(shop, filled, file, offset);
        shop.counted("making file systems", self.bytes, || before + grown(), made).await?;
        self.made.fetch_add(filled.bytes, Ordering::Relaxed);
        Ok(())
    }
}

/// A file system that wants a file of its own, below the work folder.
const OWN: &str = "parts/own";

/// Makes the file system of a volume in `file`, from byte `offset` on.
pub(crate) async fn make(shop: &Workshop<'_>, filled: &Filled, file: &Path, offset: u64) -> Result<(), Halt> {
    if let Some(tree) = &filled.tree {
        same::tree(shop, tree).await?;
    }
    match (filled.volume.file_system, &filled.tree) {
        (FileSystem::Ext(kind), Some(tree)) => ext(shop, filled, kind, tree, file, offset).await,
        (FileSystem::Btrfs, Some(tree)) => btrfs(shop, filled, tree, file, offset).await,
        (_, tree) => other(shop, filled, tree.as_deref(), file, offset).await,
    }
}

async fn ext(
    shop: &Workshop<'_>,
    filled: &Filled,
    kind: &str,
    tree: &Path,
    file: &Path,
    offset: u64,
) -> Result<(), Halt> {
    if offset == 0 {
        let size = OsString::from(format!("--size={}M", filled.mib));
        shop.tool("truncate", [size, "--".into(), file.into()]).await?;
    }
    let inodes = inodes_beyond_usual(filled.inodes, filled.mib);
    let argv = argv::mke2fs(kind, &filled.volume, tree, file, offset, filled.mib, inodes);
    let said = shop.run(&shop.task(argv), &|_| {}).await?.ended;
    let title = filled.volume.title();
    if said.tail.contains("Could not allocate") {
        let (mib, need) = (filled.mib, filled.need.max(filled.mib + 1));
        return Err(Halt::Failed(format!("{title} holds {mib} MB, the files need {need} MB")));
    }
    if report::is_full(&said.tail) {
        return Err(shop.full(None));
    }
    if !said.well() {
        return Err(Halt::Failed(format!(
            "{title} cannot be made with {} MB: {}",
            filled.mib,
            said.tail.trim()
        )));
    }
    let image = format!("{}?offset={offset}", file.display());
    like_its_folder(shop, tree, &image).await?;
    same::ext(shop, &image).await
}

/// mke2fs counts on 16 KiB a file; many small ones need more inodes than that gives.
fn inodes_beyond_usual(inodes: u64, mib: u64) -> Option<u64> {
    let wanted = inodes + inodes / 4 + 64;
    (wanted > mib * 1024 / 16).then_some(wanted)
}

/// Gives the topmost folder of a file system its owner and mode, which mke2fs does not copy.
async fn like_its_folder(shop: &Workshop<'_>, tree: &Path, image: &str) -> Result<(), Halt> {
    let said =
        shop.ask([OsString::from("stat"), "-c".into(), "%f %u %g".into(), "--".into(), tree.into()]).await?;
    let said = said.unwrap_or_default();
    let mut words = said.split_whitespace();
    let (Some(mode), Some(uid), Some(gid)) = (words.next(), words.next(), words.next()) else {
        return Ok(());
    };
    if (mode, uid, gid) == ("41ed", "0", "0") {
        return Ok(());
    }
    let mut task = shop.task(["debugfs", "-w", "-f", "/dev/stdin", image]);
    task.stdin = format!("sif <2> mode 0x{mode}\nsif <2> uid {uid}\nsif <2> gid {gid}\n").into_bytes();
    shop.must(&task).await.map(|_| ())
}

/// Makes a file system that wants a file of its own, and puts that into its place.
async fn other(
    shop: &Workshop<'_>,
    filled: &Filled,
    tree: Option<&Path>,
    file: &Path,
    offset: u64,
) -> Result<(), Halt> {
    let own = own_file(shop, filled, file, offset).await?;
    shop.must(&shop.task(argv::mkfs(&filled.volume, &own, offset / 512))).await?;
    if let Some(tree) = tree {
        copy_into_vfat(shop, filled, tree, &own).await?;
    }
    into_place(shop, &own, file, offset).await
}

/// Makes the empty file for a file system that wants one of its own: the final one, where nothing else is in that.
async fn own_file(shop: &Workshop<'_>, filled: &Filled, file: &Path, offset: u64) -> Result<PathBuf, Halt> {
    let own = if offset == 0 { file.to_path_buf() } else { shop.work.join(OWN) };
    let size = OsString::from(format!("--size={}M", filled.mib));
    shop.tool("truncate", [size, "--".into(), own.clone().into()]).await?;
    Ok(own)
}

/// Moves a file system from a file of its own to where it belongs.
async fn into_place(shop: &Workshop<'_>, own: &Path, file: &Path, offset: u64) -> Result<(), Halt> {
    if offset == 0 {
        return Ok(());
    }
    shop.copy_into(own, file, offset).await?;
    shop.tool("rm", ["-f".into(), "--".into(), own.as_os_str().to_owned()]).await.map(|_| ())
}

async fn btrfs(
    shop: &Workshop<'_>,
    filled: &Filled,
    tree: &Path,
    file: &Path,
    offset: u64,
) -> Result<(), Halt> {
    let own = own_file(shop, filled, file, offset).await?;
    let said = shop.run(&shop.task(argv::mkfs_btrfs(&filled.volume, tree, &own)), &|_| {}).await?.ended;
    let title = filled.volume.title();
    let length =
        shop.ask([OsString::from("stat"), "-c".into(), "%s".into(), "--".into(), own.clone().into()]);
    let length = length.await?.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0);
    let (mib, need) = (filled.mib, filled.need.max(filled.mib + 1));
    // It makes a file that is too small larger, and says nothing.
    if said.well() && length > mib << 20 {
        return Err(Halt::Failed(format!(
            "{title} holds {mib} MB, and btrfs needs {} MB",
            length.div_ceil(1 << 20)
        )));
    }
    if said.tail.contains("No space left on device") || said.tail.contains("not enough free space") {
        return Err(Halt::Failed(format!("{title} holds {mib} MB, the files need {need} MB")));
    }
    if !said.well() {
        return Err(Halt::Failed(format!("{title} cannot be made with {mib} MB: {}", said.tail.trim())));
    }
    into_place(shop, &own, file, offset).await
}

async fn copy_into_vfat(shop: &Workshop<'_>, filled: &Filled, tree: &Path, own: &Path) -> Result<(), Halt> {
    let list =
        ["find".into(), tree.as_os_str().to_owned(), "-mindepth".into(), "1".into(), "-maxdepth".into()];
    let list = list.into_iter().chain(["1".into(), "-print0".into()]);
    let names = shop.ask(list).await?.unwrap_or_default();
    let mut names: Vec<_> = names.split('\0').filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    if names.is_empty() {
        return Ok(());
    }
    let mut task = shop.task(["mcopy", "-s", "-m", "-Q", "-i"]);
    task.argv.push(own.into());
    task.argv.extend(names.into_iter().map(OsString::from));
    task.argv.push("::".into());
    let task = task.env("MTOOLS_SKIP_CHECK", "1");
    let said = shop.run(&task, &|_| {}).await?.ended;
    match said.well() {
        true => Ok(()),
        false if said.tail.contains("Disk full") => {
            let (title, mib) = (filled.volume.title(), filled.mib);
            let need = filled.need.max(mib + 1);
            Err(Halt::Failed(format!("{title} holds {mib} MB, the files need {need} MB")))
        }
        false => {
            let title = filled.volume.title();
            Err(Halt::Failed(format!("the files of {title} do not fit into vfat: {}", said.tail.trim())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_files_get_their_inodes() {
        assert_eq!(inodes_beyond_usual(1000, 400), None);
        assert_eq!(inodes_beyond_usual(100_000, 400), Some(125_064));
    }
}
