//! `img build`: launches the process create_image and waits for what it comes to.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use cli::{BuildAnswer, BuildArguments, BuildWish, Show};
use config::Configuration;
use participant_core::Stop;
use tokio_util::sync::CancellationToken;

use super::signals::{Signals, Wish};
use super::{in_words, jobs_of, limits_of_person, order, tell_unused};
use crate::machine::{Builders, Limits, Machine, Settled};
use crate::observe::OnTerminal;
use crate::participants::{
    BUILDER_OPTION, Bounds, PLACE_OPTION, after, build_image, build_ks, builder_told_to_person,
};
use crate::site;
use crate::state::State;

/// Builds an image, says what came of it, and returns the exit status.
pub(crate) async fn build(arguments: &BuildArguments, builders: Builders) -> u8 {
    let json = arguments.state.json;
    if let Some(mistake) = cannot_be(&arguments.builder, arguments.place.as_deref()) {
        cli::say(format_args!("img: {mistake}"));
        return 2;
    }
    let mut wish = match order::read(&arguments.kickstart, &arguments.wish, arguments.outdir.as_deref(), json)
    {
        Ok(wish) => wish,
        Err(status) => return status,
    };
    let words =
        [(BUILDER_OPTION, Some(arguments.builder.as_str())), (PLACE_OPTION, arguments.place.as_deref())];
    for (option, word) in words {
        if let Some(word) = word.filter(|word| *word != "auto") {
            wish.with_option(format!("{option}{word}"));
        }
    }
    order::print(run(arguments, &wish, builders).await, &wish, json)
}

/// Builds an image; an error means that this machine is broken, and nobody can say what became of the job.
async fn run(arguments: &BuildArguments, wish: &BuildWish, builders: Builders) -> Result<BuildAnswer> {
    let state = State::open(arguments.state.state.clone())?;
    let mut site = site::of_person()?;
    let repositories = site::repositories(&mut site);
    site::finish(&site)?;
    let participant =
        |owner: &str| build_image(&site, &state, builders(&state, Bounds::of_person(&site)), owner);
    let machine =
        Machine::open(&state, build_ks(), participant, after::of_person(&site, repositories, &state)).await?;
    let answer = on(&machine, &state, &site, arguments, wish).await;
    machine.close().await;
    answer
}

/// Builds it on a machine.
async fn on(
    machine: &Machine,
    state: &State,
    site: &Configuration,
    arguments: &BuildArguments,
    wish: &BuildWish,
) -> Result<BuildAnswer> {
    let show = Arc::new(Show::on_stderr());
    tell_unused(site, &show);
    if arguments.builder == "auto"
        && let Some(told) = builder_told_to_person(site, state)
    {
        show.say(&format!("img: {told}"));
    }
    tell_left(machine, &show).await?;

    let launch_id = order::launch(&machine.queue, wish).await?;
    let settled = work(machine, &limits_of_person(site), &launch_id, &show).await?;
    let images = wish.outdir.clone().unwrap_or_else(|| state.images());
    let waits = match settled {
        Settled::All => BTreeSet::new(),
        Settled::Interrupted => jobs_of(&machine.queue.leaves().await?),
    };
    let waiting = waits.iter().flatten().next().cloned();
    let mut answer = order::answer(&machine.engine, &machine.store, &images, &launch_id, waiting).await?;
    if !waits.is_empty() {
        answer.error =
            Some("interrupted; `img resume` goes on with it, `img resume --cancel` gives it up".into());
    }
    Ok(answer)
}

/// Says which jobs of dead programs wait for somebody: this build is not held up by them.
async fn tell_left(machine: &Machine, show: &Show) -> Result<()> {
    let left = jobs_of(&machine.queue.left().await?);
    let names: Vec<_> = left.iter().map(|id| in_words(id.as_deref())).collect();
    match names.as_slice() {
        [] => {}
        [one] => show.say(&format!(
            "img: {one} was left behind: `img resume` goes on with it, `img resume --cancel` gives it up"
        )),
        [one, ..] => show.say(&format!(
            "img: {} jobs were left behind, {one} one of them: `img resume` goes on with them, \
             `img resume --cancel` gives them up",
            names.len()
        )),
    }
    Ok(())
}

/// Says why a builder does not work at a place.
fn cannot_be(builder: &str, place: Option<&str>) -> Option<String> {
    match (builder, place?) {
        ("mic" | "mic2", "userns") => Some(format!(
            "--builder {builder} --place userns: mic needs loop devices and mounts, which only root of the machine has: say --place host, or --place vm"
        )),
        ("auto" | "dnf", "vm") => {
            Some("--place vm: dnf needs no machine of its own: say --place userns, or --builder mic".into())
        }
        ("auto" | "dnf", "host") => {
            Some("--place host: dnf needs no root and has none: say --place userns, or --builder mic".into())
        }
        _ => None,
    }
}

/// Works until everything is settled. Ctrl-C cancels our own process, another signal hands it back; a second signal of any
/// kind is not waited for: what is not settled then is left, as by a program that is killed.
async fn work(machine: &Machine, limits: &Limits, launch_id: &str, show: &Arc<Show>) -> Result<Settled> {
    let mut signals = Signals::listen()?;
    let stop = CancellationToken::new();
    let mut work =
        std::pin::pin!(machine.work(limits, Arc::new(OnTerminal::new(show.clone())), stop.clone()));
    let mut ends = false;
    loop {
        tokio::select! {
            settled = &mut work => return settled,
            wish = signals.next() => {
                if ends {
                    return Ok(Settled::Interrupted);
                }
                ends = true;
                match machine.engine.process(launch_id).await? {
                    Some(process) if wish == Wish::Cancel => {
                        show.say("img: cancelling; press Ctrl-C again to leave the build for `img resume`");
                        machine.running.stop_process(&process.wfid, &Stop::Person(machine.user.clone()));
                    }
                    _ => stop.cancel(),
                }
            }
        }
    }
}
