//! Whether a build may have its files in memory; pure but for one question.

use std::fs;
use std::path::{Path, PathBuf};

use crate::limits::Limits;

/// Returns how many bytes of memory the files of a build may take that are planned to take `needed`: enough for what its
/// scripts add, and at most `share` percent of what is free and of what a build may have. `None` where it has to stay on
/// the disk.
pub(crate) fn room(needed: u64, share: u8, limits: &Limits) -> Option<u64> {
    let available = available()?.min(limits.most.memory.unwrap_or(u64::MAX));
    // Whoever takes more than may be on the disk meets that limit there, where it is watched.
    fits(needed, share, available).map(|room| room.min(limits.disk.unwrap_or(u64::MAX)))
}

fn fits(needed: u64, share: u8, available: u64) -> Option<u64> {
    let wanted = needed + needed / 2 + (256 << 20);
    (wanted <= available / 100 * u64::from(share)).then_some(wanted)
}

/// Returns how many bytes can be had without anybody being hurt: of the machine, and of each control group we are in.
fn available() -> Option<u64> {
    let machine = of_machine(&fs::read_to_string("/proc/meminfo").ok()?)?;
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = groups.lines().filter_map(|line| line.strip_prefix("0::/")).flat_map(|group| {
        let group = Path::new("/sys/fs/cgroup").join(group);
        group
            .ancestors()
            .take_while(|above| above.starts_with("/sys/fs/cgroup"))
            .map(of_group)
            .collect::<Vec<_>>()
    });
    Some(limits.flatten().fold(machine, u64::min))
}

fn of_machine(meminfo: &str) -> Option<u64> {
    let kib = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(kib.trim().trim_end_matches(" kB").parse::<u64>().ok()? << 10)
}

fn of_group(group: &Path) -> Option<u64> {
    let number = |file: PathBuf| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
    let most = number(group.join("memory.max"))?; // "max" is no number
    Some(most.saturating_sub(number(group.join("memory.current")).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_gets_half_as_much_again_within_its_share() {
        const GIB: u64 = 1 << 30;
        for (needed, share, available, room) in [
            (GIB, 50, 8 * GIB, Some(GIB * 7 / 4)),
            (GIB, 50, 3 * GIB, None),
            (GIB, 100, 2 * GIB, Some(GIB * 7 / 4)),
            (0, 0, 100 * GIB, None),
        ] {
            assert_eq!(fits(needed, share, available), room, "{needed} {share} {available}");
        }
    }

    #[test]
    fn what_is_available_is_read_from_the_kernel() {
        assert_eq!(of_machine("MemTotal: 9 kB\nMemAvailable:   2048 kB\n"), Some(2 << 20));
        assert!(available().is_some());
    }
}
