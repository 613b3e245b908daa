//! What a process wants of its kickstart.

use img_kickstart::repo_name_from_url;
use participant_core::Workitem;
use serde_json::Value;

/// What `build_ks` reads of a workitem.
#[derive(Debug)]
pub(crate) struct Wishes {
    pub(crate) kickstart: String,
    /// Lines of it that an earlier step put in.
    pub(crate) added_lines: Vec<usize>,
    /// What messages call the kickstart.
    pub(crate) file_name: String,
    pub(crate) repos: Vec<Repo>,
    pub(crate) packages: Vec<String>,
    pub(crate) groups: Vec<String>,
}

/// A repository to add.
#[derive(Debug, PartialEq)]
pub(crate) struct Repo {
    pub(crate) name: String,
    pub(crate) url: String,
}

impl Wishes {
    /// Reads the fields, or says in a sentence what is wrong with them.
    pub(crate) fn read(item: &Workitem) -> Result<Wishes, String> {
        let text = |path: &str| item.text(path).filter(|text| !text.is_empty());
        let kickstart = match (text("image.kickstart"), text("image.ksfile")) {
            (Some(kickstart), _) => kickstart,
            (None, Some(_)) => {
                return Err("image.ksfile needs a folder of kickstarts, and none is configured".into());
            }
            (None, None) => return Err("Missing mandatory fields: image.kickstart".into()),
        };
        let name = text("image.name").unwrap_or_else(|| "kickstart".into());
        let mut packages = texts(item.field("image.packages"), "image.packages")?;
        packages.extend(texts(item.param("packages"), "the param packages")?);
        let mut groups = texts(item.field("image.groups"), "image.groups")?;
        groups.extend(texts(item.param("groups"), "the param groups")?);
        Ok(Wishes {
            kickstart,
            added_lines: item.read("image.added_lines").unwrap_or_default(),
            file_name: format!("{name}.ks"),
            repos: repos(item.field("image.extra_repos"))?,
            packages,
            groups,
        })
    }
}

/// Reads a list, which may also be the JSON text of one.
fn list(value: Option<Value>, what: &str) -> Result<Vec<Value>, String> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list),
        Some(Value::String(text)) if text.is_empty() => Ok(Vec::new()),
        Some(Value::String(text)) => match serde_json::from_str(&text) {
            Ok(Value::Array(list)) => Ok(list),
            _ => Err(format!("{what} should be a list")),
        },
        Some(_) => Err(format!("{what} should be a list")),
    }
}

fn texts(value: Option<Value>, what: &str) -> Result<Vec<String>, String> {
    let words = list(value, what)?.into_iter().map(|word| match word {
        Value::String(word) => Ok(word),
        other => Err(format!("{what} should be a list of texts; {other} is none")),
    });
    words.collect()
}

/// Reads addresses, or objects of `name` and `url`; an address alone gives the repository its name.
fn repos(value: Option<Value>) -> Result<Vec<Repo>, String> {
    let what = "image.extra_repos";
    let repos = list(value, what)?.into_iter().map(|repo| match repo {
        Value::String(url) => Ok(Repo { name: repo_name_from_url(&url), url }),
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
