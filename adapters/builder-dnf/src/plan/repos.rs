//! Where packages come from.

use std::path::{Path, PathBuf};

use img_kickstart::{Kickstart, Repo};

use super::names::plain;

/// One repository, ready for dnf.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Source {
    /// What dnf calls it: the name without special characters.
    pub(crate) id: String,
    /// The name in the kickstart.
    pub(crate) name: String,
    /// The line in the kickstart.
    pub(crate) line: usize,
    /// Its address.
    pub(crate) url: String,
    /// Its section of a repository file.
    pub(crate) section: String,
    /// The section that goes into the image, when it is saved there.
    pub(crate) saved: Option<String>,
}

impl Source {
    /// Returns the folder of a repository on this machine.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        self.url.strip_prefix("file://").map(|path| Path::new(path).to_path_buf())
    }
}

/// Reads the `repo` lines; of two with one name the last counts.
pub(super) fn sources(kickstart: &Kickstart) -> Result<Vec<Source>, String> {
    let mut sources: Vec<Source> = Vec::new();
    for repo in kickstart.repos() {
        let mut source = source(&repo)?;
        sources.retain(|known| known.name != source.name);
        while sources.iter().any(|known| known.id == source.id) {
            source.id.push('_');
        }
        source.section = format!("[{}]\n{}", source.id, source.section);
        source.saved = source.saved.map(|section| format!("[{}]\n{section}", source.id));
        sources.push(source);
    }
    if sources.is_empty() {
        return Err(
            "the kickstart names no repository: add a line such as `repo --name=base --baseurl=URL`".into()
        );
    }
    Ok(sources)
}

fn source(repo: &Repo) -> Result<Source, String> {
    let line = repo.line;
    let name = plain(&repo.name, "repository name", line)?;
    let kept = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let id: String = name.chars().map(kept).collect();
    let (key, url) =
        [("baseurl", &repo.baseurl), ("mirrorlist", &repo.mirrorlist), ("metalink", &repo.metalink)]
            .into_iter()
            .find_map(|(key, url)| url.as_deref().map(|url| (key, url)))
            .ok_or_else(|| format!("repository {name} (line {line}) has no --baseurl and no --mirrorlist"))?;
    address(url, name, line)?;

    let mut section = vec![format!("name={name}"), format!("{key}={url}")];
    let mut say = |key: &str, value: Option<&str>| -> Result<(), String> {
        if let Some(value) = value {
            section.push(format!("{key}={}", plain(value, key, line)?));
        }
        Ok(())
    };
    say("gpgkey", repo.gpgkey.as_deref())?;
    say("gpgcheck", Some(if repo.gpgkey.is_some() { "1" } else { "0" }))?;
    say("sslverify", (!repo.ssl_verify).then_some("0"))?;
    say("priority", repo.priority.map(|priority| priority.to_string()).as_deref())?;
    say("cost", repo.cost.map(|cost| cost.to_string()).as_deref())?;
    say("includepkgs", list(&repo.includepkgs).as_deref())?;
    say("excludepkgs", list(&repo.excludepkgs).as_deref())?;
    let saved = (repo.save || repo.install).then(|| {
        let enabled = if repo.disable { "0" } else { "1" };
        format!("{}\nenabled={enabled}\n", section.join("\n"))
    });
    // How this machine gets at the repository is nothing for the image.
    let mut say = |key: &str, value: Option<&str>| -> Result<(), String> {
        if let Some(value) = value {
            section.push(format!("{key}={}", plain(value, key, line)?));
        }
        Ok(())
    };
    say("proxy", repo.proxy.as_deref())?;
    say("proxy_username", repo.proxyuser.as_deref())?;
    say("proxy_password", repo.proxypasswd.as_ref().map(img_kickstart::Secret::reveal))?;
    let section = format!("{}\nenabled=1\n", section.join("\n"));
    Ok(Source { id, name: name.to_owned(), line, url: url.to_owned(), section, saved })
}

fn list(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(" "))
}

fn address(url: &str, name: &str, line: usize) -> Result<(), String> {
    let wrong = |why: String| Err(format!("repository {name} (line {line}): {why}"));
    plain(url, "address", line)?;
    if url.contains(char::is_whitespace) {
        return wrong(format!("the address {url:?} has a blank in it"));
    }
    if url.contains("$releasever") || url.contains("${releasever}") {
        return wrong("nothing says what $releasever is; write the number in its place".into());
    }
    let known = ["http://", "https://", "ftp://", "file:///"].iter().any(|scheme| url.starts_with(scheme));
    if !known {
        return wrong(format!("the address {url} should begin with http://, https://, ftp:// or file:///"));
    }
    if url.starts_with("file://") && url.split('/').any(|part| part == "..") {
        return wrong(format!("the address {url} should not have `..` in it"));
    }
    Ok(())
}
