//! `img participant`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::boss::SiteArguments;

/// What can be done with participants.
#[derive(Debug, Subcommand)]
pub enum ParticipantCommand {
    /// Runs participants in the foreground, until SIGTERM or Ctrl-C
    ///
    /// Stopping lets running jobs go on for [participant] grace seconds, then hands them back to the broker; a second
    /// signal hands them back at once, and a third ends the program. SIGHUP has the configuration read again, for the jobs still to come.
    Run(RunArguments),
    /// Lists the participants this program has, and where each takes its workitems
    List {
        /// Where the broker is.
        #[command(flatten)]
        site: SiteArguments,
        /// Print one JSON value on stdout instead of text
        #[arg(long)]
        json: bool,
    },
}

/// What `img participant run` is told.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// Names of participants; NAME.conf beside the configuration file is read for each
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
    /// Where the broker is.
    #[command(flatten)]
    pub site: SiteArguments,
    /// Folder of jobs and images, where the configuration names no other [default: $XDG_STATE_HOME/img, else ~/.local/state/img]
    #[arg(long, value_name = "DIR", env = "IMG_STATE")]
    pub state: Option<PathBuf>,
}
