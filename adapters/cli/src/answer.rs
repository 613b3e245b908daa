//! What came of it.

use std::path::PathBuf;

use img_kickstart::{Kickstart, check};
use serde::Serialize;

use crate::terminal::{result, say};

/// The result of `img build`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BuildAnswer {
    /// The job, where one was recorded.
    pub image_id: Option<String>,
    /// Whether there is an image.
    pub result: bool,
    /// What the job has come to, as `DONE`.
    pub status: String,
    /// The image.
    pub image_file: Option<PathBuf>,
    /// The address of the folder of all files.
    pub files_url: Option<String>,
    /// The address of the image.
    pub image_url: Option<String>,
    /// The address of the log.
    pub logfile_url: Option<String>,
    /// Why there is no image.
    pub error: Option<String>,
    /// The log.
    pub log_file: Option<PathBuf>,
    /// The record of the job, a JSON file.
    pub record_file: Option<PathBuf>,
    /// What a person should know all the same.
    pub warnings: Vec<String>,
    /// The steps of the build in order, and how long each took.
    pub steps: Vec<StepTime>,
}

/// How long a step of the build took.
#[derive(Clone, Debug, Serialize)]
pub struct StepTime {
    /// What was done.
    pub step: String,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

impl BuildAnswer {
    /// Answers that it did not even begin.
    pub fn refused(error: String) -> BuildAnswer {
        BuildAnswer { status: "ERROR".into(), error: Some(error), ..BuildAnswer::default() }
    }

    /// Prints the answer, for a person or as one JSON object, and returns the exit status.
    ///
    /// `kickstart` is what was asked for, to show mistakes where they stand.
    pub fn print(&self, json: bool, kickstart: Option<(&str, &str)>) -> u8 {
        if json {
            result(format_args!("{}", serde_json::to_string_pretty(self).expect("texts and lists")));
        } else {
            self.warnings.iter().for_each(|warning| say(format_args!("img: warning: {warning}")));
            if self.result {
                self.print_paths();
            }
        }
        if !self.result {
            self.print_error(json, kickstart);
        }
        u8::from(!self.result)
    }

    fn print_paths(&self) {
        let lines = [("image", &self.image_file), ("log", &self.log_file), ("record", &self.record_file)];
        for (name, path) in lines {
            if let Some(path) = path {
                result(format_args!("{name:<7} {}", path.display()));
            }
        }
    }

    /// Tells a person what the time went to: on stderr, since the result alone is on stdout.
    pub fn print_timings(&self) {
        let all: u64 = self.steps.iter().map(|step| step.ms).sum();
        for StepTime { step, ms } in &self.steps {
            let share = ms * 100 / all.max(1);
            say(format_args!("{:>8.3} s {share:>3} %  {step}", seconds(*ms)));
        }
        say(format_args!("{:>8.3} s        together", seconds(all)));
    }

    fn print_error(&self, json: bool, kickstart: Option<(&str, &str)>) {
        if let (false, Some((name, text))) = (json, kickstart) {
            let found = check(&Kickstart::parse(text));
            found
                .iter()
                .filter(|found| found.is_error())
                .for_each(|found| say(format_args!("{}\n", found.render(name, text))));
        }
        say(format_args!(
            "img: {}",
            self.error.as_deref().unwrap_or("there is no image, and no reason was given")
        ));
        if let Some(log) = &self.log_file {
            say(format_args!("     the log is {}", log.display()));
        }
    }
}

/// Milliseconds as seconds.
#[expect(clippy::cast_precision_loss, reason = "no build takes 2^53 ms")]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

/// One job of `img jobs`.
#[derive(Clone, Debug, Serialize)]
pub struct JobLine {
    /// The job.
    pub image_id: String,
    /// What it has come to.
    pub status: String,
    /// `raw`, `fs`, …
    pub image_type: String,
    /// The processor it is for.
    pub arch: String,
    /// What the image is called.
    pub name: String,
    /// Where all its files are.
    pub files_url: String,
    /// Why there is no image.
    pub error: String,
}

/// Prints jobs, for a person or as one JSON list.
pub fn print_jobs(jobs: &[JobLine], json: bool) {
    if json {
        result(format_args!("{}", serde_json::to_string_pretty(jobs).expect("texts")));
        return;
    }
    if jobs.is_empty() {
        result(format_args!("no jobs yet: img build FILE.ks --type raw makes the first"));
    }
    for job in jobs {
        let what = if job.error.is_empty() { &job.files_url } else { &job.error };
        result(format_args!(
            "{:<9} {:<40} {:<7} {:<8} {what}",
            job.status, job.image_id, job.image_type, job.arch
        ));
    }
}
