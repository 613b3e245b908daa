//! The messages on the engine's queue.

use serde_json::value::RawValue;

use crate::json::{Object, is_true};

/// A message, by the rules of the Ruote engine: an error before a reply before a launch.
#[derive(Debug)]
pub(crate) enum Incoming {
    Launch(Launch),
    Reply(Step, Object),
    Error(Step, Object, Box<RawValue>),
    /// Why nobody can do anything with it.
    Garbage(String),
}

/// A process to start; what of it cannot be used says why.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) definition: Result<String, String>,
    pub(crate) fields: Result<Object, String>,
    pub(crate) variables: Result<Object, String>,
}

/// Which step of which process is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) wfid: String,
    pub(crate) expid: String,
    pub(crate) subid: String,
    /// Of which dispatch; `None` when the reply does not say.
    pub(crate) dispatched_at: Option<String>,
}

impl Incoming {
    pub(crate) fn read(body: &[u8]) -> Incoming {
        let text = match std::str::from_utf8(body) {
            Ok(text) => text,
            Err(error) => return Incoming::Garbage(format!("the message is not UTF-8: {error}")),
        };
        let message = match Object::parse(text) {
            Ok(message) => message,
            Err(error) => return Incoming::Garbage(format!("the message is no JSON object: {error}")),
        };
        let has = |key| is_true(message.get(key));
        if has("fei") && (has("error") || has("fields")) {
            return answer(message);
        }
        match ["definition", "process_definition"].iter().find_map(|key| message.get(key)) {
            Some(definition) => launch(&message, definition),
            None => Incoming::Garbage("the message is neither a launch nor a reply".into()),
        }
    }
}

fn answer(message: Object) -> Incoming {
    let Some(fei) = message.object("fei") else {
        return Incoming::Garbage("the fei of this reply is no object".into());
    };
    let (Some(wfid), Some(expid), Some(subid)) = (fei.text("wfid"), fei.text("expid"), fei.text("subid"))
    else {
        return Incoming::Garbage("the fei of this reply names no step".into());
    };
    let dispatched_at = message.object("fields").and_then(|fields| fields.text("dispatched_at"));
    let step = Step { wfid, expid, subid, dispatched_at };
    match message.get("error").map(ToOwned::to_owned) {
        Some(error) if is_true(Some(&error)) => Incoming::Error(step, message, error),
        _ => Incoming::Reply(step, message),
    }
}

fn launch(message: &Object, definition: &RawValue) -> Incoming {
    let object = |names: [&str; 2], what: &str| {
        let value = names.iter().find_map(|key| message.get(key)).map_or("null", RawValue::get);
        match value {
            "null" => Ok(Object::default()),
            text => Object::parse(text).map_err(|_| format!("the {what} of the launch are no object")),
        }
    };
    let definition = serde_json::from_str(definition.get());
    Incoming::Launch(Launch {
        definition: definition
            .map_err(|_| "the definition is no text: this engine reads the Ruby form only".into()),
        fields: object(["fields", "workitem_fields"], "fields"),
        variables: object(["variables", "process_variables"], "variables"),
    })
}

impl std::fmt::Display for Step {
    /// Writes the id the step has in the Ruote engine: `expid!subid!wfid`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}!{}!{}", self.expid, self.subid, self.wfid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_apart_as_in_ruote() {
        let fei = r#""fei":{"wfid":"w","expid":"0","subid":"s"}"#;
        for (body, kind) in [
            (format!("{{{fei},\"fields\":{{}}}}"), "Reply"),
            (format!("{{{fei},\"fields\":{{}},\"definition\":\"x\"}}"), "Reply"),
            (format!(" {{{fei},\"fields\":[1],\"error\":null}} \n"), "Reply"),
            (format!("{{{fei},\"fields\":{{}},\"error\":false}}"), "Reply"),
            (format!("{{{fei},\"fields\":{{}},\"error\":\"\"}}"), "Error"),
            (format!("{{{fei},\"error\":{{}}}}"), "Error"),
            (format!("{{{fei}}}"), "Garbage"),
            ("{\"fei\":\"0!s!w\",\"fields\":{}}".into(), "Garbage"),
            ("{\"process_definition\":\"x\",\"workitem_fields\":{}}".into(), "Launch"),
            ("{\"definition\":[\"define\",{},[]]}".into(), "Launch"),
            ("[]".into(), "Garbage"),
            ("".into(), "Garbage"),
            ("{\"cancel\":true,\"fei\":\"#<x>\"}".into(), "Garbage"),
        ] {
            assert!(format!("{:?}", Incoming::read(body.as_bytes())).starts_with(kind), "{body}");
        }
    }
}
