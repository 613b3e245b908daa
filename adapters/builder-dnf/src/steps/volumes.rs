//! Divides the files among the file systems.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::halt::Halt;
use crate::plan::{FileSystem, Layout, Mount, Size, Volume};
use crate::steps::filesystems::Portions;
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
    pub(crate) need: u64,
    pub(crate) inodes: u64,
    /// How many bytes its files have.
    pub(crate) bytes: u64,
}

/// Makes one image file for each volume, that of `/` first; of file systems that can be, as small as they get when `shrink`.
pub(crate) async fn images(
    shop: &Workshop<'_>,
    layout: &Layout,
    shrink: bool,
) -> Result<Vec<Finished>, Halt> {
    let mut filled = divide(shop, layout).await?;
    filled.sort_by(|a, b| a.volume.mount.cmp(&b.volume.mount));
    let portions = Portions::of(filled.iter());
    let mut files = Vec::new();
    for (number, one) in filled.iter().enumerate() {
        let file = shop.work.join("image").join(number.to_string());
        let swaps = filled[..number].iter().filter(|one| one.volume.mount == Mount::Swap).count();
        let name = file_name(shop.request.name.as_str(), &one.volume.mount, swaps);
        portions.make(shop, one, &file, 0).await?;
        if shrink && matches!(one.volume.file_system, FileSystem::Ext(_)) {
            shop.tool("resize2fs", ["-M".into(), file.clone().into_os_string()]).await?;
        }
        files.push(Finished::file(file, name));
    }
    Ok(files)
}

/// Calls the file of a volume after its mount point: `NAME.img`, `NAME-var-log.img`.
fn file_name(name: &str, mount: &Mount, earlier_swaps: usize) -> String {
    match mount {
        Mount::At(path) if path == "/" => format!("{name}.img"),
        Mount::At(path) => format!("{name}{}.img", path.replace('/', "-")),
        Mount::Swap if earlier_swaps > 0 => format!("{name}-swap-{}.img", earlier_swaps + 1),
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

/// Finds the size of a volume with the files of `tree`.
pub(crate) async fn measure(
    shop: &Workshop<'_>,
    volume: &Volume,
    tree: Option<PathBuf>,
) -> Result<Filled, Halt> {
    let (mut kib, mut inodes) = (0, 0);
    if let Some(tree) = &tree {
        [kib, inodes] = count(shop, tree).await?;
    }
    let need = match volume.file_system {
        FileSystem::Ext(_) => (kib + kib / 4 + inodes / 2).div_ceil(1024) + 16,
        FileSystem::Btrfs => (kib + kib / 4 + inodes * 2).div_ceil(1024) + 128,
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
    Ok(Filled { volume: volume.clone(), tree, mib, need, inodes, bytes: kib << 10 })
}

/// Counts the KiB and the inodes of a tree.
pub(crate) async fn count(shop: &Workshop<'_>, tree: &Path) -> Result<[u64; 2], Halt> {
    const BOTH: &str = r#"du -s -k -- "$1" && du -s --inodes -- "$1""#;
    let words: [OsString; 4] = ["sh".into(), "-c".into(), BOTH.into(), "sh".into()];
    let said = shop.ask(words.into_iter().chain([tree.into()])).await?.unwrap_or_default();
    let number = |line: &str| line.split_whitespace().next()?.parse().ok();
    let mut numbers = said.lines().map(|line| number(line).unwrap_or(0));
    Ok([numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_after_mount_points() {
        for (path, name) in [("/", "demo.img"), ("/home", "demo-home.img"), ("/var/log", "demo-var-log.img")]
        {
            assert_eq!(file_name("demo", &Mount::At(path.into()), 0), name);
        }
        assert_eq!(file_name("demo", &Mount::Swap, 0), "demo-swap.img");
        assert_eq!(file_name("demo", &Mount::Swap, 1), "demo-swap-2.img");
    }
}
