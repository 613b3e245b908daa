//! What each command does, put together.

mod boss;
mod build;
mod config;
mod doctor;
mod image;
mod jobs;
mod ks;
mod order;
mod participant;
mod repo;
mod resume;
mod server;
mod signals;
mod submit;
mod up;
mod user;
mod vm;

use std::collections::BTreeSet;

use ::config::Configuration;
use anyhow::Result;
use cli::{Arguments, Command};
use local_queue::Left;
use serde_json::Value;

pub(crate) use self::signals::{Signals, Wish};
use crate::machine::{Builders, Limits};
use crate::site;

/// Does what was asked for and returns the exit status.
pub async fn run(arguments: Arguments, builders: Builders) -> Result<u8> {
    match arguments.command {
        Command::Build(arguments) => Ok(build::build(&arguments, builders).await),
        Command::Up(arguments) => up::up(arguments, builders).await,
        Command::Submit(arguments) => Ok(submit::submit(&arguments).await),
        Command::Server(command) => Ok(server::server(&command).await),
        Command::Resume(arguments) => resume::resume(arguments, builders).await,
        Command::Jobs { state, limit } => jobs::jobs(state, limit).await,
        Command::Doctor(arguments) => Ok(doctor::doctor(&arguments).await),
        Command::Participant(command) => participant::participant(command, builders).await,
        Command::Boss(command) => boss::boss(command).await,
        Command::Config(command) => Ok(config::config(command)),
        Command::User(arguments) => user::user(arguments).await,
        Command::Vm(command) => Ok(vm::vm(command, builders).await),
        Command::Ks(command) => ks::ks(command),
        Command::Image(command) => Ok(image::image(&command)),
        Command::Repo(arguments) => repo::repo(arguments).await,
    }
}

/// Reads what the jobs of whoever works at a terminal may take; they end at once when that person wants to leave.
fn limits_of_person(site: &Configuration) -> Limits {
    Limits { deadline: site::seconds(site, "worker", "timeout"), ..Limits::default() }
}

/// Says what the configuration has the images of services undergo, and those of whoever works at a terminal not.
fn tell_unused(site: &Configuration, show: &cli::Show) {
    let keys = ["base_dir", "base_url", "post_creation"];
    let set: Vec<_> = keys.into_iter().filter(|key| site.is_set("worker", key)).collect();
    if !set.is_empty() {
        let (are, they, do_) = if set.len() == 1 { ("is", "it", "does") } else { ("are", "they", "do") };
        let keys = set.join(", ");
        show.say(&format!("img: [worker] {keys} {are} for services: at a terminal {they} {do_} not count"));
    }
}

/// The image ids of the jobs these messages are about; `None` is of jobs that had not begun.
fn jobs_of(messages: &[Left]) -> BTreeSet<Option<String>> {
    // workitems, answers and launches all have fields
    let fields = messages.iter().map(|message| serde_json::from_slice::<Value>(&message.body).ok());
    let id = |message: Value| message.pointer("/fields/image/image_id")?.as_str().map(ToOwned::to_owned);
    fields.map(|message| message.and_then(id)).collect()
}

/// How people are told of a job.
fn in_words(image_id: Option<&str>) -> &str {
    image_id.unwrap_or("a job that had not begun")
}
