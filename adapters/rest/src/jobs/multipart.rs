//! An order as a form, with files.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::create::LONGEST;
use crate::order::Order;
use crate::problem::{Problem, chain};

/// The fields of an order; texts as they are, all else as JSON.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is read part by part; this is its form for the document")]
pub(crate) struct Form {
    /// What the image is called.
    name: Option<String>,
    /// The form of the image.
    image_type: Option<String>,
    /// The processor it is for.
    arch: Option<String>,
    /// The kickstart, which may be a file.
    kickstart: Option<String>,
    /// The file of a template of the site.
    template: Option<String>,
    /// A YAML file; several parts are several files.
    configuration: Option<String>,
    /// Which configuration of the YAML files is meant.
    only: Option<String>,
    /// Which addresses of repositories count.
    flavour: Option<String>,
    /// A queue that launches.
    queue: Option<String>,
    /// The release it is part of.
    release: Option<String>,
    /// Devices it is to be tested on.
    devicegroup: Option<String>,
    /// Where mail goes.
    email: Option<String>,
    /// `true` or `false`.
    pinned: Option<bool>,
    /// A tag; several parts are several tags.
    tags: Option<String>,
    /// A package; several parts are several packages.
    packages: Option<String>,
    /// A feature; several parts are several features.
    features: Option<String>,
    /// The address of a repository; several parts are several.
    extra_repos: Option<String>,
    /// An option for the builder; several parts are several.
    extra_opts: Option<String>,
    /// A post-process; several parts are several.
    post_processes: Option<String>,
    /// A JSON object.
    tokens: Option<String>,
    /// A JSON object.
    post_process_arguments: Option<String>,
}

const TEXTS: [&str; 9] =
    ["name", "image_type", "arch", "kickstart", "template", "queue", "release", "devicegroup", "email"];
const LISTS: [&str; 6] = ["tags", "packages", "features", "extra_repos", "extra_opts", "post_processes"];
const JSON: [&str; 3] = ["pinned", "tokens", "post_process_arguments"];
const OF_CONFIGURATION: [&str; 2] = ["only", "flavour"];

/// Reads an order from the parts of a form.
pub(super) async fn order(request: Request) -> Result<Order, Problem> {
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|error| Problem::unreadable(error.body_text()))?;
    let (mut order, mut configuration, mut files) = (Map::new(), Map::new(), Vec::new());
    let mut length = 0;
    while let Some(mut part) = form.next_field().await.map_err(|error| problem(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(more) = part.chunk().await.map_err(|error| problem(&error))? {
            length += more.len();
            if length > LONGEST {
                return Err(Problem::too_large(format!("an order may have {LONGEST} bytes")));
            }
            bytes.extend_from_slice(&more);
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| Problem::mistake(&name, "is not UTF-8: save it as that, and send it again"))?;
        match name.as_str() {
            key if TEXTS.contains(&key) => drop(order.insert(name, text.into())),
            key if OF_CONFIGURATION.contains(&key) => drop(configuration.insert(name, text.into())),
            key if LISTS.contains(&key) => {
                if let Value::Array(list) = order.entry(name).or_insert_with(|| json!([])) {
                    list.push(text.into());
                }
            }
            key if JSON.contains(&key) => {
                let value = serde_json::from_str::<Value>(&text);
                let value =
                    value.map_err(|error| Problem::mistake(&name, format!("should be JSON: {error}")))?;
                order.insert(name, value);
            }
            "configuration" => {
                let name = file_name.unwrap_or_else(|| format!("configuration-{}.yaml", files.len() + 1));
                files.push(json!({ "name": name, "text": text }));
            }
            _ => return Err(Problem::mistake("body", format!("has a part {name:?}, which no order has"))),
        }
    }
    if !files.is_empty() {
        configuration.insert("files".into(), files.into());
    }
    if !configuration.is_empty() {
        order.insert("configuration".into(), configuration.into());
    }
    serde_json::from_value(order.into())
        .map_err(|error| Problem::mistake("body", format!("is not what is meant: {error}")))
}

fn problem(error: &axum::extract::multipart::MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(format!("an order may have {LONGEST} bytes")),
        _ => Problem::unreadable(format!("the form cannot be read to its end: {}", chain(error))),
    }
}
