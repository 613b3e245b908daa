//! `repo` lines put beside the others.

use std::collections::HashSet;

use crate::document::Kickstart;
use crate::edit::EditError;
use crate::edit::place::put_command;
use crate::edit::quote::{quote, safe};
use crate::edit::wanted::{Wanted, option_line};
use crate::table;

/// A repository to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRepo<'a> {
    /// `--name`.
    pub name: &'a str,
    /// `--baseurl`.
    pub url: &'a str,
    /// Further options, each as on a command line but without quotes: `--save` or `--gpgkey=file:///some where`.
    pub options: &'a [&'a str],
}

impl Kickstart {
    /// Adds `repo --name=NAME --baseurl=URL OPTIONS…` and returns whether the text changed.
    ///
    /// See [`Kickstart::add_repos`].
    pub fn add_repo(&mut self, name: &str, url: &str, options: &[&str]) -> Result<bool, EditError> {
        self.add_repos(&[NewRepo { name, url, options }])
    }

    /// Adds repositories and returns whether the text changed; with an error it did not.
    ///
    /// The lines go after the last `repo` line, else after what people write above them. A repository of the same
    /// name with the same URL that is there already is skipped.
    pub fn add_repos(&mut self, repos: &[NewRepo<'_>]) -> Result<bool, EditError> {
        let names: HashSet<&str> = repos.iter().map(|repo| repo.name).collect();
        let there = self.called(&["repo"]).filter_map(|(_, of)| {
            let name = of.value("--name").filter(|name| names.contains(name))?;
            Some((name.to_owned(), of.owned("--baseurl")?))
        });
        let mut there: HashSet<(String, String)> = there.collect();
        let mut new = Vec::new();
        for NewRepo { name, url, options } in repos {
            let name = safe("repository name", name)?;
            let url = safe("repository URL", url)?;
            let head = format!("repo --name={} --baseurl={}", quote(name), quote(url));
            let line = option_line(head, "repo", options)?;
            Wanted::read(&line)?.alone()?;
            if there.insert((name.to_owned(), url.to_owned())) {
                new.push(line);
            }
        }
        let changed = !new.is_empty();
        if let Some(row) = table::command("repo").filter(|_| changed) {
            put_command(self, row, new);
        }
        Ok(changed)
    }

    /// Takes out the repositories called `name`, and returns whether the text changed.
    pub fn remove_repo(&mut self, name: &str) -> Result<bool, EditError> {
        self.remove(&format!("repo --name={}", quote(safe("repository name", name)?)))
    }
}
