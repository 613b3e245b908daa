//! Which torrents are published, as far as that was looked for lately.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use imaging::InfoHash;
use tokio::sync::Mutex;

use crate::{Published, Refused};

/// One that is not known is looked for anew, so often at most.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What is published.
pub(super) struct Known {
    published: Arc<dyn Published>,
    fresh: Duration,
    seen: Mutex<Seen>,
}

/// What was seen last.
#[derive(Default)]
struct Seen {
    hashes: Arc<HashSet<InfoHash>>,
    /// When it was looked for.
    at: Option<Instant>,
    /// Whether that went wrong.
    wrong: bool,
}

impl Known {
    pub(super) fn new(published: Arc<dyn Published>, fresh: Duration) -> Known {
        Known { published, fresh, seen: Mutex::default() }
    }

    /// Returns all that are published; looks anew when that is long ago, or when one of these is not among them.
    ///
    /// While nothing can be read, what was seen before counts.
    pub(super) async fn with(&self, these: &[InfoHash]) -> Result<Arc<HashSet<InfoHash>>, Refused> {
        let mut seen = self.seen.lock().await;
        let has_all = these.iter().all(|hash| seen.hashes.contains(hash));
        let enough = if has_all { self.fresh } else { self.fresh.min(LOOK_AGAIN) };
        if seen.at.is_none_or(|at| at.elapsed() >= enough) {
            let all = self.published.published().await;
            seen.wrong = all.is_err();
            if let Ok(all) = all {
                seen.hashes = Arc::new(all.into_iter().map(|torrent| torrent.info_hash).collect());
            }
            seen.at = Some(Instant::now());
        }
        if seen.wrong && seen.hashes.is_empty() {
            return Err(Refused("the repository cannot be read just now: try again later".into()));
        }
        Ok(seen.hashes.clone())
    }
}
