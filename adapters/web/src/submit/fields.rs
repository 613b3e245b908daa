//! What a form with files sends.

use std::sync::Arc;

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use rest::{Mistake, Problem, Rest};

use crate::trouble::Trouble;

/// The longest form, in bytes: a kickstart may have 10 MiB, as a file and as text.
const LONGEST: usize = 24 << 20;
/// The most parts.
const MOST: usize = 2_000;

/// All parts, in their order.
#[derive(Debug, Default)]
pub(super) struct Fields {
    texts: Vec<(String, String)>,
    files: Vec<Sent>,
    /// What cannot be read of it.
    pub(super) wrong: Vec<Mistake>,
}

/// A file that came.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) field: String,
    pub(super) name: String,
    pub(super) text: String,
}

impl Fields {
    /// Reads a form; one that is long waits for its turn.
    pub(super) async fn read(rest: &Arc<Rest>, person: &str, request: Request) -> Result<Fields, Trouble> {
        let headers = request.headers().clone();
        Ok(rest.in_turn(person, &headers, parts(request)).await?)
    }

    /// Returns a text; empty when it was not sent.
    pub(super) fn text(&self, field: &str) -> &str {
        self.texts.iter().find(|(name, _)| name == field).map_or("", |(_, text)| text)
    }

    /// Returns all texts of this name.
    pub(super) fn all<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.texts.iter().filter(move |(name, _)| name == field).map(|(_, text)| text.as_str())
    }

    /// Returns the texts whose names begin so, with the rest of their names.
    pub(super) fn below<'a>(&'a self, begin: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts.iter().filter_map(move |(name, text)| Some((name.strip_prefix(begin)?, text.as_str())))
    }

    /// Returns the files of this name that have something in them.
    pub(super) fn files<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a Sent> {
        self.files.iter().filter(move |sent| sent.field == field && !sent.text.is_empty())
    }
}

async fn parts(request: Request) -> Result<Fields, Problem> {
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|error| Problem::unreadable(error.body_text()))?;
    let mut fields = Fields::default();
    let mut length = 0;
    while let Some(mut part) = form.next_field().await.map_err(|error| problem(&error))? {
        let field = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(more) = part.chunk().await.map_err(|error| problem(&error))? {
            length += more.len();
            if length > LONGEST {
                return Err(Problem::too_large(format!("an order may have {} MB", LONGEST >> 20)));
            }
            bytes.extend_from_slice(&more);
        }
        let Ok(text) = String::from_utf8(bytes) else {
            let what = file.as_deref().unwrap_or(&field);
            let why = format!("cannot be read: {what} is not UTF-8; save it as that, and send it again");
            fields.wrong.push(Mistake { field, why });
            continue;
        };
        match file {
            Some(name) => fields.files.push(Sent { field, name, text }),
            // browsers end the lines of what was typed in their own way
            None => fields.texts.push((field, text.replace("\r\n", "\n"))),
        }
        if fields.texts.len() + fields.files.len() + fields.wrong.len() > MOST {
            return Err(Problem::too_large(format!("a form may have {MOST} fields")));
        }
    }
    Ok(fields)
}

fn problem(error: &axum::extract::multipart::MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::too_large(format!("an order may have {} MB", LONGEST >> 20))
        }
        _ => Problem::unreadable(format!("the form did not arrive as a whole: {}", error.body_text())),
    }
}
