//! A program that goes on until it is told to end, and says meanwhile how it does.

mod crew;
mod ending;
mod health;
mod notify;
mod participants;
mod pulse;
mod reload;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Result, bail};
use tokio::task::JoinSet;

pub(crate) use self::crew::Crew;
pub(crate) use self::ending::Ending;
pub(crate) use self::participants::run as run_participants;
pub(crate) use self::pulse::Pulse;
pub(crate) use self::reload::Reloads;
use crate::commands::{Signals, Wish};
use crate::web::Web;

/// What goes on, and who looks after it.
pub(crate) struct Service {
    pub(crate) signals: Signals,
    pub(crate) workers: JoinSet<Result<()>>,
    pub(crate) crew: Arc<Crew>,
    pub(crate) ending: Ending,
    pub(crate) pulse: Pulse,
    /// Where it is to show how it does.
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) reloads: Reloads,
    /// What is shown to programs, where it is.
    pub(crate) web: Option<Web>,
}

impl Service {
    /// Goes on until somebody wants it to end, or a worker cannot go on.
    pub(crate) async fn run(mut self) -> Result<()> {
        let (crew, pulse) = (self.crew.clone(), self.pulse.clone());
        let store = self.web.as_ref().map(|web| web.store.clone());
        let monitor = health::count(self.listen.is_some() || self.web.is_some(), &crew, &pulse, store)?;
        let _shown = health::show(self.listen, monitor.as_ref()).await?;
        if let (Some(web), Some(monitor)) = (self.web.take(), monitor) {
            self.workers.spawn(web.serve(monitor.pages(), self.ending.stop.clone()));
        }
        let files = tokio::spawn(pulse.clone().of_files());
        let ended = tokio::select! {
            ended = self.until_the_end() => ended,
            never = notify::keep_telling(&crew, &pulse) => match never {},
            never = health::watch_connections(&crew) => match never {},
        };
        files.abort();
        ended
    }

    /// Does what signals wish, until all workers have ended.
    async fn until_the_end(&mut self) -> Result<()> {
        let mut ended = Ok(());
        loop {
            tokio::select! {
                worker = self.workers.join_next() => match worker {
                    None => return ended,
                    Some(worker) => {
                        ended = ended.and(worker?);
                        self.ending.begin();
                    }
                },
                wish = self.signals.next() => match wish {
                    Wish::Reload if self.ending.stop.is_cancelled() => {} // too late
                    Wish::Reload => self.reloads.ask(),
                    Wish::Cancel | Wish::End => self.ending.wished(),
                },
                () = self.ending.given_up() => bail!("there are jobs that do not stop; their workitems come again"),
            }
        }
    }
}
