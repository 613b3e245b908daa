//! What each command does, put together.

mod build;
mod jobs;
mod resume;
mod signals;

use anyhow::Result;
use cli::{Arguments, Command};

use crate::machine::{Builders, Machine};

/// Does what was asked for and returns the exit status.
pub async fn run(arguments: Arguments, builders: Builders) -> Result<u8> {
    match arguments.command {
        Command::Build(arguments) => Ok(build::build(&arguments, builders).await),
        Command::Resume(state) => resume::resume(state, builders).await,
        Command::Jobs { state, limit } => jobs::jobs(state, limit).await,
    }
}

/// Says which jobs of dead programs this one has taken over.
fn tell_adopted(machine: &Machine, show: &cli::Show) {
    let mut told = std::collections::BTreeSet::new();
    for message in &machine.adopted {
        let image_id = participant_core::Workitem::parse(&message.body)
            .ok()
            .and_then(|item| item.text("image.image_id"));
        told.insert(image_id.unwrap_or_else(|| "a job that had not begun".into()));
    }
    for job in told {
        show.say(&format!("img: going on with {job}, which a program that died left behind"));
    }
}
