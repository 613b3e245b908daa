//! `btrfs` lines: volumes out of partitions, and subvolumes of them.

use crate::arguments::Arguments;
use crate::document::Kickstart;

/// One `btrfs` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Btrfs {
    /// The line in the file.
    pub line: usize,
    /// Where it is mounted, unless `none` stands there.
    pub mount_point: Option<String>,
    /// The partitions of a volume, as `btrfs.01`; of a subvolume, its volume, as `LABEL=data`.
    pub of: Vec<String>,
    /// `--label`.
    pub label: Option<String>,
    /// Whether it is a subvolume or snapshot, by `--subvol` or `--snapshot`.
    pub subvol: bool,
    /// `--name` of a subvolume.
    pub name: Option<String>,
}

impl Kickstart {
    /// Returns the `btrfs` lines in the order of the file.
    pub fn btrfs(&self) -> Vec<Btrfs> {
        self.called(&["btrfs"]).filter_map(|(line, arguments)| btrfs(line, &arguments)).collect()
    }
}

fn btrfs(line: usize, of: &Arguments<'_>) -> Option<Btrfs> {
    Some(Btrfs {
        line,
        mount_point: of.plain(0).filter(|path| *path != "none").map(str::to_owned),
        of: (1..).map_while(|index| of.plain(index)).map(str::to_owned).collect(),
        label: of.owned("--label"),
        subvol: of.has("--subvol") || of.has("--snapshot"),
        name: of.owned("--name"),
    })
    .filter(|_| of.plain(0).is_some())
}
