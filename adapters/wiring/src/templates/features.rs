//! Features, from the `*.ini` of a folder.
//!
//! A section is a feature: `description`, `pattern` (a group of packages), `packages` and `repos`, lists separated by
//! commas. A section that `repos` names is a repository: its keys are types of kickstarts, and `default`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use config::Ini;
use imaging::{Feature, FeatureRepo, KickstartSource};
use img_kickstart::Kickstart;
use kickstart_dir::KickstartDir;

const KEYS: [&str; 4] = ["description", "pattern", "packages", "repos"];

/// Reads a folder; returns what is wrong beside what could be read.
pub(crate) fn features(folder: &Path) -> Result<(Vec<Feature>, Vec<String>)> {
    let store = KickstartDir::at(folder);
    let names = store.files("").with_context(|| format!("cannot list {}", folder.display()))?;
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    for name in names.iter().filter(|name| name.ends_with(".ini") && !name.starts_with('.')) {
        let text = match store.file(name) {
            Ok(text) => String::from_utf8_lossy(&text).into_owned(),
            Err(error) => {
                wrong.push(format!("{:#}", anyhow::Error::from(error)));
                continue;
            }
        };
        match Ini::parse(Path::new(name), &text) {
            Ok(ini) => read(name, &ini, &mut all, &mut wrong),
            Err(mistakes) => wrong.extend(mistakes.to_string().lines().map(str::to_owned)),
        }
    }
    Ok((all, wrong))
}

fn read(file: &str, ini: &Ini, all: &mut Vec<Feature>, wrong: &mut Vec<String>) {
    let text = |section: &str, key: &str| {
        ini.raw(section, key).and_then(|value| value.text.clone()).unwrap_or_default()
    };
    let list = |section: &str, key: &str| -> Vec<String> {
        text(section, key)
            .split([',', '\n'])
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let repositories: BTreeSet<String> = ini.sections().flat_map(|section| list(section, "repos")).collect();
    for section in ini.sections().filter(|section| !repositories.contains(*section)) {
        let mut tell = |message: String| wrong.push(format!("{file}: error: [{section}]: {message}"));
        for key in ini.keys(section).filter(|key| !KEYS.contains(key)) {
            tell(format!("a feature has no `{key}`; it has {}", KEYS.join(", ")));
        }
        let description = text(section, "description");
        if description.is_empty() {
            tell("it has no `description`".into());
        }
        let mut repos = Vec::new();
        for name in list(section, "repos") {
            let urls: BTreeMap<String, String> =
                ini.keys(&name).map(|key| (key.to_owned(), text(&name, key))).collect();
            if urls.is_empty() {
                tell(format!("there is no section [{name}] with addresses of that repository"));
            }
            repos.push(FeatureRepo { name, urls });
        }
        if all.iter().any(|known: &Feature| known.name == section) {
            tell("there is another feature of that name".into());
            continue;
        }
        let pattern = Some(text(section, "pattern")).filter(|pattern| !pattern.is_empty());
        let packages = list(section, "packages");
        refused(pattern.as_deref(), &packages, &repos).into_iter().for_each(&mut tell);
        all.push(Feature { name: section.to_owned(), description, pattern, packages, repos });
    }
}

/// Says what cannot stand in a kickstart.
fn refused(pattern: Option<&str>, packages: &[String], repos: &[FeatureRepo]) -> Vec<String> {
    let ks = || Kickstart::parse("");
    let of_packages = packages.iter().map(|package| ks().add_packages(&[package]));
    let of_pattern = pattern.map(|pattern| ks().add_groups(&[pattern]));
    let addresses = repos.iter().flat_map(|repo| repo.urls.values().map(|url| (&repo.name, url)));
    let of_repos = addresses.map(|(name, url)| ks().add_repo(name, url, &[]));
    let all = of_packages.chain(of_pattern).chain(of_repos);
    all.filter_map(|added| Some(added.err()?.to_string())).collect()
}
