//! `img build`: launches the process create_image and waits for what it comes to.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use build_image::Record;
use cli::{BuildAnswer, BuildArguments, BuildWish, Show, Unusable};
use imaging::{ImageJob, JobStatus};
use participant_core::{Launch, Launcher, Stop};
use process_engine::State as ProcessState;
use serde_json::Value;
use serde_json::value::to_raw_value;
use tokio_util::sync::CancellationToken;

use super::signals::{Signals, Wish};
use super::tell_adopted;
use crate::machine::{Builders, Machine, Settled};
use crate::observe::OnTerminal;
use crate::state::State;

/// The process a site with a BOSS runs too.
const CREATE_IMAGE: &str = include_str!("../../../../examples/processes/create_image.pdef");

/// Builds an image, says what came of it, and returns the exit status.
pub(crate) async fn build(arguments: &BuildArguments, builders: Builders) -> u8 {
    let wish = match BuildWish::read(arguments) {
        Ok(wish) => wish,
        Err(Unusable::Usage(mistake)) => {
            cli::say(format_args!("img: {mistake}"));
            return 2;
        }
        Err(Unusable::Kickstart(mistake)) => {
            return BuildAnswer::refused(mistake).print(arguments.state.json, None);
        }
    };
    let built = run(arguments, &wish, builders).await;
    let answer = built.unwrap_or_else(|broken| BuildAnswer::refused(format!("{broken:#}")));
    answer.print(arguments.state.json, Some((&format!("{}.ks", wish.name), &wish.kickstart)))
}

/// Builds an image; an error means that this machine is broken, and nobody can say what became of the job.
async fn run(arguments: &BuildArguments, wish: &BuildWish, builders: Builders) -> Result<BuildAnswer> {
    let state = State::open(arguments.state.state.clone())?;
    let machine = Machine::open(&state, builders).await?;
    let show = Arc::new(Show::on_stderr());
    tell_adopted(&machine, &show);

    let launch_id = launch(&machine, wish).await?;
    let settled = work(&machine, &launch_id, &show).await?;
    let mut answer = answer(&machine, &state, wish, &launch_id).await?;
    if settled == Settled::Interrupted {
        answer.error = Some("interrupted; `img resume`, or the next `img build`, goes on with it".into());
    }
    Ok(answer)
}

/// Hands the process over; from here on it survives whatever happens to this program.
async fn launch(machine: &Machine, wish: &BuildWish) -> Result<String> {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let ev_id = format!("{}-{}", wish.name, &id[..4]);
    let fields = to_raw_value(&wish.fields(&ev_id)).context("the fields are not JSON")?;
    machine.queue.launch(&Launch::new(CREATE_IMAGE, fields).once(id.as_str())).await?;
    Ok(id)
}

/// Works until everything is settled; Ctrl-C cancels our own process, a second one, or SIGTERM, ends the program.
async fn work(machine: &Machine, launch_id: &str, show: &Arc<Show>) -> Result<Settled> {
    let mut signals = Signals::listen()?;
    let stop = CancellationToken::new();
    let mut work = std::pin::pin!(machine.work(Arc::new(OnTerminal::new(show.clone())), stop.clone()));
    let mut cancelled = false;
    loop {
        tokio::select! {
            settled = &mut work => return settled,
            wish = signals.next() => match machine.engine.process(launch_id).await? {
                Some(process) if wish == Wish::Cancel && !cancelled => {
                    cancelled = true;
                    show.say("img: cancelling; press Ctrl-C again to leave the build for `img resume`");
                    machine.running.stop_process(&process.wfid, &Stop::Person(machine.user.clone()));
                }
                _ => stop.cancel(),
            },
        }
    }
}

/// Puts together what process, job store and image folder say.
async fn answer(machine: &Machine, state: &State, wish: &BuildWish, launch_id: &str) -> Result<BuildAnswer> {
    let process = machine.engine.process(launch_id).await?;
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
    let reason = failed.or_else(|| said("/image/error")).or_else(|| said("/__error__"));
    let Some(image_id) = said("/image/image_id") else {
        return Ok(BuildAnswer::refused(reason.unwrap_or_else(|| "the process did not record a job".into())));
    };
    let job = machine.job(&image_id).await?;
    let folder = folder(state, wish, &job);
    let record = Record::find(&folder);
    let in_folder = |name: String| Some(folder.join(name)).filter(|path| path.exists());
    let url = |url: &String| Some(url.clone()).filter(|url| !url.is_empty());
    let done = job.status == JobStatus::Done;
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
        warnings: record.map(|record| record.warnings).unwrap_or_default(),
    })
}

/// Where the files of a job are on this machine.
fn folder(state: &State, wish: &BuildWish, job: &ImageJob) -> PathBuf {
    let base = wish.outdir.clone().unwrap_or_else(|| state.images());
    base.join(&job.asked.prefix).join(job.image_id.as_str())
}
