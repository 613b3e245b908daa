//! How does a participant start another process?
//!
//! [`Job::launch`] returns when the launch is safe with the engine. The workitem may come twice, so the launch has an id
//! made from the attempt: the local queue takes it once. The Ruote engine of BOSS cannot tell and would start a second
//! process, so what is launched should bear being done twice. The engine answers nothing: neither the new process's id
//! nor mistakes in the definition are known here.

use participant_core::{Failure, Job, Launch, Outcome, Participant, Workitem, async_trait};
use serde_json::json;
use stage::Stage;

// not called as one of its steps: the engine would start it again and again
const DEFINITION: &str = "\
Ruote.process_definition 'tell_the_team' do
  notify :to => 'team', :text => '${f:news}', :persistent => true
end
";

/// Tells the team by a process of its own, while this one goes on.
struct Announce;

#[async_trait]
impl Participant for Announce {
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure> {
        let image = item.text("image.name").ok_or_else(|| Failure::missing("image.name"))?;
        // the new process starts with our fields and one more
        let fields = item.fields_after(&Outcome::done().set("news", format!("{image} is there")));
        let launch = Launch::new(DEFINITION, fields).once(format!("announce {}", item.attempt()));
        job.launch(&launch).await.map_err(|error| Failure::outside("announce the image", error))?;
        Ok(Outcome::done().set("image.announced", true))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    Stage::new("launching", Announce).run(&json!({ "image": { "name": "hello" } })).await
}

#[cfg(test)]
mod tests {
    use participant_core::ENGINE_QUEUE;
    use participant_core::testing::{Memory, job, workitem};

    use super::*;

    #[test]
    fn it_runs_without_a_broker() {
        stage::runs_without_a_broker(main);
    }

    #[tokio::test]
    async fn the_launch_then_the_reply_go_to_the_engine() {
        let fields = json!({ "image": { "name": "hello" } });
        for sent in [
            Stage::new("launching", Announce).local(&fields).await.unwrap(),
            Stage::new("launching", Announce).rehearse(&fields).await.unwrap(),
        ] {
            assert_eq!(sent.len(), 2);
            assert_eq!(sent[0]["definition"], DEFINITION);
            assert_eq!(sent[0]["fields"]["news"], "hello is there");
            assert_eq!(sent[1]["fields"]["image"]["announced"], true);
            assert_eq!(sent[1]["fields"].get("news"), None, "only the new process has the news");
        }
    }

    #[tokio::test]
    async fn a_repeated_workitem_launches_once_where_the_transport_can_tell() {
        let (memory, item) = (Memory::default(), workitem(&json!({ "image": { "name": "hello" } })));
        for _ in 0..2 {
            let (job, _stop) = job(&memory);
            assert!(Announce.handle_wi(&item, &job).await.unwrap().is_done());
        }
        assert_eq!(memory.drain(ENGINE_QUEUE).len(), 1);
    }
}
