//! Repositories of projects of a build service: three fields make an address.

use rest::Repo;

use super::fields::Fields;
use super::shop::Shop;

/// So many can be named at once, where none is yet.
const ROWS: usize = 2;

/// A project, as somebody typed it.
#[derive(Clone, Debug, Default)]
pub(super) struct Project {
    /// The name of the build service.
    pub(super) service: String,
    /// As `Mer:Tools`.
    pub(super) project: String,
    /// As `latest_i486`.
    pub(super) repository: String,
}

/// Reads the rows that have something in them.
pub(super) fn read(fields: &Fields) -> Vec<Project> {
    let rows = fields.all("service").zip(fields.all("project")).zip(fields.all("repository"));
    let rows = rows.map(|((service, project), repository)| Project {
        service: service.trim().to_owned(),
        project: project.trim().to_owned(),
        repository: repository.trim().to_owned(),
    });
    rows.filter(|row| !row.project.is_empty() || !row.repository.is_empty()).collect()
}

/// Returns the rows of a form: those that are filled, and one more at least.
pub(super) fn rows(filled: &[Project]) -> Vec<Project> {
    let mut rows = filled.to_vec();
    rows.resize(ROWS.max(filled.len() + 1), Project::default());
    rows
}

/// Returns where the repository of a project is: `SERVICE/Mer:/Tools/latest_i486`.
pub(super) fn address(row: &Project, shop: &Shop) -> Result<Repo, String> {
    let Some(service) = shop.services.iter().find(|service| service.name == row.service) else {
        return Err(format!("should say which build service has the project `{}`", row.project));
    };
    for (what, text) in [("project", &row.project), ("repository", &row.repository)] {
        if text.is_empty()
            || text.contains(|c: char| c.is_whitespace() || "/?#".contains(c))
            || text.contains("..")
        {
            return Err(format!("should have the name of a {what} of {}; `{text}` is none", row.service));
        }
    }
    let above = service.apiurl.trim_end_matches('/');
    Ok(Repo::Address(format!("{above}/{}/{}", row.project.replace(':', ":/"), row.repository)))
}
