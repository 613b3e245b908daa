//! `img config`.

use clap::{Args, Subcommand};

use super::boss::SiteArguments;

/// What can be asked of the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Prints every key with its value and where that came from; secrets are not shown
    ///
    /// Exit status: 0, or 1 when there are mistakes (stderr says which).
    Show(ConfigArguments),
    /// Says all mistakes, each with file and line, and what should be known besides
    ///
    /// Exit status: 0 without mistakes, 1 with.
    Check(ConfigArguments),
}

/// Whose configuration it is about.
#[derive(Debug, Args)]
pub struct ConfigArguments {
    /// Names of participants; NAME.conf and NAME.env beside the file of the site count, too [default: show takes the site
    /// alone, check everybody who has a NAME.conf]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// The site.
    #[command(flatten)]
    pub site: SiteArguments,
    /// Print one JSON value on stdout instead of text
    #[arg(long)]
    pub json: bool,
}
