//! Has an image made from the kickstart of a workitem.
//!
//! The image appears as a whole or not at all: it is made in a folder `ID.partial-OWNER` and renamed to `ID`. A
//! record in that folder remembers which attempt made it, so that the same attempt, delivered again, is answered
//! again without a second build.

mod answer;
mod fields;
mod folders;
mod progress;
mod record;
mod stopwatch;
mod workspace;

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt;
use imaging::{Build, BuildRequest, BuilderError, ImageBuilder, Step, now_ms};
use job_news::{JobWatch, status};
use participant_core::{Failure, Job, Outcome, Participant, Stop, Workitem, async_trait, with_causes};

use crate::fields::Fields;
pub use crate::folders::Folders;
use crate::folders::Place;
pub use crate::record::Record;
pub use crate::stopwatch::StepTime;
use crate::workspace::Workspace;

/// The participant `build_image`.
pub struct BuildImage {
    /// What makes the image.
    pub builder: Box<dyn ImageBuilder>,
    /// Where images go.
    pub folders: Folders,
    /// A name no other running program has; working folders are called after it.
    pub owner: String,
    /// How `fs` images are packed when the workitem does not say: a file name such as `@NAME@.tar.gz`, or its ending.
    pub fs_pack: Option<String>,
    /// Options for every build, after those of the workitem.
    pub options: Vec<String>,
    /// A program that is run when an image is made, before it is published.
    pub post_creation: Option<PathBuf>,
}

#[async_trait]
impl Participant for BuildImage {
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure> {
        let asked = Fields::read(item).and_then(|fields| Ok((self.folders.place(&fields)?, fields)));
        let (place, fields) = match asked {
            Ok(asked) => asked,
            Err(reason) => {
                let refusal = answer::refusal(item, &reason);
                if Fields::image_id(item).is_some() {
                    status::push(item, job, "ERROR", &refusal).await;
                }
                return Ok(refusal);
            }
        };
        let record =
            match Record::find(&place.folder).filter(|record| record.attempt == item.attempt().to_string()) {
                Some(record) => record,
                None => match self.make(&fields, &place, item, job).await {
                    Ok(Some(record)) => record,
                    Ok(None) => return Ok(Outcome::refuse().because(Stop::Shutdown.to_string())), // handed back
                    Err(reason) => Record::failed(&fields, item, reason),
                },
            };
        status::push(item, job, record.status(), &answer::edits(item, &record, &place)).await;
        Ok(answer::outcome(item, &record, &place))
    }
}

impl BuildImage {
    /// Makes the image and publishes its folder; `None` when the program ends meanwhile.
    async fn make(
        &self,
        fields: &Fields,
        place: &Place,
        item: &Workitem,
        job: &Job,
    ) -> Result<Option<Record>, String> {
        let workspace =
            Workspace::enter(place, &self.owner, &*self.builder).await.map_err(|e| with_causes(&e))?;
        let log = workspace.folder().join(format!("{}.log", fields.name));
        workspace.log(&log).map_err(|error| format!("cannot write the log: {error}"))?;
        let began = now_ms();
        status::push(item, job, "BUILDING", &answer::building(item, place, &log)).await;
        let request = BuildRequest {
            image_id: fields.image_id.clone(),
            name: fields.name.clone(),
            image_type: fields.image_type,
            arch: fields.arch,
            kickstart: fields.kickstart.clone(),
            added_lines: fields.added_lines.clone(),
            tokens: fields.tokens.clone(),
            extra_opts: fields.options(self.fs_pack.as_deref(), &self.options),
            post_creation: self.post_creation.clone(),
            folder: workspace.folder().to_owned(),
            log,
        };
        let progress = Arc::new(workspace.progress());
        let hear = {
            let progress = progress.clone();
            move |step: &Step| progress.hear(step)
        };
        let build = JobWatch::around(job, hear, |watch| async move {
            let build = AssertUnwindSafe(self.builder.build(&request, &watch)).catch_unwind().await;
            build.unwrap_or_else(|_| {
                Err(BuilderError::new("build the image", "the builder panicked: a bug of ours"))
            })
        })
        .await;
        let mut record = Record::failed(fields, item, String::new());
        record.began_ms = began;
        record.ended_ms = now_ms();
        record.steps = progress.end();
        match (build, job.stop()) {
            (_, Some(Stop::Shutdown)) => {
                workspace.discard(&*self.builder).await.map_err(|e| with_causes(&e))?;
                return Ok(None);
            }
            (Ok(Build::Made(made)), _) => record.made(made),
            (Ok(Build::Failed { reason }), _) => record.error = Some(reason),
            (Ok(Build::Stopped), stop) => {
                record.error =
                    Some(stop.map_or_else(|| "the build was stopped".into(), |stop| stop.to_string()));
            }
            (Err(broken), _) => record.error = Some(with_causes(&broken)),
        }
        Ok(Some(workspace.publish(record, &*self.builder).await.map_err(|e| with_causes(&e))?))
    }
}

impl std::fmt::Debug for BuildImage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("BuildImage").field("folders", &self.folders).finish_non_exhaustive()
    }
}
