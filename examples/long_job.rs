//! How does a long job say how far it is, and how does it end early?
//!
//! It calls [`Job::progress`] and races its work against [`Job::stopped`]. Whoever loses the race is dropped: what the
//! work holds should clean up when dropped. What becomes of the answer depends on the reason:
//!
//! | reason | who | the answer |
//! |---|---|---|
//! | `Engine` | the process was cancelled, or went on after a timeout | is dropped: nobody waits for it |
//! | `Person` | somebody pressed a button | goes back: a refusal that says who |
//! | `Deadline` | it took longer than the worker allows | goes back: a refusal that says so |
//! | `Shutdown` | this program ends | is dropped; the workitem comes again, here or elsewhere |
//!
//! Run it: it counts to a hundred, and its deadline comes first.

use std::time::Duration;

use participant_core::{Failure, Job, Outcome, Participant, Progress, Workitem, async_trait};
use serde_json::json;
use stage::Stage;

const STEP: Duration = Duration::from_millis(100);

/// Counts, slowly.
struct Count;

#[async_trait]
impl Participant for Count {
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure> {
        let to: u64 = item.read("count.to").ok_or_else(|| Failure::missing("count.to"))?;
        tokio::select! {
            counted = count(to, job) => Ok(Outcome::done().set("count.counted", counted)),
            stop = job.stopped() => Ok(Outcome::refuse().because(stop.to_string())),
        }
    }
}

async fn count(to: u64, job: &Job) -> u64 {
    for done in 0..to {
        job.progress(&Progress { step: "counting".into(), done_of: Some((done, to)) });
        tokio::time::sleep(STEP).await;
    }
    to
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stage = Stage::new("long_job", Count).deadline(Duration::from_secs(1));
    stage.run(&json!({ "count": { "to": 100 } })).await
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use participant_core::Stop;
    use participant_core::testing::{Memory, job, workitem};

    use super::*;

    #[test]
    fn it_runs_without_a_broker() {
        stage::runs_without_a_broker(main);
    }

    #[tokio::test]
    async fn undisturbed_it_ends_with_its_result() {
        let sent = Stage::new("long_job", Count).local(&json!({ "count": { "to": 2 } })).await.unwrap();
        assert_eq!(sent[0]["fields"]["count"], json!({ "to": 2, "counted": 2 }));
    }

    #[tokio::test]
    async fn a_person_ends_it_at_once_and_the_process_hears_who() {
        let stage = Stage::new("long_job", Count);
        let running = stage.running();
        let button = async {
            tokio::time::sleep(STEP * 3).await;
            running.stop_process(stage::WFID, &Stop::Person("ana".into()));
            Instant::now()
        };

        let fields = json!({ "count": { "to": 10_000 } });
        let (sent, pressed) = tokio::join!(stage.local(&fields), button);

        assert!(pressed.elapsed() < Duration::from_secs(5), "{:?}", pressed.elapsed());
        let fields = &sent.unwrap()[0]["fields"];
        assert_eq!(
            (&fields["__error__"], &fields["__result__"]),
            (&json!("cancelled by ana"), &json!(false))
        );
    }

    #[tokio::test]
    async fn whatever_the_reason_it_ends_at_once() {
        for stop in [Stop::Engine, Stop::Person("ana".into()), Stop::Deadline, Stop::Shutdown] {
            let (job, handle) = job(&Memory::default());
            let item = workitem(&json!({ "count": { "to": 10_000 } }));
            handle.stop(stop.clone());
            let answer = Count.handle_wi(&item, &job);
            let answer = tokio::time::timeout(Duration::from_secs(5), answer).await.expect("at once");
            assert_eq!(answer.unwrap(), Outcome::refuse().because(stop.to_string()));
        }
    }
}
