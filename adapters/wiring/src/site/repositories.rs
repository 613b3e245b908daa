//! The repositories of images that the configuration names.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use config::Configuration;
use imaging::{ImageRepository, Repositories, RepositoryName};
use repository::{RepositoryDir, Settings};

use super::seconds;

const SECTION: &str = "repository";

/// Reads them, and notes what is wrong with their names and folders.
pub(crate) fn repositories(site: &mut Configuration) -> Repositories {
    let (settings, mut all, mut names) = (settings(site), Vec::new(), BTreeSet::new());
    for one in site.list(SECTION, "folders") {
        match named(&one) {
            Ok((name, _)) if !names.insert(name.clone()) => {
                site.mistake(SECTION, "folders", format_args!("names {name} twice"));
            }
            Ok((name, folder)) => {
                let repository = RepositoryDir::new(name, folder, settings.clone());
                all.push(Arc::new(repository) as Arc<dyn ImageRepository>);
            }
            Err(wrong) => site.mistake(SECTION, "folders", wrong),
        }
    }
    Repositories::new(all)
}

/// The repository in a folder that nobody configured.
pub(crate) fn repository_in(site: &Configuration, folder: &Path) -> Arc<dyn ImageRepository> {
    // `repoinfo.json` says where it is, to others: as the site says it, without the way up
    let is_winding = folder.components().any(|part| part == Component::ParentDir);
    let straight = is_winding.then(|| folder.canonicalize().ok()).flatten();
    let folder = straight.as_deref().unwrap_or(folder);
    let name = folder.file_name().and_then(|name| RepositoryName::parse(name.to_str()?).ok());
    let name = name.unwrap_or_else(|| RepositoryName::parse("folder").expect("a name"));
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    Arc::new(RepositoryDir::new(name, folder, settings(site)))
}

fn settings(site: &Configuration) -> Settings {
    Settings {
        announce: site.text(SECTION, "announce"),
        check: site.yes(SECTION, "check"),
        settle: seconds(site, SECTION, "settle").unwrap_or_default(),
        ..Settings::default()
    }
}

/// Reads `NAME=FOLDER`.
fn named(text: &str) -> Result<(RepositoryName, PathBuf), String> {
    let (name, folder) = text
        .split_once('=')
        .ok_or_else(|| format!("should be NAME=FOLDER each, as main=/opt/opengnsys, not `{text}`"))?;
    let name = RepositoryName::parse(name.trim()).map_err(|error| format!("is wrong: {error}"))?;
    let folder = PathBuf::from(folder.trim());
    if !folder.is_absolute() {
        return Err(format!("should have absolute paths, not `{}`", folder.display()));
    }
    Ok((name, folder))
}
