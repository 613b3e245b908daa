//! What a workitem asks for.

use std::collections::BTreeSet;

use imaging::{ExtraRepo, NewJob, Tag};
use participant_core::Workitem;
use serde_json::Value;

/// What `request_image` reads of a workitem.
pub(crate) struct Request {
    /// The event the image is for; the image id begins with it.
    pub(crate) ev_id: String,
    /// What to record.
    pub(crate) job: NewJob,
    /// A finished job may answer: `Some(days)` that it may be old at most, `Some(None)` of any age.
    pub(crate) reuse: Option<Option<i64>>,
}

const MANDATORY: [&str; 5] = ["ev.id", "image.kickstart", "image.image_type", "image.arch", "image.name"];

impl Request {
    /// Reads the fields, or says in a sentence what is wrong with them.
    pub(crate) fn read(item: &Workitem, username: &str) -> Result<Request, String> {
        let text = |path: &str| scalar(item.field(path)).unwrap_or_default();
        let missing: Vec<_> = MANDATORY.into_iter().filter(|path| text(path).is_empty()).collect();
        if !missing.is_empty() {
            return Err(format!("Missing mandatory fields: {}", missing.join(",")));
        }
        if let Some(path) = MANDATORY.into_iter().find(|path| text(path).contains('\0')) {
            return Err(format!("{path} has a character with the number 0, which no text may have"));
        }
        let queue = scalar(item.field("image.queue")).unwrap_or_else(|| "requests".into());
        if queue == "web" {
            return Err("image.queue may not be `web` here: those jobs come from the web page".into());
        }
        let prefix = item.text("image.prefix").unwrap_or_else(|| format!("{queue}/{username}"));
        let attempt = item.attempt();
        let job = NewJob {
            request: attempt.to_string(),
            process: attempt.fei.wfid,
            queue,
            user: username.into(),
            name: text("image.name"),
            image_type: text("image.image_type"),
            arch: text("image.arch"),
            kickstart: text("image.kickstart"),
            tokenmap: text("image.tokenmap"),
            extra_opts: list(item.field("image.extra_opts"), "image.extra_opts")?,
            email: text("image.emails"),
            prefix,
            overlay: overlay(item)?,
            extra_repos: repos(item.field("image.extra_repos"))?,
            release: text("image.release"),
            devicegroup: text("image.devicegroup"),
            tags: tags(&text("image.tags"))?,
            ..NewJob::default()
        };
        Ok(Request { ev_id: text("ev.id"), job, reuse: reuse(item)? })
    }
}

fn reuse(item: &Workitem) -> Result<Option<Option<i64>>, String> {
    match item.param("action") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(action)) if action == "create" => Ok(None),
        Some(Value::String(action)) if action == "get_or_create" => match scalar(item.param("max_age")) {
            None => Ok(Some(None)),
            Some(days) => match days.parse::<i64>() {
                Ok(days) if days >= 0 => Ok(Some(Some(days))),
                _ => Err(format!("the param max_age should be a number of days, not `{days}`")),
            },
        },
        Some(other) => Err(format!("the param action should be `get_or_create`, not {other}")),
    }
}

/// Packages, and groups with their sign.
fn overlay(item: &Workitem) -> Result<Vec<String>, String> {
    let mut overlay = list(item.field("image.packages"), "image.packages")?;
    let groups = list(item.field("image.groups"), "image.groups")?;
    overlay.extend(
        groups.into_iter().map(|group| if group.starts_with('@') { group } else { format!("@{group}") }),
    );
    Ok(overlay)
}

/// Addresses, and objects with a name and an address, as build_ks takes them.
fn repos(value: Option<Value>) -> Result<Vec<ExtraRepo>, String> {
    let list = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::String(json)) => serde_json::from_str(&json).unwrap_or(Value::String(json)),
        Some(value) => value,
    };
    serde_json::from_value(list).map_err(|_| {
        "image.extra_repos should be a list of addresses, or of objects with a name and a url".into()
    })
}

fn tags(text: &str) -> Result<BTreeSet<Tag>, String> {
    let tags = text.split(',').filter(|tag| !tag.trim().is_empty()).map(Tag::parse);
    let tags: BTreeSet<_> = tags.collect::<Result<_, _>>().map_err(|error| format!("image.tags: {error}"))?;
    if tags.len() > Tag::MOST {
        return Err(format!("image.tags are {}: a job has at most {}", tags.len(), Tag::MOST));
    }
    Ok(tags)
}

/// A text or a number as text; lists of texts are joined with commas, as e-mail addresses are.
fn scalar(value: Option<Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")),
        _ => None,
    }
}

fn list(value: Option<Value>, path: &str) -> Result<Vec<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
            Ok(list.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
        }
        Some(Value::String(json)) if json.trim_start().starts_with('[') => {
            list(serde_json::from_str(&json).ok().or(Some(Value::Bool(false))), path)
        }
        Some(_) => Err(format!("{path} should be a list of texts")),
    }
}
