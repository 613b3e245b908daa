//! What goes back into the workitem.

use std::path::Path;

use imaging::JobAttempt;
use participant_core::{Outcome, Workitem};
use serde_json::{Value, json};

use crate::fields::Form;
use crate::folders::Place;
use crate::record::Record;

/// Answers that the fields are not such that an image could be made.
pub(crate) fn refusal(item: &Workitem, reason: &str) -> Outcome {
    let outcome = attempt(item, moved(item, Outcome::refuse()));
    let outcome = outcome.because(reason).set("image.result", false).set("image.error", reason);
    match Form::of(item) {
        Form::First => outcome.set("Status", "ERROR").set("Error", reason),
        Form::Image | Form::Flat => outcome,
    }
}

/// Answers with what came of the build.
pub(crate) fn outcome(item: &Workitem, record: &Record, place: &Place) -> Outcome {
    let outcome = match &record.error {
        None => Outcome::done().message("Image built"),
        Some(reason) => Outcome::refuse().because(reason),
    };
    let outcome = record.warnings.iter().fold(outcome, Outcome::message);
    let outcome = filled(item, outcome, record, place);
    match Form::of(item) {
        Form::First => in_first_form(outcome, record, place),
        Form::Image | Form::Flat => outcome,
    }
}

/// Returns the fields of the process that says what became of the job.
pub(crate) fn edits(item: &Workitem, record: &Record, place: &Place) -> Outcome {
    let outcome = match &record.error {
        None => Outcome::done(),
        Some(reason) => Outcome::refuse().set("__error__", reason.as_str()),
    };
    filled(item, outcome.set("priority", "high"), record, place)
}

/// Returns the fields of the process that says that the build has begun.
pub(crate) fn building(item: &Workitem, place: &Place, log: &Path) -> Outcome {
    attempt(item, moved(item, Outcome::done()))
        .set("priority", "high")
        .set("image.result", "BUILDING")
        .set("image.logfile_url", place.url(log))
}

fn filled(item: &Workitem, outcome: Outcome, record: &Record, place: &Place) -> Outcome {
    let outcome = attempt(item, moved(item, outcome))
        .set("image.result", record.error.is_none())
        .set("image.files_url", format!("{}/", place.url(&place.folder)))
        .set("image.logfile_url", place.url(&log(record, place)))
        .set("image.image_url", image_url(record, place));
    match &record.error {
        None => outcome.remove("image.error"),
        Some(reason) => outcome.set("image.error", reason.as_str()),
    }
}

/// Copies an old flat form into `image`, where everybody else looks.
fn moved(item: &Workitem, outcome: Outcome) -> Outcome {
    match Form::of(item) {
        Form::Image => outcome,
        form => form.moves().fold(outcome, |outcome, (from, to)| outcome.copy(&from, &to)),
    }
}

/// Notes which try this is, so that late news of an older one change nothing.
fn attempt(item: &Workitem, outcome: Outcome) -> Outcome {
    let own = item.attempt();
    let attempt = JobAttempt { began: own.dispatched_at, process: own.fei.wfid };
    outcome.set("image.attempt", json!({ "began": attempt.began, "process": attempt.process }))
}

fn in_first_form(outcome: Outcome, record: &Record, place: &Place) -> Outcome {
    let outcome = outcome
        .set("Status", record.status())
        .set("URL", format!("{}/", place.url(&place.folder)))
        .set("Log", place.url(&log(record, place)));
    match &record.error {
        None => outcome.set("Image", image_url(record, place)),
        Some(reason) => outcome.set("Error", reason.as_str()),
    }
}

fn log(record: &Record, place: &Place) -> std::path::PathBuf {
    place.folder.join(format!("{}.log", record.name))
}

fn image_url(record: &Record, place: &Place) -> Value {
    match &record.image_file {
        Some(file) => place.url(&place.folder.join(file)).into(),
        None => "".into(),
    }
}
