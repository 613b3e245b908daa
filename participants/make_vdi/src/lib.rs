//! Turns the raw disk of an image into one of a virtual machine.
//!
//! The job is `DONE, making VDI` meanwhile and `DONE, Converted to VDI` when there is a new disk; when there is none, the
//! image is as it was, and the job is `DONE`.

mod fields;

use imaging::{BaseUrl, Converted, DiskConverter, JobStatus};
use job_news::{JobWatch, status};
use participant_core::{Failure, Job, Outcome, Participant, Stop, Workitem, async_trait, with_causes};

use crate::fields::Wish;

/// The participant `make_vdi`.
pub struct MakeVdi {
    /// What converts disks.
    pub converter: Box<dyn DiskConverter>,
    /// How others reach the folder of all images.
    pub base_url: BaseUrl,
}

#[async_trait]
impl Participant for MakeVdi {
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure> {
        let conversion = match Wish::read(item, &self.base_url) {
            Ok(Wish::Nothing) => return Ok(Outcome::done()),
            Ok(Wish::Convert(conversion)) => conversion,
            Err(reason) => return Ok(Outcome::refuse().because(reason)),
        };
        push(item, job, &JobStatus::MakingVdi, &Outcome::done()).await;
        let converted = JobWatch::around(
            job,
            |_| {},
            |watch| async move { self.converter.convert(&conversion, &watch).await },
        );
        let reason = match (converted.await, job.stop()) {
            (Ok(Converted::Made(file)), _) => {
                let url = self.base_url.url(&file);
                let edits = Outcome::done().set("image.image_url", url.as_str());
                push(item, job, &JobStatus::ConvertedToVdi, &edits).await;
                // the raw disk is gone: who comes next is not to look for it
                let outcome = Outcome::done().remove("image.image_type").remove("image.image_url");
                return Ok(outcome.set("vboxmanage.image_url", url).message("Image converted"));
            }
            (_, Some(Stop::Shutdown)) => {
                return Ok(Outcome::refuse().because(Stop::Shutdown.to_string())); // handed back
            }
            (Ok(Converted::Stopped), stop) => {
                stop.map_or_else(|| "the conversion was stopped".to_owned(), |stop| stop.to_string())
            }
            (Ok(Converted::Failed(reason)), _) => reason,
            (Err(broken), _) => with_causes(&broken),
        };
        push(item, job, &JobStatus::Done, &Outcome::done()).await;
        Ok(Outcome::refuse().because(format!("the image is not converted: {reason}")))
    }
}

/// Says what the job is by now, where the workitem says which job that is.
async fn push(item: &Workitem, job: &Job, status: &JobStatus, edits: &Outcome) {
    if item.text("image.image_id").is_some_and(|id| !id.is_empty()) {
        status::push(item, job, status.as_str(), &edits.clone().set("priority", "high")).await;
    }
}

impl std::fmt::Debug for MakeVdi {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("MakeVdi").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
