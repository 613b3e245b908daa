//! Tells how much of a step is done while a program does it that does not say so itself.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use super::Workshop;

/// How often one looks.
const OFTEN: Duration = Duration::from_millis(250);

impl Workshop<'_> {
    /// Tells of a step how many of its bytes are done, until the work is.
    pub(crate) async fn counted<T>(
        &self,
        step: &str,
        of: u64,
        done: impl Fn() -> u64,
        work: impl Future<Output = T>,
    ) -> T {
        let tell = async {
            loop {
                self.step(step, Some((done().min(of), of)));
                tokio::time::sleep(OFTEN).await;
            }
        };
        tokio::select! {
            biased;
            () = tell => unreachable!("it tells for ever"),
            worked = work => worked,
        }
    }

    /// Returns how many bytes of the disk, or of memory, a file of the work folder takes; holes take none.
    pub(crate) fn taken(&self, file: &Path) -> u64 {
        self.on_host(file).symlink_metadata().map_or(0, |about| about.blocks() * 512)
    }
}
