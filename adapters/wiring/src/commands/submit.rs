//! `img submit`: to a server, to a BOSS, or to whoever runs `img up` on the same state folder.

use std::convert::Infallible;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use cli::{BuildAnswer, BuildWish, SubmitArguments};
use job_store_sql::SqlJobStore;
use local_queue::{LocalQueue, Owner};
use process_engine::Engine;
use serde_json::json;

use super::up::{images, jobs};
use super::{boss, order, server};
use crate::state::State;

/// An `img up` that has time begins sooner.
const SOON: Duration = Duration::from_secs(5);

/// Hands over, waits when told to, and returns the exit status.
pub(crate) async fn submit(arguments: &SubmitArguments) -> u8 {
    let json = arguments.state.json;
    let mut wish = match order::read(arguments.kickstart(), &arguments.wish, None, json) {
        Ok(wish) => wish,
        Err(status) => return status,
    };
    wish.email.clone_from(&arguments.email);
    if arguments.boss {
        return boss::submit(&arguments.here, &wish, json).await;
    }
    if let Some(status) = server::submit(arguments, &wish).await {
        return status;
    }
    if arguments.wait.follow {
        return server::refuse_usage(
            "--follow: say --server, or set IMG_SERVER; without a server there is --wait",
            json,
        );
    }
    match run(arguments, &wish).await {
        Ok(Some(answer)) => order::print(Ok(answer), &wish, json),
        Ok(None) => 0,
        Err(broken) => order::print(Err(broken), &wish, json),
    }
}

/// Hands over; returns what came of it when that is waited for.
async fn run(arguments: &SubmitArguments, wish: &BuildWish) -> Result<Option<BuildAnswer>> {
    let state = State::open(arguments.state.state.clone())?;
    if !arguments.wait.wait {
        let launch_id = hand_over(&state, wish).await?;
        tell(&launch_id, wish, arguments.state.json);
        return Ok(None);
    }
    let images = images(&arguments.here, &state)?; // a mistake in the configuration is told before anything is built
    let launch_id = hand_over(&state, wish).await?;
    let store = jobs(&arguments.here, &state).await?;
    wait(&state, &store, &images, &launch_id).await.map(Some)
}

/// Puts the launch of the process on disk. Nobody alive owns it from then on, so the next who looks takes it.
async fn hand_over(state: &State, wish: &BuildWish) -> Result<String> {
    let owner = Owner::new(&state.owners()).context("cannot make a lock in the state folder")?;
    let queue = LocalQueue::open(&state.private(state.queue())?, owner).await?;
    order::launch(&queue, wish).await
}

/// Waits for the end of the process, whoever runs it.
async fn wait(state: &State, store: &SqlJobStore, images: &Path, launch_id: &str) -> Result<BuildAnswer> {
    cli::say(format_args!("img: handed over; waiting for `img up`, which builds it"));
    let engine = Engine::open(&state.private(state.engine())?).await?;
    tokio::select! {
        ended = engine.ended(launch_id) => drop(ended?),
        never = remind(&engine, launch_id) => match never {},
    }
    order::answer(&engine, store, images, launch_id, None).await
}

/// Tells a person once that nobody seems to be there who would build.
async fn remind(engine: &Engine, launch_id: &str) -> Infallible {
    tokio::time::sleep(SOON).await;
    if matches!(engine.process(launch_id).await, Ok(None)) {
        cli::say(format_args!("img: nobody took it yet; does `img up` run, with the same state folder?"));
    }
    std::future::pending().await
}

fn tell(launch_id: &str, wish: &BuildWish, json: bool) {
    if json {
        cli::result(format_args!("{}", json!({ "launch_id": launch_id, "name": wish.name.as_str() })));
    } else {
        cli::result(format_args!(
            "{} is handed over; `img jobs` shows it as soon as `img up` has it",
            wish.name
        ));
    }
}
