//! `img submit`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{HereArguments, ServerArguments, StateArguments, WaitArguments, WishArguments};

/// What `img submit` is told. The short options are those of boss_client.
#[derive(Debug, Args)]
pub struct SubmitArguments {
    /// The kickstart file
    #[arg(value_name = "FILE.ks", required_unless_present = "kickstart", conflicts_with = "kickstart")]
    pub file: Option<PathBuf>,
    /// The kickstart file, as boss_client has it
    #[arg(long, short = 'k', value_name = "FILE")]
    pub kickstart: Option<PathBuf>,
    /// What the image is to be.
    #[command(flatten)]
    pub wish: WishArguments,
    /// Where mail about it goes; several addresses are joined with commas
    #[arg(long, short = 'e', value_name = "ADDRESS")]
    pub email: Option<String>,
    /// Submit through the BOSS of [boss], by RabbitMQ; it gives no answer, so nothing can be waited for
    #[arg(long = "submit", short = 's', conflicts_with_all = ["wait", "follow"])]
    pub boss: bool,
    /// How the end is waited for.
    #[command(flatten)]
    pub wait: WaitArguments,
    /// Which server; none for the `img up` of the same state folder.
    #[command(flatten)]
    pub server: ServerArguments,
    /// How this machine is configured.
    #[command(flatten)]
    pub here: HereArguments,
    /// Where it is remembered, and how it is answered.
    #[command(flatten)]
    pub state: StateArguments,
}

impl SubmitArguments {
    /// Returns the kickstart file, in whichever way it was named.
    pub fn kickstart(&self) -> &Path {
        self.file.as_deref().or(self.kickstart.as_deref()).expect("clap wants one of the two")
    }
}
