//! Settings as repositories, lists of packages and scripts.

use std::collections::HashSet;

use super::Flavour;
use super::mistake::Report;
use super::paper::Paper;
use super::settings::{Said, Settings};
use super::sheet::{Family, Sheet};
use super::shelf::Shelf;
use super::snippets::{self, Purpose};
use crate::document::Kickstart;
use crate::edit::written;

/// What MeeGo's `SaveRepos` stands for.
const SAVED: &str = "--save --debuginfo --source --gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-meego";

/// How many scripts a section is made of.
const MOST_SCRIPTS: usize = 1000;

/// What is installed, for those who only want to know that.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) packages: Vec<String>,
    pub(super) groups: Vec<String>,
}

impl Settings {
    /// Writes the repositories, in the order of `Repos`.
    pub(super) fn write_repos(
        &self,
        sheet: &Sheet,
        flavour: Option<Flavour>,
        paper: &mut Paper,
        report: &mut Report,
    ) {
        let more = match sheet.family {
            Family::MeeGo if self.yes("SaveRepos") => Some(SAVED),
            _ => None,
        };
        for said in self.list("Repos") {
            let name = said.text.trim();
            let found = sheet.repositories.get(name).map_or(&[][..], Vec::as_slice);
            if found.is_empty() {
                report.add(
                    &said.at,
                    format!("`Repos` names the repository `{name}`, which is not in `Repositories`"),
                );
            }
            if let (Family::Mer, [_, second, ..]) = (sheet.family, found) {
                report.add(
                    &second.at,
                    format!("repository `{name}` is at {}:{}, too", found[0].at.file, found[0].at.line),
                );
                continue;
            }
            for repo in found {
                let url = match repo.url(flavour) {
                    Ok(url) => self.filled(url),
                    Err(why) => {
                        report.add(&said.at, why);
                        continue;
                    }
                };
                let mut line = format!(
                    "repo {} {}",
                    written(&format!("--name={name}")),
                    written(&format!("--baseurl={url}"))
                );
                let options = repo.options.as_deref().filter(|options| !options.is_empty());
                if let Some(options) = options.or(self.text("RepositoryOptions")).or(more) {
                    line.push(' ');
                    line.push_str(options);
                }
                paper.line(&line, Some(&repo.at));
            }
        }
    }

    /// Fills in what is known of an address; other tokens wait for the build.
    fn filled(&self, url: &str) -> String {
        let architecture = self.text("RepositoryArchitecture").or(self.text("Architecture"));
        let values = [("ARCH", architecture), ("RELEASE", self.text("Baseline"))];
        values.iter().fold(url.to_owned(), |url, (token, value)| match value {
            Some(value) => url.replace(&format!("@{token}@"), value),
            None => url,
        })
    }

    /// Writes the three lists.
    pub(super) fn write_packages(&self, paper: &mut Paper, report: &mut Report) -> Content {
        let mut content = Content::default();
        let mut lines: Vec<(String, &Said)> = Vec::new();
        for said in self.list("Groups") {
            let name = said.text.trim().trim_start_matches('@');
            content.groups.push(name.to_owned());
            lines.push((format!("@{name}"), said));
        }
        for said in self.get("Kernel").into_iter().chain(self.list("ExtraPackages")) {
            content.packages.push(said.text.trim().to_owned());
            lines.push((said.text.trim().to_owned(), said));
        }
        for said in self.list("RemovePackages") {
            content.packages.push(format!("-{}", said.text.trim()));
            lines.push((format!("-{}", said.text.trim()), said));
        }
        let mut seen = HashSet::new();
        content.packages.retain(|package| seen.insert(package.clone()));
        let options = self.get("PackageArgs");
        if !lines.is_empty() || options.is_some() {
            let words = options.map(|said| said.text.split_whitespace()).into_iter().flatten();
            let words: Vec<String> =
                words.map(|word| format!(" --{}", word.trim_start_matches('-'))).collect();
            paper.gap();
            paper.line(
                &format!("%packages{}", words.concat()),
                Some(options.map_or(&self.at, |said| &said.at)),
            );
            list(lines, paper, report);
        }
        for (header, key) in [("%prepackages", "PrePackages"), ("%attachment", "Attachment")] {
            let lines: Vec<_> =
                self.list(key).iter().map(|said| (said.text.trim().to_owned(), said)).collect();
            if !lines.is_empty() {
                paper.gap();
                paper.line(header, Some(&self.at));
                list(lines, paper, report);
            }
        }
        content
    }

    /// Writes the scripts, one section for each list.
    pub(super) fn write_scripts(
        &self,
        sheet: &Sheet,
        shelf: &mut dyn Shelf,
        paper: &mut Paper,
        report: &mut Report,
    ) {
        for (header, key, ending) in [
            ("%pre", "PreScripts", "pre"),
            ("%post", "PostScripts", "post"),
            ("%post --nochroot", "NoChrootScripts", "nochroot"),
            ("%pack", "PackScripts", "pack"),
        ] {
            let scripts = self.list(key);
            if scripts.is_empty() {
                continue;
            }
            if let Some(said) = scripts.get(MOST_SCRIPTS) {
                return report.add(&said.at, format!("these are more than {MOST_SCRIPTS} scripts"));
            }
            paper.gap();
            paper.line(header, Some(&self.at));
            for said in scripts {
                if let Some(script) = snippets::read(sheet, said, Purpose::Script(ending), shelf, report) {
                    paper.snippet(&script.text, &script.at);
                }
                if paper.is_too_long() {
                    return report.add(&said.at, "with this script the kickstart is too long");
                }
            }
            paper.line("%end", Some(&self.at));
        }
    }
}

/// Writes lines of a list, each of which names one thing, and its end.
fn list(lines: Vec<(String, &Said)>, paper: &mut Paper, report: &mut Report) {
    let mut seen = HashSet::new();
    for (line, said) in lines {
        // an edit refuses what would be read as something else
        match Kickstart::parse("%packages\n%end\n").add_packages(&[&line]) {
            Ok(_) if seen.contains(&line) => {}
            Ok(_) => {
                paper.line(&line, Some(&said.at));
                seen.insert(line);
            }
            Err(refused) => report.add(&said.at, refused.to_string()),
        }
    }
    paper.line("%end", None);
}
