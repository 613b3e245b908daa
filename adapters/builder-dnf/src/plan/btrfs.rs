//! Which `part` line belongs to which `btrfs` lines.

use img_kickstart::{At, Btrfs, Kickstart, Partition};

use super::uuids::Uuids;
use super::volume::{FileSystem, Volume};

/// The btrfs volumes of a kickstart, each of one partition.
pub(super) struct Volumes(Vec<One>);

struct One {
    /// The partition, as `btrfs.01`.
    of: String,
    mount_point: String,
    label: Option<String>,
}

impl Volumes {
    /// Reads the `btrfs` lines.
    ///
    /// mkfs.btrfs makes no subvolumes without a mount (it can from version 6.12 on): what they hold is in folders of the
    /// volume in their places, which is the same to everybody but btrfs.
    pub(super) fn read(kickstart: &Kickstart, warnings: &mut Vec<String>) -> Result<Volumes, String> {
        let lines = kickstart.btrfs();
        let (subvolumes, volumes): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.subvol);
        let mut taken = Vec::new();
        let mut found = Vec::new();
        for volume in volumes {
            let line = At(volume.line);
            let [of] = &volume.of[..] else {
                return Err(format!(
                    "btrfs ({line}) is made of one partition here: name one, as `btrfs none --label=x btrfs.01` does"
                ));
            };
            if !kickstart.partitions().iter().any(|part| part.mount_point == *of) {
                return Err(format!("btrfs ({line}) needs a partition, as by `part {of} --size=400`"));
            }
            let label = volume.label.as_ref().map(|label| format!("LABEL={label}"));
            let parts: Vec<&Btrfs> = subvolumes
                .iter()
                .copied()
                .filter(|one| one.of.iter().any(|parent| *parent == *of || Some(parent) == label.as_ref()))
                .collect();
            let places = || parts.iter().filter_map(|one| Some((one.line, one.mount_point.as_deref()?)));
            let top = volume.mount_point.as_deref();
            let top = top.or_else(|| places().map(|(_, path)| path).min_by_key(|path| path.len()));
            let top =
                top.ok_or_else(|| format!("btrfs ({line}) is mounted nowhere: give it a mount point"))?;
            for (line, path) in places() {
                let line = At(line);
                let below = std::path::Path::new(path).starts_with(top);
                if !below {
                    return Err(format!(
                        "subvolume {path} ({line}) cannot be made: this machine's mkfs.btrfs makes none, and a folder in its \
                         place would have to be below {top}"
                    ));
                }
                warnings.push(format!(
                    "{line}: this machine's mkfs.btrfs makes no subvolumes; {path} is {} of the btrfs at {top}",
                    if path == top { "the top" } else { "a folder" }
                ));
            }
            taken.extend(parts.iter().map(|one| one.line));
            found.push(One { of: of.clone(), mount_point: top.to_owned(), label: volume.label.clone() });
        }
        match subvolumes.iter().find(|one| !taken.contains(&one.line)) {
            Some(lost) => Err(format!(
                "subvolume ({}) should name its volume, as LABEL=x of `btrfs none --label=x btrfs.01`",
                At(lost.line)
            )),
            None => Ok(Volumes(found)),
        }
    }

    /// Reads a `part` line.
    pub(super) fn volume(
        &self,
        part: &Partition,
        uuids: &Uuids,
        warnings: &mut Vec<String>,
    ) -> Result<Volume, String> {
        let Some(one) = self.0.iter().find(|one| one.of == part.mount_point) else {
            if part.mount_point.starts_with("btrfs.") {
                let (name, line) = (&part.mount_point, At(part.line));
                return Err(format!(
                    "partition {name} ({line}) is for nothing: add a line such as `btrfs / {name}`"
                ));
            }
            return Volume::read(part, &part.mount_point, uuids, warnings);
        };
        let part = Partition { label: one.label.clone().or(part.label.clone()), ..part.clone() };
        let volume = Volume::read(&part, &one.mount_point, uuids, warnings)?;
        match volume.file_system {
            FileSystem::Btrfs => Ok(volume),
            _ => Err(format!("{} is part of a btrfs and cannot be anything else", volume.title())),
        }
    }
}
