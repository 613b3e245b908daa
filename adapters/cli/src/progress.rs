//! How far it has come, on stderr.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use imaging::{Milestones, Step};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::terminal::say;

/// Shows the steps of jobs: a bar each on a terminal, else a line for each step and each tenth of it.
#[derive(Debug)]
pub struct Show {
    bars: Option<MultiProgress>,
    jobs: Mutex<HashMap<String, Shown>>,
    began: Instant,
}

#[derive(Debug)]
struct Shown {
    bar: Option<ProgressBar>,
    milestones: Milestones,
}

impl Show {
    /// Shows bars when stderr is a terminal.
    pub fn on_stderr() -> Show {
        let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
        Show { bars, jobs: Mutex::default(), began: Instant::now() }
    }

    /// Shows that a job is at a step, and how much of it is done.
    pub fn step(&self, job: &str, step: &str, done_of: Option<(u64, u64)>) {
        let mut jobs = self.jobs.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let shown = jobs.entry(job.to_owned()).or_insert_with(|| Shown {
            bar: self.bars.as_ref().map(|bars| bars.add(bar(job))),
            milestones: Milestones::default(),
        });
        let step = Step { name: step.to_owned(), done_of };
        match &shown.bar {
            Some(bar) => {
                // in this order, since the bar is drawn by a thread of its own meanwhile
                if let Some((done, of)) = done_of {
                    bar.set_length(of);
                    bar.set_position(done);
                }
                bar.set_message(step.name);
                bar.set_style(if done_of.is_some() { counted() } else { uncounted() });
            }
            None => {
                if shown.milestones.passes(&step) {
                    let seconds = self.began.elapsed().as_secs_f32();
                    say(format_args!("{seconds:6.1} s  {job}: {step}"));
                }
            }
        }
    }

    /// Takes the bar of a job away.
    pub fn ended(&self, job: &str) {
        let mut jobs = self.jobs.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(Shown { bar: Some(bar), .. }) = jobs.remove(job) {
            bar.finish_and_clear();
        }
    }

    /// Says a line without disturbing the bars.
    pub fn say(&self, line: &str) {
        match &self.bars {
            Some(bars) => bars.suspend(|| say(format_args!("{line}"))),
            None => say(format_args!("{line}")),
        }
    }
}

fn bar(job: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_style(uncounted()).with_prefix(job.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn counted() -> ProgressStyle {
    let style =
        ProgressStyle::with_template("{spinner} {prefix}  {bar:12} {percent:>3} %  {wide_msg}  {elapsed}");
    style.expect("a good template").progress_chars("▓▓░")
}

fn uncounted() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {prefix}  {wide_msg}  {elapsed}").expect("a good template")
}
