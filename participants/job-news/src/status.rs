//! Telling the job store, by a small process of its own, how far the job has come.

use std::time::Duration;

use participant_core::{Job, Launch, Outcome, Workitem};
use tracing::error;

/// Launches a process that sets the status; after a failed launch it tries again until the job has to stop.
///
/// The workitem of the process has all our fields, as the original's had.
pub async fn push(item: &Workitem, job: &Job, status: &str, edits: &Outcome) {
    let definition = format!(
        "Ruote.process_definition 'push_image_status' do\n  update_image_status :status => '{status}'\nend\n"
    );
    let launch =
        Launch::new(definition, item.fields_after(edits)).once(format!("{status} of {}", item.attempt()));
    let mut pause = Duration::from_millis(100);
    while let Err(trouble) = job.launch(&launch).await {
        error!("{trouble}: {}; the status {status} is sent again", trouble.0);
        tokio::select! {
            _ = job.stopped() => return, // the attempt comes again, and with it its status
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(10)),
        }
    }
}
