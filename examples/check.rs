//! When does a participant say no, and when does it fail?
//!
//! It says no as soon as it knows what the workitem is about, whatever is wrong: the refusal sets `__result__` to false,
//! and the process takes its branch for that. A [`Failure`] stops the process at this step until a person looks at it,
//! for most definitions have no `on_error`: it is for workitems nobody can act on, here one without a package.
//!
//! ```ruby
//! cursor :break_if => '${__result__} == false' do
//!   check :licences => ['MIT', 'Apache-2.0']
//!   publish
//! end
//! ```

use participant_core::{Failure, Job, Outcome, Participant, Workitem, async_trait};
use serde_json::json;
use stage::Stage;

/// Lets packages with certain licences pass.
struct Check;

#[async_trait]
impl Participant for Check {
    async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        // what the process is about is in the fields; attributes of the step are params
        let name = item.text("package.name").ok_or_else(|| Failure::missing("package.name"))?;
        let licences = item.param("licences").and_then(|list| serde_json::from_value(list).ok());
        let Some(licences): Option<Vec<String>> = licences else {
            return Ok(no(&name, "the step has no list `licences`"));
        };
        match item.text("package.licence") {
            Some(licence) if licences.contains(&licence) => Ok(Outcome::done().set("package.checked", true)),
            Some(licence) => Ok(no(&name, &format!("its licence is {licence}"))),
            None => Ok(no(&name, "it has no licence")),
        }
    }
}

/// Says no, and why: a line more in `msg`, and the text in `__error__`.
fn no(name: &str, why: &str) -> Outcome {
    Outcome::refuse().set("package.checked", false).because(format!("{name} may not be published: {why}"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let package = json!({ "name": "hello", "licence": "none of your business" });
    let params = json!({ "licences": ["MIT", "Apache-2.0"], "ref": "check" });
    Stage::new("check", Check).run(&json!({ "package": package, "params": params })).await
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn it_runs_without_a_broker() {
        stage::runs_without_a_broker(main);
    }

    /// Returns what the engine gets.
    async fn answer(package: &Value, params: &Value) -> Value {
        let fields = json!({ "package": package, "params": params });
        let mut sent = Stage::new("check", Check).local(&fields).await.unwrap();
        assert_eq!(sent.len(), 1);
        sent.remove(0)
    }

    #[tokio::test]
    async fn the_process_hears_yes_or_no() {
        let list = json!({ "licences": ["MIT", "Apache-2.0"] });
        for (params, licence, refusal) in [
            (&list, json!("MIT"), Value::Null),
            (&list, json!("GPL-3.0"), json!("hello may not be published: its licence is GPL-3.0")),
            (&list, Value::Null, json!("hello may not be published: it has no licence")),
            (&json!({}), json!("MIT"), json!("hello may not be published: the step has no list `licences`")),
            (
                &json!({ "licences": "MIT" }),
                json!("MIT"),
                json!("hello may not be published: the step has no list `licences`"),
            ),
        ] {
            let sent = answer(&json!({ "name": "hello", "licence": licence }), params).await;
            assert_eq!(sent.get("error"), None);
            assert_eq!(sent["fields"]["__result__"], refusal.is_null());
            assert_eq!(sent["fields"]["package"]["checked"], refusal.is_null());
            assert_eq!(sent["fields"]["__error__"], refusal);
        }
    }

    #[tokio::test]
    async fn a_workitem_without_a_package_stops_the_process() {
        let sent = answer(&json!({ "licence": "MIT" }), &json!({ "licences": ["MIT"] })).await;
        assert_eq!(sent["error"]["message"], "workitem has no field `package.name`");
        assert_eq!(sent["fields"].get("__result__"), None, "the engine gets an error, no answer");
    }
}
