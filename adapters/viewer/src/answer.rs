//! What ruote-kit writes.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A participant as the engine has it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Registered {
    /// The names it serves; the engine takes the first entry that matches.
    #[serde(rename = "regex")]
    pub pattern: String,
    /// The Ruby class that deals with its workitems.
    #[serde(rename = "classname", default)]
    pub class: Value,
    #[serde(default)]
    options: Option<Map<String, Value>>,
}

impl Registered {
    /// The expression of the entry for everything nobody else serves.
    pub const CATCH_ALL: &str = "^.+$";

    /// Returns the queue its workitems go to; some entries have none.
    pub fn queue(&self) -> Option<&str> {
        self.options.as_ref()?.get("routing_key")?.as_str()
    }

    /// Tells whether the engine would give it a workitem for this name; `None` when only Ruby can read the expression.
    pub fn serves(&self, name: &str) -> Option<bool> {
        regex::Regex::new(&self.pattern).ok().map(|pattern| pattern.is_match(name))
    }

    /// Tells whether this is the entry for everything nobody else serves, which parks workitems in the engine.
    pub fn is_catch_all(&self) -> bool {
        self.pattern == Registered::CATCH_ALL
    }
}

#[derive(Deserialize)]
struct Participants {
    participants: Vec<Registered>,
}

/// Reads the list of participants.
pub(crate) fn participants(text: &str) -> Result<Vec<Registered>, serde_json::Error> {
    serde_json::from_str::<Participants>(text).map(|answer| answer.participants)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_participants_is_read_in_its_order() {
        let text = r#"{"links":[{"href":"/_ruote","rel":"self"}],"participants":[
            {"regex":"^boss_register$","classname":"BOSS::Registrar","options":{"position":"first"},"links":[]},
            {"regex":"^p2_.*$","classname":"BOSS::Participant","options":{"routing_key":"p2","position":-2}},
            {"regex":"^.+$","classname":"Ruote::StorageParticipant","options":null}]}"#;
        let list = participants(text).unwrap();
        assert_eq!(list.iter().map(Registered::queue).collect::<Vec<_>>(), [None, Some("p2"), None]);
        assert_eq!(list.iter().map(Registered::is_catch_all).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(
            list.iter().map(|entry| entry.serves("p2_x")).collect::<Vec<_>>(),
            [Some(false), Some(true), Some(true)]
        );
        for wrong in ["", "<html>", "[]", r#"{"participants":{}}"#, r#"{"participants":[{}]}"#] {
            assert!(participants(wrong).is_err(), "{wrong}");
        }
    }
}
