//! A participant of ours, with nothing set that is not set by itself.

use std::sync::Arc;

use participant_core::{CancellationToken, Exo, Failure, Job, Outcome, Participant, Workitem, async_trait};
use skynet_amqp::{AmqpTransport, Settings};

use crate::contender;

struct Doubler;

#[async_trait]
impl Participant for Doubler {
    async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        let number: u64 = item.read("number").ok_or_else(|| Failure::missing("number"))?;
        Ok(Outcome::done().set("answer", number * 2))
    }
}

pub(crate) async fn run(url: &str, queue: &str) {
    let rabbit = Arc::new(AmqpTransport::new(Settings::from_url(url).expect("an address")));
    contender::ready().await;
    let exo = Exo::new(queue, Arc::new(Doubler), rabbit.clone(), rabbit);
    exo.run(CancellationToken::new()).await.expect("the broker stays");
}
