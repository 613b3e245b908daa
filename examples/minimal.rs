//! What is the least a participant needs?
//!
//! One method, `handle_wi`. `cargo run -p examples --example minimal` answers one workitem and prints what goes back.

use participant_core::{Failure, Job, Outcome, Participant, Workitem, async_trait};
use serde_json::json;
use stage::Stage;

struct Greet;

#[async_trait]
impl Participant for Greet {
    async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        let name = item.text("name").ok_or_else(|| Failure::missing("name"))?;
        Ok(Outcome::done().set("greeting", format!("Hello {name}")))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    Stage::new("minimal", Greet).run(&json!({ "name": "ana" })).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_without_a_broker() {
        stage::runs_without_a_broker(main);
    }

    #[tokio::test]
    async fn it_says_the_same_on_the_local_queue_and_on_rabbitmq() {
        let fields = json!({ "name": "ana", "untouched": [1.0, null] });
        for sent in [
            Stage::new("minimal", Greet).local(&fields).await.unwrap(),
            Stage::new("minimal", Greet).rehearse(&fields).await.unwrap(),
        ] {
            assert_eq!(sent.len(), 1);
            assert_eq!(sent[0]["fields"]["greeting"], "Hello ana");
            assert_eq!(sent[0]["fields"]["untouched"], json!([1.0, null]));
            assert_eq!(sent[0]["fields"]["__result__"], true);
        }
    }
}
