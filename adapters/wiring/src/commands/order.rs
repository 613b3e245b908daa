//! One image that was asked for: its process, and what came of it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use build_image::Record;
use cli::{BuildAnswer, BuildWish, StepTime, Unusable, WishArguments};
use imaging::{ImageId, JobStatus, JobStore, TestResult};
use job_store_sql::SqlJobStore;
use local_queue::LocalQueue;
use participant_core::{Launch, Launcher};
use process_engine::{Definition, Engine, State as ProcessState};
use serde_json::Value;
use serde_json::value::to_raw_value;

use crate::participants::Kind;

/// The process a site with a BOSS runs too.
pub(super) const CREATE_IMAGE: &str = include_str!("../../../../examples/processes/create_image.pdef");

/// Reads what is wanted; when that is nothing to be built, says so and returns the exit status.
pub(super) fn read(
    kickstart: &Path,
    arguments: &WishArguments,
    outdir: Option<&Path>,
    json: bool,
) -> Result<BuildWish, u8> {
    match BuildWish::read(kickstart, arguments, outdir) {
        Ok(wish) => match wish.process.as_deref().map_or(Ok(()), runs_here) {
            Ok(()) => Ok(wish),
            Err(mistake) => {
                cli::say(format_args!("img: --process: {mistake}"));
                Err(2)
            }
        },
        Err(Unusable::Usage(mistake)) => {
            cli::say(format_args!("img: {mistake}"));
            Err(2)
        }
        Err(Unusable::Kickstart(mistake)) => Err(BuildAnswer::refused(mistake).print(json, None)),
    }
}

/// Refuses a process that would wait for ever, or never begin.
fn runs_here(definition: &str) -> Result<(), String> {
    let definition = Definition::parse(definition).map_err(|wrong| wrong.to_string())?;
    let here: Vec<_> = Kind::ALL.into_iter().map(Kind::name).collect();
    match definition.participants().iter().find(|name| !here.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(format!("no participant `{name}` is here; there are {}", here.join(", "))),
    }
}

/// Says what came of it and returns the exit status; an error means that this machine is broken.
pub(super) fn print(answer: Result<BuildAnswer>, wish: &BuildWish, json: bool) -> u8 {
    let answer = answer.unwrap_or_else(|broken| BuildAnswer::refused(format!("{broken:#}")));
    if wish.timings && !json {
        answer.print_timings();
    }
    answer.print(json, Some((&format!("{}.ks", wish.name), &wish.kickstart)))
}

/// Hands the process over; from here on it survives whatever happens to this program.
pub(super) async fn launch(queue: &LocalQueue, wish: &BuildWish) -> Result<String> {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let ev_id = format!("{}-{}", wish.name, &id[..4]);
    let fields = to_raw_value(&wish.fields(&ev_id)).context("the fields are not JSON")?;
    let definition = wish.process.as_deref().unwrap_or(CREATE_IMAGE);
    queue.launch(&Launch::new(definition, fields).once(id.as_str())).await?;
    Ok(id)
}

/// Puts together what process, job store and the folder of all images say; `waits` is the id of a job whose process has
/// not ended.
pub(super) async fn answer(
    engine: &Engine,
    store: &SqlJobStore,
    images: &Path,
    launch_id: &str,
    waits: Option<String>,
) -> Result<BuildAnswer> {
    let process = engine.process(launch_id).await?;
    let (fields, failed) = match process.map(|process| process.state) {
        Some(ProcessState::Ended { fields }) => (serde_json::from_str(&fields).unwrap_or(Value::Null), None),
        Some(ProcessState::Failed { error, fields }) => {
            (serde_json::from_str(&fields).unwrap_or(Value::Null), Some(error))
        }
        Some(ProcessState::Running) | None => (Value::Null, None),
    };
    let said = |path: &str| {
        fields.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
    };
    let is_refused = failed.is_some() || fields.get("__result__") == Some(&Value::Bool(false));
    let reason = failed.or_else(|| said("/image/error")).or_else(|| said("/__error__"));
    let Some(image_id) = said("/image/image_id").or(waits) else {
        return Ok(BuildAnswer::refused(reason.unwrap_or_else(|| "the process did not record a job".into())));
    };
    let Some(job) = store.job(&ImageId::reduce(&image_id)?).await? else {
        bail!("there is no job {image_id}");
    };
    let folder = images.join(&job.asked.prefix).join(job.image_id.as_str());
    let record = Record::find(&folder);
    let in_folder = |name: String| Some(folder.join(name)).filter(|path| path.exists());
    let url = |url: &String| Some(url.clone()).filter(|url| !url.is_empty());
    let failed_its_test = job.status == JobStatus::Tested && job.test_result != Some(TestResult::Pass);
    // what comes after the image may be refused, too
    let done = job.status.has_image() && !failed_its_test && !is_refused;
    // the last line is about the last step
    let last = || fields.pointer("/msg")?.as_array()?.last()?.as_str().map(ToOwned::to_owned);
    let reason = if failed_its_test { last() } else { reason };
    let steps = record.as_ref().map(|record| record.steps.as_slice()).unwrap_or_default();
    let steps = steps.iter().map(|time| StepTime { step: time.step.clone(), ms: time.ms }).collect();
    Ok(BuildAnswer {
        image_id: Some(image_id),
        result: done,
        status: job.status.to_string(),
        image_file: record
            .as_ref()
            .and_then(|record| record.image_file.as_ref())
            .map(|file| folder.join(file)),
        files_url: url(&job.files_url),
        image_url: url(&job.image_url),
        logfile_url: url(&job.logfile_url),
        error: Some(job.error.clone()).filter(|error| !error.is_empty()).or(reason).filter(|_| !done),
        log_file: in_folder(format!("{}.log", job.asked.name)),
        record_file: in_folder(Record::FILE.into()),
        steps,
        warnings: record.map(|record| record.warnings).unwrap_or_default(),
    })
}
