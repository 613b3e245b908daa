//! `img resume`.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use cli::{ResumeArguments, Show};
use participant_core::Stop;
use tokio_util::sync::CancellationToken;

use super::signals::Signals;
use super::{in_words, jobs_of, limits_of_person};
use crate::machine::{Builders, Limits, Machine, Settled};
use crate::observe::OnTerminal;
use crate::participants::{Bounds, after, build_image, build_ks};
use crate::site;
use crate::state::State;

/// Finishes what dead programs left, or gives it up; exit status 0 when nothing is left.
pub(crate) async fn resume(arguments: ResumeArguments, builders: Builders) -> Result<u8> {
    let state = State::open(arguments.state.state)?;
    let mut site = site::of_person()?;
    let repositories = site::repositories(&mut site);
    site::finish(&site)?;
    let participant =
        |owner: &str| build_image(&site, &state, builders(&state, Bounds::of_person(&site)), owner);
    let machine =
        Machine::open(&state, build_ks(), participant, after::of_person(&site, repositories, &state)).await?;
    let status = on(&machine, &limits_of_person(&site), arguments.cancel).await;
    machine.close().await;
    status
}

/// Does so on a machine.
async fn on(machine: &Machine, limits: &Limits, cancel: bool) -> Result<u8> {
    let show = Arc::new(Show::on_stderr());
    let jobs = jobs_of(&machine.queue.adopt().await?);
    if jobs.is_empty() {
        show.say("img: nothing was left behind");
        return Ok(0);
    }
    for job in &jobs {
        let does = if cancel { "giving up" } else { "going on with" };
        show.say(&format!(
            "img: {does} {}, which a program that ended left behind",
            in_words(job.as_deref())
        ));
    }
    if cancel {
        // each comes to its end, and that is on record
        machine.running.stop_for_ever(&Stop::Person(machine.user.clone()));
    }
    let stop = CancellationToken::new();
    let mut signals = Signals::listen()?;
    let work = machine.work(limits, Arc::new(OnTerminal::new(show)), stop.clone());
    let mut work = std::pin::pin!(work);
    let settled = loop {
        tokio::select! {
            settled = &mut work => break settled?,
            _ = signals.next() => stop.cancel(),
        }
    };
    let left = unfinished(machine, jobs.into_iter().flatten()).await?;
    for job in &left {
        cli::say(format_args!("img: {job} did not come to its end; `img jobs` and its log say more"));
    }
    Ok(u8::from(settled == Settled::Interrupted || !left.is_empty()))
}

/// Returns those of the jobs that are neither DONE nor ERROR.
async fn unfinished(machine: &Machine, jobs: impl Iterator<Item = String>) -> Result<BTreeSet<String>> {
    let mut left = BTreeSet::new();
    for job in jobs {
        if !machine.job(&job).await?.status.is_final() {
            left.insert(job);
        }
    }
    Ok(left)
}
