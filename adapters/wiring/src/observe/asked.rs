//! What a process asks to have logged of its workitems, in SkyNET's words: `debug_trace` and `debug_dump`.

use participant_core::Workitem;
use serde_json::Value;
use tracing::{Level, enabled, info};

use super::masked::masked;

/// Logs what the fields `debug_trace` and `debug_dump`, or the param `debug_dump`, ask for.
pub(super) fn log_what_is_asked(item: &Workitem) {
    if !enabled!(Level::INFO) {
        return;
    }
    let wanted = |value: Option<Value>| value.is_some_and(|value| is_yes(&value));
    if wanted(item.field("debug_trace")) {
        info!("{}", summary(item));
    }
    if wanted(item.field("debug_dump")) || wanted(item.param("debug_dump")) {
        info!("{}", dump(item));
    }
}

/// What Python takes for true; but for texts that say no, as `:debug_dump => 'false'` does.
fn is_yes(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => {
            !["", "0", "no", "off", "false"].contains(&text.trim().to_lowercase().as_str())
        }
        Value::Array(values) => !values.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// The workitem in a line, as SkyNET writes it.
fn summary(item: &Workitem) -> String {
    let plain = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let mut line = "Taking workitem".to_owned();
    if let Some(id) = item.field("ev.id").filter(is_yes) {
        line += &format!(" #{}", plain(id));
    }
    if let Some(project) = item.field("project").filter(is_yes) {
        line += &format!(" for {}", plain(masked(project)));
    }
    line += ":";
    let name = item.participant_name();
    if let Some(name) = &name {
        line += &format!(" {name}");
    }
    if let Some(Value::Object(params)) = item.field("params").map(masked) {
        let told = |key: &str| match key {
            "participant_options" | "if" => false,
            "ref" => name.is_none(),
            _ => true,
        };
        for (key, value) in params.into_iter().filter(|(key, _)| told(key)) {
            line += &format!(" {key}={value}");
        }
    }
    line
}

/// The whole workitem, on many lines.
fn dump(item: &Workitem) -> String {
    let value = serde_json::from_str(&item.to_json()).map(masked);
    value.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use participant_core::testing::workitem;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_workitem_is_summed_up_as_skynet_does() {
        let params = json!({ "ref": "p", "if": "true", "status": "DONE", "pwd": "s3cret", "n": [1] });
        let long = json!({ "ev": { "id": 42 }, "project": "Core:Main", "params": params });
        for (fields, expected) in [
            (long, r#"Taking workitem #42 for Core:Main: p n=[1] pwd="***" status="DONE""#),
            (json!({ "ev": { "id": "" }, "project": null }), "Taking workitem: p"),
        ] {
            assert_eq!(summary(&workitem(&fields)), expected);
        }
    }

    #[test]
    fn yes_is_said_in_many_ways() {
        for (value, expected) in [
            (json!(true), true),
            (json!("true"), true),
            (json!("please"), true),
            (json!(1), true),
            (json!(["x"]), true),
            (json!("False"), false),
            (json!("0"), false),
            (json!(0), false),
            (json!(""), false),
            (json!({}), false),
            (json!(null), false),
        ] {
            assert_eq!(is_yes(&value), expected, "{value}");
        }
    }

    #[test]
    fn a_dump_has_all_but_the_secrets() {
        let repos = ["http://obs:s3cret@repo.example/core"];
        let dump = dump(&workitem(&json!({ "image": { "repos": repos }, "obs": { "password": "s3cret" } })));
        assert!(dump.contains("20261121-0739-deshiyodo-godemora") && dump.contains("\n    \"image\": {\n"));
        assert!(dump.contains("http://obs:***@repo.example/core") && !dump.contains("s3cret"), "{dump}");
    }
}
