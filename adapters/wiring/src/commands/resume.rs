//! `img resume`.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use cli::{Show, StateArguments};
use tokio_util::sync::CancellationToken;

use super::signals::Signals;
use super::{limits_of_person, tell_adopted};
use crate::machine::{Builders, Machine, Settled};
use crate::observe::OnTerminal;
use crate::participants::{Bounds, after, build_image, build_ks};
use crate::site;
use crate::state::State;

/// Finishes what dead programs left; exit status 0 when nothing is left.
pub(crate) async fn resume(arguments: StateArguments, builders: Builders) -> Result<u8> {
    let state = State::open(arguments.state)?;
    let site = site::of_person()?;
    let participant =
        |owner: &str| build_image(&site, &state, builders(&state, Bounds::of_person(&site)), owner);
    let machine = Machine::open(&state, build_ks(), participant, after::of_person(&site, &state)).await?;
    let show = Arc::new(Show::on_stderr());
    if machine.adopted.is_empty() {
        show.say("img: nothing was left behind");
        return Ok(0);
    }
    let jobs = tell_adopted(&machine, &show);
    let stop = CancellationToken::new();
    let mut signals = Signals::listen()?;
    let limits = limits_of_person(&site);
    let work = machine.work(&limits, Arc::new(OnTerminal::new(show)), stop.clone());
    let mut work = std::pin::pin!(work);
    let settled = loop {
        tokio::select! {
            settled = &mut work => break settled?,
            _ = signals.next() => stop.cancel(),
        }
    };
    let left = unfinished(&machine, &jobs).await?;
    for job in &left {
        cli::say(format_args!("img: {job} did not come to its end; `img jobs` and its log say more"));
    }
    Ok(u8::from(settled == Settled::Interrupted || !left.is_empty()))
}

/// Returns those of the jobs that are neither DONE nor ERROR.
async fn unfinished(machine: &Machine, jobs: &BTreeSet<String>) -> Result<Vec<String>> {
    let mut left = Vec::new();
    for job in jobs {
        if !machine.job(job).await?.status.is_final() {
            left.push(job.clone());
        }
    }
    Ok(left)
}
