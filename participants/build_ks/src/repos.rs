//! Repositories to add, and where those of a project are.

use img_kickstart::repo_name_from_url;
use serde_json::Value;

use crate::fields::Projects;
use crate::lists::list;
use crate::{BuildKs, Refusal};

/// A repository to add.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Repo {
    pub(crate) name: String,
    pub(crate) url: String,
}

impl Repo {
    fn at(url: String) -> Repo {
        Repo { name: repo_name_from_url(&url), url }
    }
}

/// Reads addresses, or objects of `name` and `url`; an address alone gives the repository its name.
pub(crate) fn repos(value: Option<Value>) -> Result<Vec<Repo>, String> {
    let what = "image.extra_repos";
    let repos = list(value, what)?.into_iter().map(|repo| match repo {
        Value::String(url) => Ok(Repo::at(url)),
        Value::Object(repo) => match (repo.get("name"), repo.get("url")) {
            (Some(Value::String(name)), Some(Value::String(url))) => {
                Ok(Repo { name: name.clone(), url: url.clone() })
            }
            _ => Err(format!(
                "{what} should be a list of addresses, or of objects with the texts name and url"
            )),
        },
        other => Err(format!("{what} should be a list of addresses; {other} is none")),
    });
    repos.collect()
}

impl BuildKs {
    /// Returns the repositories of projects, below the site's server of repositories.
    pub(crate) async fn of_projects(&self, projects: &Projects) -> Result<Vec<Repo>, Refusal> {
        let mut repos = Vec::new();
        for project in &projects.names {
            plain(project, "project")?;
            let server = self.reposerver.as_deref().ok_or_else(|| {
                Refusal::from(format!(
                    "the repositories of project {project} are wanted, and [build_ks] reposerver does not say where \
                     repositories are"
                ))
            })?;
            let folder = format!("{}/{}", server.trim_end_matches('/'), project.replace(':', ":/"));
            let names = match &projects.repository {
                Some(name) => vec![name.clone()],
                None => self.repositories(project, projects.service.as_deref()).await?,
            };
            for name in names {
                plain(&name, "repository")?;
                repos.push(Repo::at(format!("{folder}/{name}")));
            }
        }
        Ok(repos)
    }

    /// Asks which repositories a project has.
    async fn repositories(&self, project: &str, service: Option<&str>) -> Result<Vec<String>, Refusal> {
        let service = service.ok_or("Missing mandatory fields: ev.namespace, or the param repository")?;
        let index = self.index.as_ref().ok_or_else(|| {
            Refusal::from(format!(
                "project {project} is to be looked up in {service}, and no Open Build Service is configured: set [obs] \
                 oscrc, or name one repository by the param repository"
            ))
        })?;
        match index.repositories(service, project).await {
            Ok(Some(repos)) => Ok(repos.into_iter().map(|repo| repo.name).collect()),
            Ok(None) => Err(format!("Project {project} not found in OBS").into()),
            Err(error) => Err(participant_core::with_causes(&error).into()),
        }
    }
}

/// Refuses what would lead elsewhere on the server.
fn plain(name: &str, what: &str) -> Result<(), Refusal> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.:+@".contains(c);
    let is_folder = |part: &str| !part.is_empty() && !part.starts_with('.');
    if !name.split(':').all(is_folder) || !name.chars().all(is_plain) {
        return Err(format!("{name:?} is no name of a {what}").into());
    }
    Ok(())
}
