//! What is counted: jobs, and connections.

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

impl Ended {
    fn word(self) -> &'static str {
        match self {
            Ended::Done => "done",
            Ended::Refused => "refused",
            Ended::Failed => "failed",
        }
    }
}

impl Jobs {
    /// Shows a queue from the start, before its first job: what is not there cannot be seen to rise.
    pub fn known(self, queue: &str) {
        gauge!("img_jobs_running", "queue" => queue.to_owned()).set(0);
        for how in [Ended::Done, Ended::Refused, Ended::Failed] {
            counter!("img_jobs_total", "queue" => queue.to_owned(), "result" => how.word()).absolute(0);
        }
    }

    /// A job begins on this queue.
    pub fn started(self, queue: &str) {
        gauge!("img_jobs_running", "queue" => queue.to_owned()).increment(1);
    }

    /// A job ended after so long.
    pub fn ended(self, queue: &str, how: Ended, took: Duration) {
        let queue = queue.to_owned();
        gauge!("img_jobs_running", "queue" => queue.clone()).decrement(1);
        counter!("img_jobs_total", "queue" => queue.clone(), "result" => how.word()).increment(1);
        histogram!("img_job_seconds", "queue" => queue).record(took.as_secs_f64());
    }
}

/// Notes whether the broker of a queue can be reached.
#[derive(Clone, Copy, Debug, Default)]
pub struct Connections;

impl Connections {
    /// It is so now.
    pub fn are(self, queue: &str, up: bool) {
        gauge!("img_broker_up", "queue" => queue.to_owned()).set(if up { 1 } else { 0 });
        counter!("img_broker_outages_total", "queue" => queue.to_owned()).increment(0);
    }

    /// It was up, and broke.
    pub fn broke(self, queue: &str) {
        counter!("img_broker_outages_total", "queue" => queue.to_owned()).increment(1);
    }
}

/// Says what the numbers mean.
pub(crate) fn describe() {
    describe_gauge!("img_jobs_running", Unit::Count, "Jobs that run now");
    describe_counter!("img_jobs_total", Unit::Count, "Jobs that ended, by their result");
    describe_gauge!("img_broker_up", Unit::Count, "Whether RabbitMQ is connected");
    describe_counter!("img_broker_outages_total", Unit::Count, "How often RabbitMQ went away");
    describe_histogram!("img_job_seconds", Unit::Seconds, "How long jobs took");
}
