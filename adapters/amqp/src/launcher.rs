//! Starts processes on the engine behind the broker.

use async_trait::async_trait;
use participant_core::{ENGINE_QUEUE, Launch, LaunchError, Launcher, Message, Transport};
use serde_json::Value;

use crate::definition;
use crate::transport::AmqpTransport;

#[async_trait]
impl Launcher for AmqpTransport {
    /// Hands the process to the engine's queue. What the engine would only choke on, without telling us, is refused here.
    async fn launch(&self, launch: &Launch) -> Result<(), LaunchError> {
        if let Some(mistake) = mistake(launch) {
            return Err(LaunchError(mistake.into()));
        }
        let id = launch.id.clone();
        let message = Message { queue: ENGINE_QUEUE.into(), body: launch.body(), id };
        self.publish(&message).await.map_err(|error| LaunchError(Box::new(error)))
    }
}

/// Says why the engine would not start this.
fn mistake(launch: &Launch) -> Option<String> {
    let fields = launch.fields.get().trim_start();
    let no_object = |what: &str| Some(format!("the {what} are no object: the engine would launch nothing"));
    match &launch.variables {
        _ if !fields.starts_with('{') && fields != "null" => no_object("fields"),
        Value::Object(_) | Value::Null => definition::mistake(&launch.definition),
        _ => no_object("variables"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::to_raw_value;

    use super::*;

    #[test]
    fn only_what_the_engine_can_start_is_launched() {
        let good = "Ruote.process_definition 'x' do\n  alice\nend";
        for (definition, fields, variables, words) in [
            (good, json!({ "a": 1 }), json!({}), None),
            (good, json!(null), json!(null), None),
            (good, json!([1]), json!(null), Some("the fields are no object")),
            (good, json!("{}"), json!(null), Some("the fields are no object")),
            (good, json!({}), json!([]), Some("the variables are no object")),
            (good, json!({}), json!("x"), Some("the variables are no object")),
            ("x.pdef", json!({}), json!({}), Some("no process definition")),
        ] {
            let mut launch = Launch::new(definition, to_raw_value(&fields).unwrap());
            launch.variables = variables;
            match (mistake(&launch), words) {
                (None, None) => {}
                (Some(mistake), Some(words)) => assert!(mistake.contains(words), "{mistake}"),
                (mistake, words) => panic!("{mistake:?} is not {words:?}"),
            }
        }
    }
}
