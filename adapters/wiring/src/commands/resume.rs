//! `img resume`.

use std::sync::Arc;

use anyhow::Result;
use cli::{Show, StateArguments};
use tokio_util::sync::CancellationToken;

use super::signals::Signals;
use super::tell_adopted;
use crate::machine::{Builders, Machine, Settled};
use crate::observe::OnTerminal;
use crate::state::State;

/// Finishes what dead programs left; exit status 0 when nothing is left.
pub(crate) async fn resume(arguments: StateArguments, builders: Builders) -> Result<u8> {
    let state = State::open(arguments.state)?;
    let machine = Machine::open(&state, builders).await?;
    let show = Arc::new(Show::on_stderr());
    if machine.adopted.is_empty() {
        show.say("img: nothing was left behind");
        return Ok(0);
    }
    tell_adopted(&machine, &show);
    let stop = CancellationToken::new();
    let mut signals = Signals::listen()?;
    let work = machine.work(Arc::new(OnTerminal::new(show)), stop.clone());
    let mut work = std::pin::pin!(work);
    let settled = loop {
        tokio::select! {
            settled = &mut work => break settled?,
            _ = signals.next() => stop.cancel(),
        }
    };
    Ok(u8::from(settled == Settled::Interrupted))
}
