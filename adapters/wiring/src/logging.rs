//! Where the log goes: into the journal as fields, else to stderr as lines.

mod journal;
mod lines;

use std::backtrace::{Backtrace, BacktraceStatus};

use tracing::Level;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::observe::JOB;

/// Starts the log of this program; `$IMG_LOG` says what is logged, else `usual` does, in the words of tracing-subscriber.
pub fn start_log(usual: &str) {
    // librqbit tells of each thing it does; what a person wants to know of that, we say ourselves
    let usual = || EnvFilter::new(format!("{usual},librqbit=warn"));
    let filter = EnvFilter::try_from_env("IMG_LOG").unwrap_or_else(|_| usual());
    let span_of_jobs = format!("{JOB}=error").parse().expect("a directive");
    let registry = tracing_subscriber::registry().with(filter.add_directive(span_of_jobs));
    match journal::layer() {
        Some(journal) => registry.with(journal).init(),
        None => registry.with(lines::layer(std::io::stderr)).init(),
    }
    log_panics();
}

/// Has a panic stand in the log as everything else does: with the job it happened in.
fn log_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !tracing::enabled!(Level::ERROR) {
            return usual(panic);
        }
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("panicked at {place}: {}", panic.payload_as_str().unwrap_or("no message"));
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            tracing::error!("{trace}");
        }
    }));
}
