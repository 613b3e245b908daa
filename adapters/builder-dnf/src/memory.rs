//! Whether a build may have its files in memory; pure but for one question.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::limits::Limits;

/// How many bytes the builds of this program were promised: each takes its own only little by little.
static PROMISED: Mutex<u64> = Mutex::new(0);

/// So many bytes of memory are for the files of one build until this is dropped.
#[derive(Debug)]
pub(crate) struct Promise {
    pub(crate) bytes: u64,
    all: &'static Mutex<u64>,
}

impl Drop for Promise {
    fn drop(&mut self) {
        *self.all.lock().expect("counting does not panic") -= self.bytes;
    }
}

/// Promises memory to the files of a build that are planned to take `needed` bytes: enough for what its scripts add, and at
/// most `share` percent of what is free, not promised to another build, and what a build may have. `None` where it has to
/// stay on the disk.
pub(crate) fn room(needed: u64, share: u8, limits: &Limits) -> Option<Promise> {
    promise(&PROMISED, needed, share, available()?, limits)
}

fn promise(
    all: &'static Mutex<u64>,
    needed: u64,
    share: u8,
    available: u64,
    limits: &Limits,
) -> Option<Promise> {
    let mut promised = all.lock().expect("counting does not panic");
    let unpromised = available.saturating_sub(*promised).min(limits.most.memory.unwrap_or(u64::MAX));
    // Whoever takes more than may be on the disk meets that limit there, where it is watched.
    let bytes = fits(needed, share, unpromised)?.min(limits.disk.unwrap_or(u64::MAX));
    *promised += bytes;
    Some(Promise { bytes, all })
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
    fn what_one_build_was_promised_no_other_gets() {
        const GIB: u64 = 1 << 30;
        static ALL: Mutex<u64> = Mutex::new(0);
        let ask = || promise(&ALL, GIB, 50, 4 * GIB, &Limits::default());

        let first = ask().unwrap();

        assert_eq!(first.bytes, GIB * 7 / 4);
        assert!(ask().is_none(), "half of the other 2.25 GiB is too little");
        drop(first);
        assert!(ask().is_some());
    }

    #[test]
    fn what_is_available_is_read_from_the_kernel() {
        assert_eq!(of_machine("MemTotal: 9 kB\nMemAvailable:   2048 kB\n"), Some(2 << 20));
        assert!(available().is_some());
    }
}
