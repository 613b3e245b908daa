//! `img vm`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::StateArguments;

/// What there is to do about virtual machines.
#[derive(Debug, Subcommand)]
pub enum VmCommand {
    /// Makes the image from which virtual machines for builds start, and the key to them
    ///
    /// Both are in the folder `vm` below the state folder, where `img build --place vm` finds them. Exit status: 0 they are there,
    /// 1 the build was refused or failed, 2 wrong usage.
    CreateBase(CreateBaseArguments),
}

/// What `img vm create-base` is told.
#[derive(Debug, Args)]
pub struct CreateBaseArguments {
    /// A kickstart file of such a machine [default: one for the packages of the demo, examples/kickstarts/vm-base.ks]
    #[arg(value_name = "FILE.ks")]
    pub kickstart: Option<PathBuf>,
    /// Add a repository; URL may be a folder of this machine
    #[arg(long = "repo", value_name = "NAME=URL")]
    pub repos: Vec<String>,
    /// Replace an image that is there, and its key
    #[arg(long)]
    pub force: bool,
    /// Where it is kept, and how it is answered.
    #[command(flatten)]
    pub state: StateArguments,
}
