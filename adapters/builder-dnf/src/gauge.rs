//! Watches what a build takes while it runs, and says when that is too much.
//!
//! How much is free on a disk costs nothing to ask, so it is asked often. What the folder of the build has takes longer
//! to count, so that is done when the disk has lost as much as the build may still take, and now and then; never for
//! more than a fiftieth of the time.

use std::time::{Duration, Instant};

use child::{Met, Pen};

use crate::halt::Halt;
use crate::limits::Limits;
use crate::room::{self, human};
use crate::workshop::Workshop;

/// How often the disk is asked, and the memory: a script may fill that quickly, go on, and remove what it wrote.
const OFTEN: Duration = Duration::from_millis(50);
/// How often the folder is counted at least.
const SELDOM: Duration = Duration::from_secs(30);
/// Counting may take this part of the time.
const SHARE: u32 = 50;

/// Waits until the build takes more than it may; returns what ends it.
pub(crate) async fn watch(shop: &Workshop<'_>, limits: &Limits, pen: Option<&Pen>) -> Halt {
    let too_much = async { Halt::Failed(of_the_machine(shop, limits, pen).await) };
    tokio::select! {
        crowded = of_its_memory(shop) => crowded,
        too_much = too_much => too_much,
    }
}

/// Waits until the memory the build has its files in is full: whoever writes then may not say so.
async fn of_its_memory(shop: &Workshop<'_>) -> Halt {
    while !shop.is_crowded() {
        tokio::time::sleep(OFTEN).await;
    }
    shop.full(None)
}

/// Waits until the build takes more of the machine than it may; returns the sentence that says so.
async fn of_the_machine(shop: &Workshop<'_>, limits: &Limits, pen: Option<&Pen>) -> String {
    let folder = shop.on_host(&shop.work);
    let mut gauge = Gauge::new(limits.disk, room::free(&folder).unwrap_or(u64::MAX), Instant::now());
    loop {
        tokio::time::sleep(OFTEN).await;
        if pen.and_then(Pen::met) == Some(Met::Memory) {
            return limits.too_little_memory();
        }
        let Some(free) = room::free(&folder) else { continue };
        if free < limits.keep_free {
            return format!(
                "the build was ended when the disk had no more than {} free in {}, where [worker] keep_free is {}: free \
                 some room, or set [worker] disk_limit so that one build cannot take all of it",
                human(free),
                shop.request.folder.display(),
                human(limits.keep_free)
            );
        }
        let begun = Instant::now();
        if !gauge.is_due(free, begun) {
            continue;
        }
        let Some(taken) = count(shop).await else { continue };
        let free = room::free(&folder).unwrap_or(free);
        if let Some(limit) = gauge.counted(taken, free, begun, Instant::now()) {
            return format!(
                "the build took {} of the disk, and may take {}; raise [worker] disk_limit, or have it write less",
                human(taken),
                human(limit)
            );
        }
    }
}

/// Counts the bytes of the work folder, as its root: others may not look into all of it.
async fn count(shop: &Workshop<'_>) -> Option<u64> {
    let task = shop.task(["du", "-s", "--block-size=1", "--", crate::workshop::WORK]);
    let text = shop.aside(task).await?;
    text.split_whitespace().next()?.parse().ok()
}

/// When to count; pure.
struct Gauge {
    limit: Option<u64>,
    taken: u64,
    free_then: u64,
    earliest: Instant,
    latest: Instant,
}

impl Gauge {
    fn new(limit: Option<u64>, free: u64, now: Instant) -> Gauge {
        Gauge { limit, taken: 0, free_then: free, earliest: now, latest: now + SELDOM }
    }

    /// Tells whether the build may have taken too much by now.
    fn is_due(&self, free: u64, now: Instant) -> bool {
        let Some(limit) = self.limit else { return false };
        let lost = self.free_then.saturating_sub(free);
        let likely = self.taken.saturating_add(lost) > limit;
        now >= self.latest || likely && now >= self.earliest
    }

    /// Takes what was counted from `begun` to `now`; returns the limit when it is more.
    fn counted(&mut self, taken: u64, free: u64, begun: Instant, now: Instant) -> Option<u64> {
        let pause = (now - begun) * SHARE;
        self.taken = taken;
        self.free_then = free;
        self.earliest = now + pause;
        self.latest = now + pause.max(SELDOM);
        self.limit.filter(|limit| taken > *limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: u64 = 1_000_000_000;

    #[test]
    fn a_folder_is_counted_when_the_disk_lost_as_much_as_a_build_may_take_and_not_too_often() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut gauge = Gauge::new(Some(2 * GB), 10 * GB, start);

        assert!(!gauge.is_due(9 * GB, after(1)), "1 GB is fine");
        assert!(gauge.is_due(7 * GB, after(1)), "3 GB may be ours");
        assert!(gauge.is_due(10 * GB, after(30)), "others may have removed as much");
        // others wrote: counting took a second, so nobody counts for 50
        assert_eq!(gauge.counted(GB, 7 * GB, after(1), after(2)), None);
        assert!(!gauge.is_due(GB, after(51)));
        assert!(gauge.is_due(5 * GB, after(52)), "another 2 GB");
        assert!(!gauge.is_due(6 * GB + GB / 2, after(51)));
        assert_eq!(gauge.counted(3 * GB, 5 * GB, after(52), after(53)), Some(2 * GB));
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let start = Instant::now();
        let gauge = Gauge::new(None, GB, start);
        assert!(!gauge.is_due(0, start + Duration::from_secs(1000)));
    }
}
