//! Features become packages and repositories.

use std::collections::BTreeSet;

use imaging::{ExtraRepo, NewJob, Offers};

use super::kickstart::unreadable;
use crate::problem::{Mistake, Problem};

/// Adds what these features bring; what is there already stays as it is.
pub(super) async fn add(
    job: &mut NewJob,
    features: &BTreeSet<String>,
    kickstart_type: Option<&str>,
    offers: &dyn Offers,
    mistakes: &mut Vec<Mistake>,
) -> Result<(), Problem> {
    if features.is_empty() {
        return Ok(());
    }
    let all = offers.features().await.map_err(unreadable)?;
    for name in features {
        let Some(feature) = all.iter().find(|feature| feature.name == *name) else {
            mistakes.push(Mistake::of(
                "features",
                format!("should be some of /api/v1/features; there is no {name:?}"),
            ));
            continue;
        };
        let group = feature.pattern.iter().map(|pattern| format!("@{pattern}"));
        for package in group.chain(feature.packages.iter().cloned()) {
            if !job.overlay.contains(&package) {
                job.overlay.push(package);
            }
        }
        for repo in &feature.repos {
            let Some(url) = repo.url(kickstart_type) else { continue };
            let repo = ExtraRepo::Named { name: repo.name.clone(), url: url.to_owned() };
            if !job.extra_repos.contains(&repo) {
                job.extra_repos.push(repo);
            }
        }
    }
    Ok(())
}
