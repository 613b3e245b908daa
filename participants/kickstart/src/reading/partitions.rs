//! `part` lines: how the disk is divided.

use crate::arguments::Arguments;
use crate::document::Kickstart;

/// One `part` or `partition` line that has a mount point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Partition {
    /// The line in the file.
    pub line: usize,
    /// A path, `swap`, or what else stands there (`pv.01`, `raid.01`, `biosboot`).
    pub mount_point: String,
    /// `--size` in MiB.
    pub size: Option<u64>,
    /// `--maxsize` in MiB.
    pub maxsize: Option<u64>,
    /// `--grow`.
    pub grow: bool,
    /// `--fstype`, which is `--type` too.
    pub fstype: Option<String>,
    /// `--label`.
    pub label: Option<String>,
    /// `--ondisk` or `--ondrive`.
    pub ondisk: Option<String>,
    /// `--onpart` or `--usepart`.
    pub onpart: Option<String>,
    /// `--active`.
    pub active: bool,
    /// `--align` in KiB.
    pub align: Option<u64>,
    /// `--fsoptions`: mount options.
    pub fsoptions: Option<String>,
    /// `--extoptions`, or `--mkfsoptions` of newer pykickstart: options of mkfs.
    pub mkfs_options: Option<String>,
    /// `--asprimary`.
    pub asprimary: bool,
    /// `--noformat`.
    pub noformat: bool,
    /// `--recommended`.
    pub recommended: bool,
    /// `--uuid` of the file system.
    pub uuid: Option<String>,
    /// `--part-type`: the GUID of the partition's type.
    pub part_type: Option<String>,
    /// `--encrypted`.
    pub encrypted: bool,
}

impl Kickstart {
    /// Returns the `part` lines in the order of the file.
    pub fn partitions(&self) -> Vec<Partition> {
        let lines = self.called(&["part", "partition"]);
        lines.filter_map(|(line, arguments)| partition(line, &arguments)).collect()
    }
}

fn partition(line: usize, of: &Arguments<'_>) -> Option<Partition> {
    Some(Partition {
        line,
        mount_point: of.plain(0)?.to_owned(),
        size: of.number("--size"),
        maxsize: of.number("--maxsize"),
        grow: of.has("--grow"),
        fstype: of.owned("--fstype"),
        label: of.owned("--label"),
        ondisk: of.owned("--ondisk"),
        onpart: of.owned("--onpart"),
        active: of.has("--active"),
        align: of.number("--align"),
        fsoptions: of.owned("--fsoptions"),
        mkfs_options: of.value_of(&["--extoptions", "--mkfsoptions"]).map(str::to_owned),
        asprimary: of.has("--asprimary"),
        noformat: of.has("--noformat"),
        recommended: of.has("--recommended"),
        uuid: of.owned("--uuid"),
        part_type: of.owned("--part-type"),
        encrypted: of.has("--encrypted"),
    })
}
