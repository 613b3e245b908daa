//! `repo` lines put beside the others.

use crate::arguments::Arguments;
use crate::check::fits;
use crate::document::Kickstart;
use crate::edit::EditError;
use crate::edit::place::{Place, after_first_commands, put_block};
use crate::edit::quote::{quote, safe};
use crate::table;
use crate::words::Word;

impl Kickstart {
    /// Adds `repo --name=NAME --baseurl=URL OPTIONS…` and returns whether the text changed.
    ///
    /// The line goes after the last `repo` line, else after the last command before the first section. Nothing
    /// happens when a repository of this name already has this URL. An option is written as on a command line but
    /// without quotes, `--save` or `--gpgkey=file:///some where`.
    pub fn add_repo(&mut self, name: &str, url: &str, options: &[&str]) -> Result<bool, EditError> {
        let mut line = format!(
            "repo --name={} --baseurl={}",
            quote(safe("repository name", name)?),
            quote(safe("repository URL", url)?)
        );
        for option in options {
            line.push(' ');
            line.push_str(&written(option)?);
        }
        if self.repos().iter().any(|repo| repo.name == name && repo.baseurl.as_deref() == Some(url)) {
            return Ok(false);
        }
        let repos = self.commands().filter(|command| command.name() == "repo");
        match repos.last().map(|repo| repo.span.end).or_else(|| after_first_commands(self)) {
            Some(end) => Place::at(self, end).put(self, &[line]),
            None => put_block(self, vec![line]),
        }
        Ok(true)
    }
}

/// Returns an option of `repo` with its value quoted, when the table knows it.
fn written(option: &str) -> Result<String, EditError> {
    let option = safe("option", option)?;
    let refused = || EditError::NotAnOption { option: option.to_owned() };
    let word = Word { text: option.into(), raw: option, start: 0 };
    let read = table::command("repo").map(|row| Arguments::read(&[word], row)).ok_or_else(refused)?;
    match &read.options[..] {
        [given] if given.written == given.option.name && fits(given).is_ok() => Ok(match &given.value {
            Some(value) => format!("{}={}", given.written, quote(value)),
            None => given.written.clone(),
        }),
        _ => Err(refused()),
    }
}
