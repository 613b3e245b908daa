//! What a process wants of its kickstart.

use img_kickstart::kickstarter::{Flavour, UnknownFlavour};
use participant_core::Workitem;
use serde_json::Value;

use crate::lists::{list, texts};
use crate::repos::{Repo, repos};

/// What `build_ks` reads of a workitem.
#[derive(Debug)]
pub(crate) struct Wishes {
    pub(crate) source: Source,
    /// Lines of the kickstart that an earlier step put in.
    pub(crate) added_lines: Vec<usize>,
    /// The name of the image, when it has one.
    pub(crate) name: Option<String>,
    pub(crate) repos: Vec<Repo>,
    pub(crate) projects: Projects,
    pub(crate) packages: Vec<String>,
    pub(crate) groups: Vec<String>,
}

/// Where the kickstart is.
#[derive(Debug)]
pub(crate) enum Source {
    /// Here.
    Text(String),
    /// In the store, at this path.
    File(String),
    /// To be made from YAML files of the store.
    Yaml(Yaml),
}

/// YAML files, and what is wanted of them.
#[derive(Debug)]
pub(crate) struct Yaml {
    /// One or two paths: configurations, and repositories when they have a file of their own.
    pub(crate) files: Vec<String>,
    /// The configuration; none for the only one that is active.
    pub(crate) name: Option<String>,
    pub(crate) flavour: Option<Flavour>,
}

/// Projects whose repositories are wanted.
#[derive(Debug)]
pub(crate) struct Projects {
    pub(crate) names: Vec<String>,
    /// The repository of each; none for all that it has.
    pub(crate) repository: Option<String>,
    /// The build service to ask for them.
    pub(crate) service: Option<String>,
}

impl Wishes {
    /// Reads the fields, or says in a sentence what is wrong with them.
    pub(crate) fn read(item: &Workitem) -> Result<Wishes, String> {
        let text = |path: &str| text(item.field(path), path);
        let source = match (text("image.kickstart")?, text("image.ksfile")?) {
            (Some(kickstart), _) => Source::Text(kickstart),
            (None, Some(path)) => Source::File(path),
            (None, None) => Source::Yaml(Yaml::read(item)?),
        };
        Ok(Wishes {
            source,
            added_lines: item.read("image.added_lines").unwrap_or_default(),
            name: text("image.name")?,
            repos: repos(item.field("image.extra_repos"))?,
            projects: Projects::read(item)?,
            packages: packages(item)?,
            groups: gathered(item, "groups")?,
        })
    }
}

impl Yaml {
    fn read(item: &Workitem) -> Result<Yaml, String> {
        let wish = match item.field("image.kickstarter") {
            None | Some(Value::Null) => {
                return Err(
                    "Missing mandatory fields: image.kickstart, or image.ksfile or image.kickstarter".into(),
                );
            }
            Some(Value::Object(wish)) => wish,
            Some(_) => return Err("image.kickstarter should be an object".into()),
        };
        let text = |key: &str| text(wish.get(key).cloned(), &format!("image.kickstarter.{key}"));
        let configurations =
            text("configurations")?.ok_or("Missing mandatory fields: image.kickstarter.configurations")?;
        let flavour = text("flavour")?.map(|flavour| flavour.parse()).transpose();
        Ok(Yaml {
            files: [Some(configurations), text("repos")?].into_iter().flatten().collect(),
            name: text("name")?,
            flavour: flavour
                .map_err(|error: UnknownFlavour| format!("image.kickstarter.flavour: {error}"))?,
        })
    }
}

impl Projects {
    fn read(item: &Workitem) -> Result<Projects, String> {
        let mut names: Vec<String> = param_text(item, "project")?.into_iter().collect();
        names.extend(subprojects(item)?);
        let repository = param_text(item, "repository")?;
        let service = match (&names[..], &repository) {
            ([], _) | (_, Some(_)) => None, // nobody is asked
            _ => text(item.field("ev.namespace"), "ev.namespace")?,
        };
        Ok(Projects { names, repository, service })
    }
}

/// Returns the field, the param, and the field whose name the param `…_from` is.
fn gathered(item: &Workitem, what: &str) -> Result<Vec<String>, String> {
    let path = format!("image.{what}");
    let mut all = texts(item.field(&path), &path)?;
    all.extend(texts(item.param(what), &format!("the param {what}"))?);
    let from = format!("{what}_from");
    if let Some(path) = param_text(item, &from)? {
        all.extend(texts(item.field(&path), &format!("{path}, which the param {from} names,"))?);
    }
    Ok(all)
}

fn packages(item: &Workitem) -> Result<Vec<String>, String> {
    let mut all = gathered(item, "packages")?;
    if item.param("packages_event").is_some_and(|value| is_yes(&value)) {
        let actions = item.field("ev.actions").filter(|actions| !actions.is_null());
        let actions =
            actions.ok_or("Missing mandatory fields: ev.actions, which the param packages_event needs")?;
        // an action that deletes something has no such package
        let targets = list(Some(actions), "ev.actions")?.into_iter();
        all.extend(targets.filter_map(|action| action.get("targetpackage")?.as_str().map(str::to_owned)));
    }
    Ok(all)
}

/// Returns the sub-projects of a trial build that nobody excludes: the list, or the keys of the object.
///
/// Who excludes `P` excludes `P` with the suffix of the trial, too.
fn subprojects(item: &Workitem) -> Result<Vec<String>, String> {
    let what = "build_trial.subprojects";
    let names = match item.field(what) {
        Some(Value::Object(groups)) => groups.into_iter().map(|(name, _)| name).collect(),
        other => texts(other, what)?,
    };
    let suffix = item.text("build_trial.suffix").unwrap_or_default();
    let excluded = texts(item.field("image.exclude_prjs"), "image.exclude_prjs")?;
    let is_excluded = |name: &String| {
        let bare = name.strip_suffix(&suffix).unwrap_or(name);
        excluded.iter().any(|excluded| excluded == name || excluded == bare)
    };
    Ok(names.into_iter().filter(|name| !is_excluded(name)).collect())
}

fn param_text(item: &Workitem, name: &str) -> Result<Option<String>, String> {
    text(item.param(name), &format!("the param {name}"))
}

/// Reads a text; an empty one counts as none.
fn text(value: Option<Value>, what: &str) -> Result<Option<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(other) => Err(format!("{what} should be a text; {other} is none")),
    }
}

/// Reads what process definitions write for yes.
fn is_yes(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(&*text.to_lowercase(), "" | "false" | "no" | "off" | "0"),
        _ => true,
    }
}
