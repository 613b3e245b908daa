//! One workitem on any transport, from its coming to its end.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use participant_core::{
    Attempt, CancellationToken, Launcher, Message, Observer, Progress, Transport, Workitem,
};
use serde_json::{Value, json};

use crate::Stage;

/// The process of the workitems the examples send themselves.
pub const WFID: &str = "20261121-0739-deshiyodo-godemora";

/// How long a job that has been taken may go on.
const WHOLE_JOB: Duration = Duration::from_secs(60);

impl Stage {
    /// Sends one workitem as the engine does, and returns when the worker is done with it.
    pub(crate) async fn play<T: Transport + Launcher + 'static>(
        &self,
        transport: Arc<T>,
        fields: &Value,
    ) -> Result<(), Box<dyn Error>> {
        let body = workitem(&self.queue, fields);
        // on RabbitMQ, taking from a queue makes it: the engine never does
        drop(transport.take(&self.queue).await?);
        transport.publish(&Message { queue: self.queue.clone(), body, id: None }).await?;
        let curtain = CancellationToken::new();
        let prompter = Prompter { curtain: curtain.clone() };
        Ok(self.exo(transport).grace(WHOLE_JOB).observed_by(Arc::new(prompter)).run(curtain).await?)
    }
}

/// The text of a workitem, as an engine of BOSS 0.12 writes it.
fn workitem(participant: &str, fields: &Value) -> Vec<u8> {
    let mut fields = fields.clone();
    fields["dispatched_at"] = json!("2026-11-21 07:39:38.980797 UTC");
    let fei = json!({ "engine_id": "engine", "wfid": WFID, "subid": "c1eb469b37df660ece23920ffb5586b3", "expid": "0_0" });
    let item =
        json!({ "fields": fields, "fei": fei, "participant_name": participant, "re_dispatch_count": 0 });
    item.to_string().into_bytes()
}

/// Watches the jobs: says how far they are, and lets the worker take only one.
struct Prompter {
    curtain: CancellationToken,
}

impl Observer for Prompter {
    fn started(&self, _queue: &str, _item: &Workitem) {
        self.curtain.cancel();
    }

    fn progress(&self, _attempt: &Attempt, progress: &Progress) {
        match progress.done_of {
            Some((done, of)) => eprintln!("{}: {done} of {of}", progress.step),
            None => eprintln!("{}", progress.step),
        }
    }
}
