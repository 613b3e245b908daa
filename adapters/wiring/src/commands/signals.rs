//! Signals, as wishes.

use std::io::{IsTerminal, stdin};

use anyhow::{Context, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals of this program.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    at_terminal: bool,
}

/// What somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Ctrl-C: a person does not want the image any more.
    Cancel,
    /// The program has to end; the work is to go on later.
    End,
    /// SIGHUP: a service is to read its configuration again; other programs end.
    Reload,
}

impl Signals {
    pub(crate) fn listen() -> Result<Signals> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Signals {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
            at_terminal: stdin().is_terminal(),
        })
    }

    /// Waits for the next signal.
    pub(crate) async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.interrupt.recv() => Wish::Cancel,
            _ = self.terminate.recv() => Wish::End,
            _ = self.hangup.recv() => {
                // a terminal that was closed is none any longer, and nobody is left who could press Ctrl-C
                let closed = self.at_terminal && !stdin().is_terminal();
                if closed { Wish::End } else { Wish::Reload }
            }
        }
    }
}
