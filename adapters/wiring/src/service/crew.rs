//! The participants of a program, and how they do.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use participant_core::CancellationToken;

use crate::hosted::Post;
use crate::observe::Tally;

/// All participants of this program.
pub(crate) struct Crew {
    /// Those on a broker.
    pub(crate) posts: Vec<Post>,
    pub(crate) tally: Arc<Tally>,
    /// Fires when no more work is taken.
    pub(crate) stop: CancellationToken,
    /// The configuration has mistakes, so that the one before them is in force.
    pub(crate) outdated: AtomicBool,
}

impl Crew {
    /// Says what keeps workitems from coming.
    pub(super) fn trouble(&self) -> Option<String> {
        let troubles: BTreeSet<_> = self.posts.iter().filter_map(Post::trouble).collect(); // they share a broker
        (!troubles.is_empty()).then(|| troubles.into_iter().collect::<Vec<_>>().join("; "))
    }

    /// Tells whether it is known of each of them if it can reach the broker.
    pub(super) fn knows(&self) -> bool {
        self.posts.iter().all(Post::knows)
    }

    /// Says in a line how they do.
    pub(super) fn status(&self) -> String {
        let state = match self.trouble() {
            _ if self.stop.is_cancelled() => "ending, jobs may finish".to_owned(),
            Some(trouble) => format!("waiting for the broker: {trouble}"),
            None if self.posts.is_empty() => "ready".to_owned(),
            None => "connected".to_owned(),
        };
        let old = if self.outdated.load(Ordering::Relaxed) {
            "; the configuration has mistakes, what was read before them is in force"
        } else {
            ""
        };
        format!("{state}; {}{old}", self.tally)
    }
}
