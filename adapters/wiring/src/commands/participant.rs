//! `img participant`.

use std::path::Path;

use anyhow::Result;
use cli::{ParticipantCommand, ParticipantLine};

use crate::hosted::Hosted;
use crate::machine::Builders;
use crate::participants::Kind;
use crate::service;

/// Does what was asked for.
pub(crate) async fn participant(command: ParticipantCommand, builders: Builders) -> Result<u8> {
    match command {
        ParticipantCommand::Run(arguments) => service::run_participants(arguments, builders).await,
        ParticipantCommand::List { site, json } => {
            Ok(cli::print_participants(&Kind::ALL.map(|kind| line(kind, &site.config)), json))
        }
    }
}

/// Says how a participant is configured, as far as that can be read.
fn line(kind: Kind, config: &Path) -> ParticipantLine {
    let (queue, note) = match Hosted::read(config, kind.name()) {
        Ok(hosted) => (Some(hosted.queue), None),
        Err(error) => (None, Some(format!("{error:#}"))),
    };
    ParticipantLine { name: kind.name(), does: kind.does(), queue, note }
}
