//! What is counted of jobs.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

/// Counts the jobs of this program; it counts for nobody until a [`Monitor`](crate::Monitor) was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jobs;

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The work is done.
    Done,
    /// It could not be done, and the process knows.
    Refused,
    /// Nobody could act on the workitem.
    Failed,
}

impl Jobs {
    /// A job begins on this queue.
    pub fn started(self, queue: &str) {
        gauge!("img_jobs_running", "queue" => queue.to_owned()).increment(1);
    }

    /// A job ended after so long.
    pub fn ended(self, queue: &str, how: Ended, took: Duration) {
        let word = match how {
            Ended::Done => "done",
            Ended::Refused => "refused",
            Ended::Failed => "failed",
        };
        let queue = queue.to_owned();
        gauge!("img_jobs_running", "queue" => queue.clone()).decrement(1);
        counter!("img_jobs_total", "queue" => queue.clone(), "result" => word).increment(1);
        histogram!("img_job_seconds", "queue" => queue).record(took.as_secs_f64());
    }
}

/// Says what the numbers mean.
pub(crate) fn describe() {
    describe_gauge!("img_jobs_running", Unit::Count, "Jobs that run now");
    describe_counter!("img_jobs_total", Unit::Count, "Jobs that ended, by their result");
    describe_histogram!("img_job_seconds", Unit::Seconds, "How long jobs took");
}
