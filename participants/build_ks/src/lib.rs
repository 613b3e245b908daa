//! Adds the repositories, packages and groups a process asks for to a kickstart.
//!
//! Nothing asked for: the text goes back as it came, to the byte. A kickstart with mistakes is refused with all of
//! them, each with its line and column.

mod fields;
mod lists;
mod refusal;
mod repos;
mod store;
mod yaml;

use std::fmt;
use std::sync::Arc;

use imaging::{KickstartSource, PackageIndex};
use img_kickstart::{EditError, Kickstart, NewRepo, Rules, check_with};
use participant_core::{Failure, Job, Outcome, Participant, Workitem, async_trait};
use serde_json::Value;

use crate::fields::Wishes;
pub(crate) use crate::refusal::Refusal;
use crate::repos::Repo;
use crate::store::Found;
pub use crate::yaml::SourceShelf;

/// The participant `build_ks`.
#[derive(Clone, Default)]
pub struct BuildKs {
    /// Whether a kickstart may name files to include; a service that takes foreign kickstarts says no.
    pub include_allowed: bool,
    /// Where the kickstarts are that `image.ksfile` names, and the YAML files of `image.kickstarter`; none has none.
    pub store: Option<Arc<dyn KickstartSource>>,
    /// The address below which projects have their repositories.
    pub reposerver: Option<String>,
    /// What knows the repositories of a project.
    pub index: Option<Arc<dyn PackageIndex>>,
}

impl fmt::Debug for BuildKs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildKs").field("reposerver", &self.reposerver).finish_non_exhaustive()
    }
}

#[async_trait]
impl Participant for BuildKs {
    async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        Ok(self.answer(item).await.unwrap_or_else(|refusal| refusal.outcome()))
    }
}

impl BuildKs {
    async fn answer(&self, item: &Workitem) -> Result<Outcome, Refusal> {
        let mut wishes = Wishes::read(item)?;
        let of_projects = self.of_projects(&wishes.projects).await?;
        wishes.repos.extend(of_projects.iter().cloned());
        let source = std::mem::replace(&mut wishes.source, fields::Source::Text(String::new()));
        let found = self.find(source).await?;
        let file_name = wishes.name.as_ref().or(found.name.as_ref()).map_or("kickstart", String::as_str);
        self.check(&found.kickstart, &format!("{file_name}.ks"))?;
        let kickstart = fulfil(&found, &wishes).map_err(|refused| Refusal::from(refused.to_string()))?;
        let outcome = prepared(&kickstart);
        let outcome = match (wishes.name, found.name) {
            (None, Some(name)) => outcome.set("image.name", name),
            _ => outcome,
        };
        Ok(tell_repos(outcome, item, &of_projects))
    }

    /// Refuses a kickstart with mistakes, a line each.
    fn check(&self, kickstart: &str, file_name: &str) -> Result<(), Refusal> {
        let rules = Rules::default().include_allowed(self.include_allowed);
        let found = check_with(&Kickstart::parse(kickstart), &rules);
        let errors = found.iter().filter(|found| found.is_error());
        let errors: Vec<String> = errors.map(|found| found.one_line(file_name)).collect();
        if errors.is_empty() { Ok(()) } else { Err(Refusal(errors)) }
    }
}

/// Adds everything that is wished for.
fn fulfil(found: &Found, wishes: &Wishes) -> Result<Kickstart, EditError> {
    let mut kickstart = Kickstart::parse(found.kickstart.as_str()).numbered_without(&wishes.added_lines);
    let repos =
        wishes.repos.iter().map(|repo| NewRepo { name: &repo.name, url: &repo.url, options: &["--save"] });
    kickstart.add_repos(&repos.collect::<Vec<_>>())?;
    kickstart.add_packages(&words(&wishes.packages))?;
    kickstart.add_groups(&words(&wishes.groups))?;
    Ok(kickstart)
}

/// Hands the kickstart on, and which of its lines its author does not know: later messages count without them.
fn prepared(kickstart: &Kickstart) -> Outcome {
    let outcome = Outcome::done().set("image.kickstart", kickstart.to_text().as_ref());
    match kickstart.added_lines() {
        [] => outcome,
        added => outcome.set("image.added_lines", added),
    }
}

/// Hands on which repositories were added that the process did not name itself.
fn tell_repos(outcome: Outcome, item: &Workitem, of_projects: &[Repo]) -> Outcome {
    if of_projects.is_empty() {
        return outcome;
    }
    let mut all = lists::list(item.field("image.extra_repos"), "").unwrap_or_default();
    for repo in of_projects {
        let url = Value::from(repo.url.as_str());
        if !all.contains(&url) {
            all.push(url);
        }
    }
    outcome.set("image.extra_repos", all)
}

fn words(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}
