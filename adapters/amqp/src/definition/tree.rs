//! The steps of a JSON tree.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Step, is_define};

/// `["alice", {"task": "clean"}, []]`
#[derive(Deserialize)]
struct Tree(String, Map<String, Value>, Vec<Tree>);

/// Reads a definition in JSON; an `Err` says what no engine takes. One too deep to look into has no steps.
pub(super) fn steps(text: &str) -> Result<Vec<Step>, String> {
    serde_json::from_str::<&RawValue>(text).map_err(|error| format!("this is not JSON: {error}"))?;
    let mut steps = Vec::new();
    match serde_json::from_str::<Tree>(text) {
        Ok(root) => gather(root, &mut steps),
        Err(error) if error.is_data() => {
            let step = "a step in JSON is a list of its name, an object of attributes and a list of steps";
            return Err(format!("{step}: {error}"));
        }
        Err(_) => {}
    }
    Ok(steps)
}

fn gather(Tree(word, attributes, children): Tree, steps: &mut Vec<Step>) {
    let called = called(&word, &attributes);
    steps.push(Step { word, called });
    children.into_iter().for_each(|child| gather(child, steps));
}

/// A text without a key is a key without a value.
fn called(word: &str, attributes: &Map<String, Value>) -> Option<String> {
    let keyed = attributes.get(if is_define(word) { "name" } else { "ref" });
    let mut bare = attributes.iter().filter(|(_, value)| value.is_null());
    let keyed = keyed.and_then(Value::as_str).map(ToOwned::to_owned);
    keyed.or_else(|| bare.next().map(|(key, _)| key.clone()))
}
