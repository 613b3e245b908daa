//! The workitem: what the engine sends and gets back.

use std::sync::Arc;

use serde::de::{DeserializeOwned, Error};
use serde_json::Value;

use crate::fei::{Attempt, Fei};
use crate::raw::RawObject;

/// One unit of work sent by the engine, exactly as it arrived.
///
/// Keys we do not know, their order and numbers of any size are kept, so that the reply returns them untouched.
/// Invariant: `fei` and `fields` are present and are objects.
#[derive(Clone, Debug)]
pub struct Workitem {
    pub(crate) object: RawObject,
    fei: Fei,
}

/// Why a message body is no workitem; whoever sent it has to change it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The body is not one JSON object in UTF-8.
    #[error("message is not a JSON object")]
    NotJson(#[source] serde_json::Error),
    /// The object lacks a part without which no reply can find its way back.
    #[error("message has no object `{key}`")]
    NoObject {
        /// The missing key: `fei` or `fields`.
        key: &'static str,
    },
}

impl Workitem {
    /// Reads a message body. Does no I/O.
    pub fn parse(body: &[u8]) -> Result<Workitem, Malformed> {
        let text = str::from_utf8(body).map_err(|error| Malformed::NotJson(Error::custom(error)))?;
        let text = Arc::from(text);
        let mut object = RawObject::parse(&text, &["fei", "fields"])
            .or_else(|_| RawObject::parse(&text, &[]))
            .map_err(Malformed::NotJson)?;
        for key in ["fei", "fields"] {
            object.open(key).ok_or(Malformed::NoObject { key })?;
        }
        Ok(Workitem { fei: Fei::read(object.opened("fei").expect("just opened")), object })
    }

    pub(crate) fn fields(&self) -> &RawObject {
        self.object.opened("fields").expect("opened when it was parsed")
    }

    /// Returns the step this workitem belongs to.
    pub fn fei(&self) -> &Fei {
        &self.fei
    }

    /// Returns which try at that step this is.
    pub fn attempt(&self) -> Attempt {
        Attempt { fei: self.fei.clone(), dispatched_at: self.text("dispatched_at").unwrap_or_default() }
    }

    /// Returns the name the process definition called the participant by.
    pub fn participant_name(&self) -> Option<String> {
        self.object.get("participant_name").and_then(|raw| serde_json::from_str(raw.get()).ok())
    }

    /// Returns a field by its path, keys joined with dots: `image.arch`.
    pub fn field(&self, path: &str) -> Option<Value> {
        self.read(path)
    }

    /// Returns a field as a type of the caller's; `None` when it is missing or does not fit.
    pub fn read<T: DeserializeOwned>(&self, path: &str) -> Option<T> {
        self.fields().find(path).and_then(|raw| serde_json::from_str(raw.get()).ok())
    }

    /// Returns a field that is a text; `None` when it is missing or something else.
    pub fn text(&self, path: &str) -> Option<String> {
        self.read(path)
    }

    /// Returns texts that a participant cannot do without, or the sentence that names all that are missing or empty.
    pub fn mandatory<const N: usize>(&self, paths: [&str; N]) -> Result<[String; N], String> {
        let texts = paths.map(|path| self.text(path).unwrap_or_default());
        let missing: Vec<_> =
            paths.iter().zip(&texts).filter(|(_, text)| text.is_empty()).map(|(path, _)| *path).collect();
        match missing.is_empty() {
            true => Ok(texts),
            false => Err(format!("Missing mandatory fields: {}", missing.join(","))),
        }
    }

    /// Returns an attribute of the step in the process definition.
    pub fn param(&self, name: &str) -> Option<Value> {
        self.fields().object("params")?.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok())
    }

    /// Returns the whole workitem, as the text it came as but for white space.
    pub fn to_json(&self) -> String {
        self.object.to_json()
    }

    /// Tells whether the engine went on without waiting for an answer (`:forget => true`, in Ruby's sense of true).
    pub fn is_forgotten(&self) -> bool {
        !matches!(self.param("forget"), None | Some(Value::Null | Value::Bool(false)))
    }
}
