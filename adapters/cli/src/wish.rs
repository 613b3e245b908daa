//! What a person wants built, with every option checked.

use std::path::{Path, PathBuf};

use imaging::{Arch, ImageName, ImageType};
use serde_json::{Map, Value, json};

use crate::arguments::WishArguments;

/// A build somebody wants.
#[derive(Clone, Debug)]
pub struct BuildWish {
    /// The text of the kickstart.
    pub kickstart: String,
    /// What the image is called.
    pub name: ImageName,
    /// Its form.
    pub image_type: ImageType,
    /// The processor it is for; whether there is such a one, build_image knows.
    pub arch: String,
    /// The folder it goes to, absolute, where the person chose one.
    pub outdir: Option<PathBuf>,
    /// Where mail about it goes, beside whoever asks.
    pub email: Option<String>,
    /// The text of the process definition, where the person chose one.
    pub process: Option<String>,
    /// Whether to say how long each step took.
    pub timings: bool,
    /// Repositories to add: name and address.
    repos: Vec<(String, String)>,
    packages: Vec<String>,
    groups: Vec<String>,
    tokens: Vec<(String, String)>,
    /// The builder's own options.
    options: Vec<String>,
}

/// Why nothing can be built from this command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The options make no sense; exit status 2.
    Usage(String),
    /// The kickstart cannot be read; exit status 1.
    Kickstart(String),
}

impl BuildWish {
    /// Reads the kickstart file and checks the options.
    pub fn read(
        kickstart: &Path,
        arguments: &WishArguments,
        outdir: Option<&Path>,
    ) -> Result<BuildWish, Unusable> {
        let usage = |text: String| Unusable::Usage(text);
        let name = match &arguments.name {
            Some(name) => name.clone(),
            None => kickstart.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let name =
            ImageName::parse(&name).map_err(|error| usage(format!("{error}; choose another by --name")))?;
        let host = || Arch::host().map(|arch| arch.as_str().to_owned());
        let arch = arguments.arch.clone().or_else(host);
        let arch =
            arch.ok_or_else(|| usage("this machine has no architecture of ours: say --arch".into()))?;
        let repos = pairs(&arguments.repos, "--repo", "NAME=URL")?;
        let tokens = pairs(&arguments.tokens, "--token", "KEY=VALUE")?;
        if let Some((key, value)) =
            tokens.iter().find(|(key, value)| key.contains([':', ',']) || value.contains(','))
        {
            return Err(usage(format!("--token {key}={value}: a key has no `:` and neither part a `,`")));
        }
        if let Some(outdir) = outdir.filter(|outdir| outdir.to_str().is_none()) {
            return Err(usage(format!("--outdir {}: the name of the folder is not UTF-8", outdir.display())));
        }
        let outdir = outdir.map(std::path::absolute).transpose();
        Ok(BuildWish {
            name,
            image_type: arguments.image_type,
            arch,
            timings: arguments.timings,
            process: arguments.process.as_deref().map(process).transpose()?,
            outdir: outdir.map_err(|error| usage(format!("--outdir: {error}")))?,
            repos: repos
                .into_iter()
                .map(|(name, url)| Ok((name, address(&url)?)))
                .collect::<Result<_, _>>()?,
            packages: arguments.packages.clone(),
            groups: arguments.groups.clone(),
            options: options(arguments),
            tokens,
            kickstart: read_kickstart(kickstart)?,
            email: None,
        })
    }

    /// Adds a word to the options of the builder.
    pub fn with_option(&mut self, option: String) {
        self.options.push(option);
    }

    /// Returns the fields of the workitem that asks for this image.
    pub fn fields(&self, ev_id: &str) -> Value {
        let tokens: Vec<_> = self.tokens.iter().map(|(key, value)| format!("{key}:{value}")).collect();
        let repos: Vec<_> =
            self.repos.iter().map(|(name, url)| json!({ "name": name, "url": url })).collect();
        let mut image = json!({
            "kickstart": self.kickstart,
            "name": self.name.as_str(),
            "image_type": self.image_type.as_str(),
            "arch": self.arch,
            "extra_repos": repos,
            "packages": self.packages,
            "groups": self.groups,
            "tokenmap": tokens.join(","),
        });
        if !self.options.is_empty() {
            image["extra_opts"] = self.options.clone().into();
        }
        if let Some(email) = &self.email {
            image["emails"] = email.as_str().into();
        }
        if let Some(outdir) = &self.outdir {
            image["outdir"] = outdir.to_string_lossy().into();
            image["prefix"] = "".into(); // whoever chooses a folder wants the image right there
        }
        json!({ "ev": { "id": ev_id }, "image": image })
    }

    /// Returns the order that asks a server for this image.
    pub fn order(&self) -> Map<String, Value> {
        let repos: Vec<_> =
            self.repos.iter().map(|(name, url)| json!({ "name": name, "url": url })).collect();
        let groups = self.groups.iter().map(|group| format!("@{group}"));
        let packages: Vec<_> = self.packages.iter().cloned().chain(groups).collect();
        let tokens: Map<_, _> =
            self.tokens.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
        let mut order = Map::new();
        order.insert("kickstart".into(), self.kickstart.as_str().into());
        order.insert("name".into(), self.name.as_str().into());
        order.insert("image_type".into(), self.image_type.as_str().into());
        order.insert("arch".into(), self.arch.as_str().into());
        for (key, list) in [
            ("extra_repos", Value::from(repos)),
            ("packages", packages.into()),
            ("extra_opts", self.options.clone().into()),
        ] {
            if list.as_array().is_some_and(|list| !list.is_empty()) {
                order.insert(key.into(), list);
            }
        }
        if !tokens.is_empty() {
            order.insert("tokens".into(), tokens.into());
        }
        order.extend(self.email.as_deref().map(|email| ("email".to_owned(), email.into())));
        order
    }
}

/// Reads the repositories of a command line: name and address of each; the error is a mistake in it.
pub fn repositories(texts: &[String]) -> Result<Vec<(String, String)>, String> {
    let named = pairs(texts, "--repo", "NAME=URL").and_then(|pairs| {
        pairs.into_iter().map(|(name, url)| Ok((name, address(&url)?))).collect::<Result<Vec<_>, _>>()
    });
    named.map_err(|(Unusable::Usage(mistake) | Unusable::Kickstart(mistake))| mistake)
}

fn options(arguments: &WishArguments) -> Vec<String> {
    let pack_to = arguments.pack_to.iter().map(|file| format!("--pack-to={file}"));
    let epoch = arguments.source_date_epoch.iter().map(|seconds| format!("--source-date-epoch={seconds}"));
    let release = arguments.release.iter().map(|release| format!("--release={release}"));
    let strict = arguments.strict.then(|| "--strict".to_owned());
    pack_to.chain(epoch).chain(release).chain(strict).collect()
}

fn process(file: &Path) -> Result<String, Unusable> {
    let wrong = |error| Unusable::Usage(format!("--process {}: {error}", file.display()));
    std::fs::read_to_string(file).map_err(wrong)
}

/// The largest kickstart that is read, as the desk takes it; the largest real ones have some 100 KB.
const LARGEST: u64 = 10 << 20;

/// Reads a kickstart file.
pub fn read_kickstart(file: &Path) -> Result<String, Unusable> {
    let wrong = |problem: String| {
        Unusable::Kickstart(format!("cannot read the kickstart {}: {problem}", file.display()))
    };
    let about = std::fs::metadata(file).map_err(|error| wrong(error.to_string()))?;
    if !about.is_file() {
        return Err(wrong("it is no regular file".into()));
    }
    if about.len() == 0 {
        return Err(wrong("it is empty".into()));
    }
    if about.len() > LARGEST {
        return Err(wrong(format!(
            "it has {} bytes, and a kickstart may have {} MiB",
            about.len(),
            LARGEST >> 20
        )));
    }
    let bytes = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let column = 1 + String::from_utf8_lossy(&before[start..]).chars().count();
        wrong(format!("line {line}, column {column} is not UTF-8; `iconv -f latin1 -t utf-8` may convert it"))
    })
}

fn pairs(texts: &[String], option: &str, form: &str) -> Result<Vec<(String, String)>, Unusable> {
    let pairs = texts.iter().map(|text| match text.split_once('=') {
        Some((key, value)) if !key.is_empty() && !value.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(Unusable::Usage(format!("{option} {text}: should be {form}"))),
    });
    pairs.collect()
}

/// Makes a `file://` address of a folder of this machine.
fn address(url: &str) -> Result<String, Unusable> {
    if url.contains("://") {
        return Ok(url.to_owned());
    }
    let folder = std::fs::canonicalize(url)
        .map_err(|error| Unusable::Usage(format!("--repo: {url} is no address and no folder: {error}")))?;
    Ok(format!("file://{}", folder.display()))
}
