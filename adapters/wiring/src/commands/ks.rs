//! `img ks`: kickstart files checked, changed, compared and made.

mod check;
mod edit;
mod files;
mod generate;
mod templates;

use anyhow::{Context, Result};
use cli::{DiffArguments, FmtArguments, KsCommand, TokensArguments, result, result_bytes};
use img_kickstart::{Limits, read_tokenmap};

/// Does what was asked for and returns the exit status.
pub(crate) fn ks(command: KsCommand) -> Result<u8> {
    match command {
        KsCommand::Check(arguments) => Ok(check::check(&arguments)),
        KsCommand::Fmt(arguments) => fmt(&arguments),
        KsCommand::Edit(arguments) => edit::edit(&arguments),
        KsCommand::Flatten(arguments) => {
            let ks = files::read(&arguments.file)?;
            let flat = ks.flatten(
                &files::name(&arguments.file),
                &Limits::default(),
                files::reader(&arguments.file),
            )?;
            result_bytes(flat.kickstart().as_bytes());
            Ok(0)
        }
        KsCommand::Tokens(arguments) => tokens(&arguments),
        KsCommand::Diff(arguments) => diff(&arguments),
        KsCommand::Generate(arguments) => generate::generate(&arguments),
        KsCommand::Templates(arguments) => templates::list(&arguments),
    }
}

fn fmt(arguments: &FmtArguments) -> Result<u8> {
    let file = &arguments.file.file;
    let ks = files::read(file)?;
    let formatted = ks.formatted();
    if arguments.check {
        return Ok(u8::from(formatted.as_bytes() != ks.as_bytes()));
    }
    files::give(file, &formatted, arguments.write)
}

fn tokens(arguments: &TokensArguments) -> Result<u8> {
    let ks = files::read(&arguments.file.file)?;
    if let Some(map) = &arguments.tokenmap {
        let values = read_tokenmap(map).context("--tokenmap")?;
        result_bytes(ks.expand_tokens(&values).as_bytes());
        return Ok(0);
    }
    for token in ks.tokens() {
        if arguments.json {
            result(
                serde_json::json!({ "name": token.name, "line": token.line, "span": [token.span.start, token.span.end] }),
            );
        } else {
            result(format_args!("{}: @{}@", token.line, token.name));
        }
    }
    Ok(0)
}

fn diff(arguments: &DiffArguments) -> Result<u8> {
    let (before, after) = (files::read(&arguments.before)?, files::read(&arguments.after)?);
    let found = before.differences(&after);
    for difference in &found {
        if arguments.json { result(difference.json()) } else { result(difference) }
    }
    Ok(u8::from(!found.is_empty()))
}
