//! Which errands follow from what happens to a job; every job store notes these.

use crate::{Errand, ImageJob, JobStatus, PostProcess, Unchangeable};

/// Returns the errand of building a job, with its key.
pub fn build(job: &ImageJob) -> (String, Errand) {
    (format!("build {}", job.image_id), Errand::Build)
}

/// Returns the errands of the post-processes that follow the state a job has now come to: once for each try.
pub fn after(job: &ImageJob, processes: &[PostProcess]) -> Vec<(String, Errand)> {
    let following =
        processes.iter().filter(|process| process.follows(&job.asked.post_processes, &job.status));
    following
        .map(|process| {
            (post_process_key(job, &process.name, &job.status), Errand::PostProcess(process.name.clone()))
        })
        .collect()
}

fn post_process_key(job: &ImageJob, name: &str, status: &JobStatus) -> String {
    let attempt = &job.attempt;
    format!("{name} of {} at {status} of {} {}", job.image_id, attempt.began, attempt.process)
}

/// Returns the errand of removing the files of a job that is deleted.
pub fn remove_files(job: &ImageJob) -> (String, Errand) {
    // a job of the same id may be recorded and deleted again
    let key = format!("remove {} of {}", job.image_id, job.created_ms);
    (key, Errand::RemoveFiles { prefix: job.asked.prefix.clone() })
}

/// Says why a job may not be deleted, if it may not.
pub fn undeletable(job: &ImageJob) -> Option<Unchangeable> {
    if job.is_pinned() {
        Some(Unchangeable::Pinned)
    } else if job.status.is_underway() {
        Some(Unchangeable::Is(job.status.clone()))
    } else {
        None
    }
}
