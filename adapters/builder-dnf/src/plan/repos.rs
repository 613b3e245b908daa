//! Where packages come from.

use std::path::{Component, Path, PathBuf};

use img_kickstart::{At, Kickstart, Repo, Secret};

use super::names::plain;
use crate::workshop::WORK;

/// One repository, ready for dnf.
///
/// Invariant: no value has a control character, so that none can leave its line.
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
    /// What the address is: `baseurl`, `mirrorlist` or `metalink`.
    kind: &'static str,
    /// The key its packages are signed with.
    key: Option<String>,
    /// Further settings.
    settings: Vec<String>,
    /// How this machine gets at it, which is nothing for an image.
    access: Vec<String>,
    /// Whether the image knows it, and if so, uses it.
    saved: Option<bool>,
}

impl Source {
    /// Returns every address it names: its own, that of its key, and that of its proxy.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &str> {
        let proxy = self.access.iter().find_map(|line| line.strip_prefix("proxy="));
        [Some(self.url.as_str()), self.key.as_deref(), proxy].into_iter().flatten()
    }

    /// Returns the folder of a repository on this machine.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        local(&self.url)
    }

    /// Returns the file of its key, when that is on this machine.
    pub(crate) fn key_file(&self) -> Option<PathBuf> {
        self.key.as_deref().and_then(local)
    }

    /// Returns where dnf sees the key of this machine.
    pub(crate) fn key_shown_at(&self) -> PathBuf {
        Path::new(WORK).join("keys").join(&self.id)
    }

    /// Returns where dnf sees a repository of this machine.
    pub(crate) fn shown_at(&self) -> PathBuf {
        Path::new("/repositories").join(&self.id)
    }

    /// Returns its section of dnf's configuration.
    pub(crate) fn section(&self) -> String {
        let address = match self.folder() {
            Some(_) => format!("file://{}", self.shown_at().display()),
            None => self.url.replace(',', "%2C"), // dnf takes it for a list, and splits it at commas
        };
        let key = match (&self.key, self.key_file()) {
            (_, Some(_)) => format!("gpgkey=file://{}\n", self.key_shown_at().display()),
            (Some(url), None) => format!("gpgkey={}\n", url.replace(',', "%2C")),
            (None, None) => String::new(),
        };
        let Source { id, name, kind, .. } = self;
        let settings: String =
            self.settings.iter().chain(&self.access).map(|line| format!("{line}\n")).collect();
        format!("[{id}]\nname={name}\n{kind}={address}\n{key}{settings}enabled=1\n")
    }

    /// Returns the section that goes into the image, when it is saved there.
    pub(crate) fn saved_section(&self) -> Option<String> {
        let enabled = u8::from(self.saved?);
        let Source { id, name, kind, url, .. } = self;
        let key = self.key.as_ref().map(|url| format!("gpgkey={url}"));
        let settings: String = key.iter().chain(&self.settings).map(|line| format!("{line}\n")).collect();
        let url = without_password(url); // the image goes to others
        Some(format!("[{id}]\nname={name}\n{kind}={url}\n{settings}enabled={enabled}\n"))
    }
}

/// Returns an address without the name and password it may hold.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (place, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let place = place.rsplit('@').next().unwrap_or(place);
    format!("{scheme}://{place}{path}")
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
        sources.push(source);
    }
    if sources.is_empty() {
        return Err(format!(
            "the kickstart names no repository: add a line such as `repo --name=base --baseurl={}`",
            source_of_an_installer(kickstart).unwrap_or_else(|| "URL".to_owned())
        ));
    }
    Ok(sources)
}

/// Returns the address of a `url` line, which tells an installer what a `repo` line tells here.
fn source_of_an_installer(kickstart: &Kickstart) -> Option<String> {
    let line = kickstart.commands().find(|command| command.name() == "url")?;
    line.arguments().value("--url").map(str::to_owned)
}

fn source(repo: &Repo) -> Result<Source, String> {
    let line = repo.line;
    let name = plain(&repo.name, "repository name", line)?;
    let kept = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let addresses =
        [("baseurl", &repo.baseurl), ("mirrorlist", &repo.mirrorlist), ("metalink", &repo.metalink)];
    let (kind, url) =
        addresses.into_iter().find_map(|(kind, url)| url.as_deref().map(|url| (kind, url))).ok_or_else(
            || format!("repository {name} ({line}) has no --baseurl and no --mirrorlist", line = At(line)),
        )?;
    address(url, name, line)?;
    if kind != "baseurl" && local(url).is_some() {
        return Err(format!(
            "repository {name} ({line}): --{kind} should be at http://, https:// or ftp://; a folder is a --baseurl",
            line = At(line)
        ));
    }
    if let Some(key) = &repo.gpgkey {
        address(key, name, line)?;
    }
    let settings = [
        ("gpgcheck", Some(u8::from(repo.gpgkey.is_some()).to_string())),
        ("sslverify", (!repo.ssl_verify).then(|| "0".to_owned())),
        ("priority", repo.priority.map(|priority| priority.to_string())),
        ("cost", repo.cost.map(|cost| cost.to_string())),
        ("includepkgs", list(&repo.includepkgs)),
        ("excludepkgs", list(&repo.excludepkgs)),
    ];
    let access = [
        ("proxy", repo.proxy.clone()),
        ("proxy_username", repo.proxyuser.clone()),
        ("proxy_password", repo.proxypasswd.as_ref().map(Secret::reveal).map(str::to_owned)),
    ];
    Ok(Source {
        id: name.chars().map(kept).collect(),
        name: name.to_owned(),
        line,
        url: url.to_owned(),
        kind,
        key: repo.gpgkey.clone(),
        settings: lines(settings, line)?,
        access: lines(access, line)?,
        saved: (repo.save || repo.install).then_some(!repo.disable),
    })
}

fn lines<const N: usize>(values: [(&str, Option<String>); N], line: usize) -> Result<Vec<String>, String> {
    let given = values.into_iter().filter_map(|(key, value)| value.map(|value| (key, value)));
    given.map(|(key, value)| Ok(format!("{key}={}", plain(&value, key, line)?))).collect()
}

fn list(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(" "))
}

/// Returns the path of a file or folder on this machine.
pub(crate) fn local(url: &str) -> Option<PathBuf> {
    url.strip_prefix("file://").map(|path| PathBuf::from(decoded(path)))
}

/// Replaces `%20` and the like by what they stand for.
fn decoded(path: &str) -> std::ffi::OsString {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = (*first == b'%').then(|| behind.get(..2)).flatten();
        let byte = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

fn address(url: &str, name: &str, line: usize) -> Result<(), String> {
    let wrong = |why: String| Err(format!("repository {name} ({line}): {why}", line = At(line)));
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
    if local(url).is_some_and(|path| path.components().any(|part| part == Component::ParentDir)) {
        return wrong(format!("the address {url} should not have `..` in it"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_the_image_has_no_password() {
        for (url, saved) in [
            ("http://ana:s3cret@repo.example:80/a@b/", "http://repo.example:80/a@b/"),
            ("https://repo.example/", "https://repo.example/"),
            ("http://ana:p@ss@repo.example", "http://repo.example"),
            ("file:///srv/repo", "file:///srv/repo"),
        ] {
            assert_eq!(without_password(url), saved);
        }
    }
}
