//! Divides the files among the file systems, and makes a file system of each part.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::argv;
use crate::halt::Halt;
use crate::plan::{FileSystem, Layout, Mount, Size, Volume};
use crate::report;
use crate::steps::publish::Finished;
use crate::workshop::Workshop;

/// A volume with the files that go into it.
#[derive(Clone, Debug)]
pub(crate) struct Filled {
    pub(crate) volume: Volume,
    /// The folder of its files; swap has none.
    pub(crate) tree: Option<PathBuf>,
    /// Its size.
    pub(crate) mib: u64,
    /// What its files would need, and how many they are.
    need: u64,
    inodes: u64,
}

/// Makes one image file for each volume, that of `/` first.
pub(crate) async fn images(shop: &Workshop<'_>, layout: &Layout) -> Result<Vec<Finished>, Halt> {
    let mut filled = divide(shop, layout).await?;
    filled.sort_by(|a, b| a.volume.mount.cmp(&b.volume.mount));
    let mut files = Vec::new();
    for (number, one) in filled.iter().enumerate() {
        shop.step("making file systems", Some((number as u64, filled.len() as u64)));
        let file = shop.work.join("image").join(number.to_string());
        let name = file_name(shop.request.name.as_str(), &one.volume.mount);
        make(shop, one, &file, 0).await?;
        files.push(Finished::file(file, name));
    }
    Ok(files)
}

/// Calls the file of a volume after its mount point: `NAME.img`, `NAME-var-log.img`.
fn file_name(name: &str, mount: &Mount) -> String {
    match mount {
        Mount::At(path) if path == "/" => format!("{name}.img"),
        Mount::At(path) => format!("{name}{}.img", path.replace('/', "-")),
        Mount::Swap => format!("{name}-swap.img"),
    }
}

/// Moves the files of each volume into a folder of their own, in the order of the layout, and finds their sizes.
pub(crate) async fn divide(shop: &Workshop<'_>, layout: &Layout) -> Result<Vec<Filled>, Halt> {
    let mut trees: Vec<Option<PathBuf>> = vec![None; layout.volumes.len()];
    let mut inner_first: Vec<usize> = (0..layout.volumes.len()).collect();
    inner_first.sort_by_key(|index| match &layout.volumes[*index].mount {
        Mount::At(path) => std::cmp::Reverse(path.split('/').filter(|part| !part.is_empty()).count()),
        Mount::Swap => std::cmp::Reverse(usize::MAX),
    });
    for index in inner_first {
        trees[index] = match &layout.volumes[index].mount {
            Mount::Swap => None,
            Mount::At(path) if path == "/" => Some(shop.root.clone()),
            Mount::At(path) => {
                Some(move_out(shop, path, &shop.work.join("parts").join(index.to_string())).await?)
            }
        };
    }
    let mut filled = Vec::new();
    for (volume, tree) in layout.volumes.iter().zip(trees) {
        filled.push(measure(shop, volume, tree).await?);
    }
    Ok(filled)
}

/// Moves a folder of the image away and leaves an empty one like it, to be mounted on.
async fn move_out(shop: &Workshop<'_>, path: &str, tree: &Path) -> Result<PathBuf, Halt> {
    let folder = shop.inside(path);
    let word = |path: &Path| path.as_os_str().to_owned();
    if shop.ask(["test".into(), "-L".into(), word(&folder)]).await?.is_some() {
        return Err(Halt::Failed(format!("{path} cannot be a partition: in this image it is a link")));
    }
    shop.tool("mkdir", ["-p".into(), "--".into(), word(&folder)]).await?;
    shop.tool("mv", ["-T".into(), "--".into(), word(&folder), word(tree)]).await?;
    shop.tool("mkdir", ["--".into(), word(&folder)]).await?;
    let like = OsString::from(format!("--reference={}", tree.display()));
    shop.tool("chown", [like.clone(), "--".into(), word(&folder)]).await?;
    shop.tool("chmod", [like, "--".into(), word(&folder)]).await?;
    Ok(tree.to_path_buf())
}

async fn measure(shop: &Workshop<'_>, volume: &Volume, tree: Option<PathBuf>) -> Result<Filled, Halt> {
    let (mut kib, mut inodes) = (0, 0);
    if let Some(tree) = &tree {
        kib = count(shop, "-k", tree).await?;
        inodes = count(shop, "--inodes", tree).await?;
    }
    let need = match volume.file_system {
        FileSystem::Ext(_) => (kib + kib / 4 + inodes / 2).div_ceil(1024) + 16,
        FileSystem::Vfat => (kib + kib / 8 + inodes * 4).div_ceil(1024).max(8) + 8,
        FileSystem::Swap => 0,
    };
    let title = volume.title();
    let files = kib.div_ceil(1024);
    let mib = match volume.size {
        Size::Fixed(size) if files > size => {
            return Err(Halt::Failed(format!("{title} holds {size} MB, the files need {need} MB")));
        }
        Size::Fixed(size) => size,
        Size::Content { most: Some(most), .. } if need > most => {
            return Err(Halt::Failed(format!("{title} may have {most} MB, the files need {need} MB")));
        }
        Size::Content { least, .. } => need.max(least),
    };
    Ok(Filled { volume: volume.clone(), tree, mib, need, inodes })
}

async fn count(shop: &Workshop<'_>, what: &str, tree: &Path) -> Result<u64, Halt> {
    let said = shop.ask([OsString::from("du"), "-s".into(), what.into(), "--".into(), tree.into()]).await?;
    Ok(said.and_then(|said| said.split_whitespace().next()?.parse().ok()).unwrap_or(0))
}

/// Makes the file system of a volume in `file`, from byte `offset` on.
pub(crate) async fn make(shop: &Workshop<'_>, filled: &Filled, file: &Path, offset: u64) -> Result<(), Halt> {
    match (filled.volume.file_system, &filled.tree) {
        (FileSystem::Ext(kind), Some(tree)) => ext(shop, filled, kind, tree, file, offset).await,
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
    like_its_folder(shop, tree, file, offset).await
}

/// mke2fs counts on 16 KiB a file; many small ones need more inodes than that gives.
fn inodes_beyond_usual(inodes: u64, mib: u64) -> Option<u64> {
    let wanted = inodes + inodes / 4 + 64;
    (wanted > mib * 1024 / 16).then_some(wanted)
}

/// Gives the topmost folder of a file system its owner and mode, which mke2fs does not copy.
async fn like_its_folder(shop: &Workshop<'_>, tree: &Path, file: &Path, offset: u64) -> Result<(), Halt> {
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
    let mut task = shop.task(["debugfs", "-w", "-f", "/dev/stdin"]);
    task.argv.push(format!("{}?offset={offset}", file.display()).into());
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
    let own = if offset == 0 { file.to_path_buf() } else { shop.work.join("parts/own") };
    let size = OsString::from(format!("--size={}M", filled.mib));
    shop.tool("truncate", [size, "--".into(), own.clone().into()]).await?;
    shop.must(&shop.task(argv::mkfs(&filled.volume, &own, offset / 512))).await?;
    if let Some(tree) = tree {
        copy_into_vfat(shop, filled, tree, &own).await?;
    }
    if offset == 0 {
        return Ok(());
    }
    let words = [format!("if={}", own.display()), format!("of={}", file.display()), format!("seek={offset}")];
    let how = ["bs=1M", "oflag=seek_bytes", "conv=notrunc,sparse", "status=none"].map(str::to_owned);
    shop.tool("dd", words.into_iter().chain(how)).await?;
    shop.tool("rm", ["-f".into(), "--".into(), own.into_os_string()]).await.map(|_| ())
}

async fn copy_into_vfat(shop: &Workshop<'_>, filled: &Filled, tree: &Path, own: &Path) -> Result<(), Halt> {
    let list =
        ["find".into(), tree.as_os_str().to_owned(), "-mindepth".into(), "1".into(), "-maxdepth".into()];
    let list = list.into_iter().chain(["1".into(), "-print0".into()]);
    let names = shop.ask(list).await?.unwrap_or_default();
    let names: Vec<_> = names.split('\0').filter(|name| !name.is_empty()).collect();
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
    fn files_are_called_after_mount_points() {
        for (path, name) in [("/", "demo.img"), ("/home", "demo-home.img"), ("/var/log", "demo-var-log.img")]
        {
            assert_eq!(file_name("demo", &Mount::At(path.into())), name);
        }
    }

    #[test]
    fn many_small_files_get_their_inodes() {
        assert_eq!(inodes_beyond_usual(1000, 400), None);
        assert_eq!(inodes_beyond_usual(100_000, 400), Some(125_064));
    }
}
