//! What a workitem asks for.

use std::collections::BTreeMap;

use imaging::NewJob;
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

/// Kept with the job as they are, for those who read it later.
const KEPT: [&str; 4] = ["image.devicegroup", "image.release", "image.packages", "image.extra_repos"];

impl Request {
    /// Reads the fields, or says in a sentence what is wrong with them.
    pub(crate) fn read(item: &Workitem, username: &str) -> Result<Request, String> {
        let text = |path: &str| scalar(item.field(path)).unwrap_or_default();
        let missing: Vec<_> = MANDATORY.into_iter().filter(|path| text(path).is_empty()).collect();
        if !missing.is_empty() {
            return Err(format!("Missing mandatory fields: {}", missing.join(",")));
        }
        let queue = scalar(item.field("image.queue")).unwrap_or_else(|| "requests".into());
        if queue == "web" {
            return Err("image.queue may not be `web` here: those jobs come from the web page".into());
        }
        let prefix = item.text("image.prefix").unwrap_or_else(|| format!("{queue}/{username}"));
        let more = KEPT.into_iter().filter_map(|path| Some((path.to_owned(), item.field(path)?.to_string())));
        let job = NewJob {
            request: item.attempt().to_string(),
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
            more: more.collect::<BTreeMap<_, _>>(),
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
        Some(_) => Err(format!("{path} should be a list of texts")),
    }
}
