//! Notes how far an image job has come.
//!
//! `image.image_id` names the job, the param `status` says what it has become. News that come late, after the job
//! has gone on, change nothing.

use imaging::{ImageId, JobAttempt, JobStatus, JobStore, NotAWord, Push, Pushed, TestResult, now_ms};
use participant_core::{Failure, Job, Outcome, Participant, Workitem, async_trait};
use serde_json::Value;

/// The participant `update_image_status`.
pub struct UpdateImageStatus {
    /// Where the job is on record.
    pub store: Box<dyn JobStore>,
}

#[async_trait]
impl Participant for UpdateImageStatus {
    async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        let (image_id, push) = match read(item) {
            Ok(news) => news,
            Err(reason) => return Ok(Outcome::refuse().because(reason)),
        };
        let pushed = self.store.push(&image_id, &push, now_ms()).await;
        match pushed
            .map_err(|error| Failure::outside(format!("note that {image_id} is {}", push.status), error))?
        {
            Pushed::Taken => Ok(Outcome::done()),
            Pushed::Old => Ok(Outcome::done()), // late news are no mistake of the process
            Pushed::NoJob => Ok(Outcome::refuse().message(format!("No {image_id} job found"))),
        }
    }
}

/// Reads which job has become what, or says in a sentence why that cannot be told.
fn read(item: &Workitem) -> Result<(ImageId, Push), String> {
    let [image_id] = item.mandatory(["image.image_id"])?;
    let image_id = ImageId::reduce(&image_id).map_err(|error| error.to_string())?;
    let status = match item.param("status") {
        Some(Value::String(status)) => status.parse::<JobStatus>().map_err(|error| error.to_string())?,
        _ => return Err("the step has no param `status`, as :status => 'BUILDING'".into()),
    };
    let mut push = Push::new(status.clone(), attempt(item));
    push.who = item.attempt().fei.wfid;
    let url = |path| item.text(path).filter(|url| !url.is_empty());
    match status {
        JobStatus::InQueue => {}
        JobStatus::Building => push.logfile_url = url("image.logfile_url"),
        JobStatus::Error => {
            (push.files_url, push.logfile_url) = (url("image.files_url"), url("image.logfile_url"));
            push.error = Some(why(item));
        }
        JobStatus::Done | JobStatus::ConvertedToVdi | JobStatus::After(_) => {
            (push.files_url, push.logfile_url) = (url("image.files_url"), url("image.logfile_url"));
            push.image_url = url("image.image_url");
        }
        // the image is where it was, or about to be somewhere else
        JobStatus::Testing | JobStatus::MakingVdi => {}
        JobStatus::Tested => {
            push.test_result = test_result(item)?;
            push.test_results_url = url("image.test_results_url");
        }
    }
    Ok((image_id, push))
}

/// How the test ended: PASS, FAIL, or whether it passed.
fn test_result(item: &Workitem) -> Result<Option<TestResult>, String> {
    match item.field("image.test_result") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(passed)) => Ok(Some(if passed { TestResult::Pass } else { TestResult::Fail })),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|error: NotAWord| error.to_string()),
        Some(other) => Err(format!("image.test_result should be PASS or FAIL, not {other}")),
    }
}

/// The try the news are about: the one build_image noted, else the process that sends them.
fn attempt(item: &Workitem) -> JobAttempt {
    let noted = |path| item.text(path).filter(|text| !text.is_empty());
    match (noted("image.attempt.began"), noted("image.attempt.process")) {
        (Some(began), Some(process)) => JobAttempt { began, process },
        _ => {
            let own = item.attempt();
            JobAttempt { began: own.dispatched_at, process: own.fei.wfid }
        }
    }
}

/// Why there is no image: `__error__` as text (ours) or as the engine's object, else what the image says itself.
fn why(item: &Workitem) -> String {
    let texts = [item.field("__error__"), item.field("image.error")].into_iter().flatten();
    let mut texts = texts.filter_map(|value| match value {
        Value::String(text) => Some(text),
        Value::Object(error) => error.get("message").and_then(Value::as_str).map(ToOwned::to_owned),
        _ => None,
    });
    texts.find(|text| !text.is_empty()).unwrap_or_else(|| "no reason was given".into())
}

impl std::fmt::Debug for UpdateImageStatus {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("UpdateImageStatus")
    }
}
