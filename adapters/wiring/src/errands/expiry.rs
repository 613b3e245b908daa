//! Jobs that are old.
//!
//! A site may say how long jobs are kept. What is over for longer is deleted with its files, as a person would delete it:
//! what is pinned stays, and so does what is under way.

use imaging::{Changed, JobLine, StoreError, Tag};

use super::Errands;

/// Who does it, for the audit log.
const WHO: &str = "img, because it is old";
/// How many jobs are looked at together.
const AT_ONCE: u32 = 500;

impl Errands {
    /// Deletes up to `most` jobs that are over since before `before_ms`, the oldest first; returns how many.
    ///
    /// It goes up the numbers of jobs, and ends where they begin to be younger than that.
    pub async fn expire(&self, before_ms: i64, now_ms: i64, most: usize) -> Result<usize, StoreError> {
        let (mut gone, mut after) = (0, None);
        loop {
            let page = self.search.oldest(after, AT_ONCE).await?;
            for job in page.jobs.iter().filter(|job| is_old(job, before_ms)) {
                if gone == most {
                    return Ok(gone);
                }
                // it may have been pinned, or deleted, a moment ago
                if self.care.delete(&job.image_id, WHO, now_ms).await? == Changed::Done {
                    tracing::info!("deleted the job {} of {}, which was old", job.image_id, job.user);
                    gone += 1;
                }
            }
            let all_younger = page.jobs.iter().all(|job| job.created_ms >= before_ms);
            after = page.next;
            if all_younger || after.is_none() {
                return Ok(gone);
            }
        }
    }
}

fn is_old(job: &JobLine, before_ms: i64) -> bool {
    job.status.is_final()
        && !job.status.is_underway()
        && !job.tags.iter().any(Tag::is_pinned)
        && job.done_ms.unwrap_or(job.heard_ms) < before_ms
        && job.heard_ms < before_ms
}
