//! The right to search for whom a cancel means.

use std::time::Duration;

use lapin::Channel;
use lapin::options::{QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{FieldTable, ShortString};

use crate::intake::Taken;
use crate::names::Names;
use crate::session::Session;
use crate::trouble::broker_says;

/// A queue only one connection can have, and that goes with it.
///
/// It is deleted by hand: an auto-delete queue goes a little after its last consumer, so that two could have it at once.
pub(crate) struct Gavel {
    channel: Channel,
    queue: ShortString,
}

impl Gavel {
    /// Waits until no other instance has it: two searches at a time would hide messages from each other.
    pub(crate) async fn take(taken: &Taken, session: &Session) -> Result<Gavel, lapin::Error> {
        loop {
            if let Some(gavel) = Gavel::try_take(&taken.names, session).await? {
                return Ok(gavel);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Takes it if no other instance has it.
    pub(crate) async fn try_take(names: &Names, session: &Session) -> Result<Option<Gavel>, lapin::Error> {
        let queue = ShortString::from(names.gavel.as_str());
        let exclusive = QueueDeclareOptions { exclusive: true, ..Default::default() };
        let channel = session.channel().await?;
        match channel.queue_declare(queue.clone(), exclusive, FieldTable::default()).await {
            Ok(_) => Ok(Some(Gavel { channel, queue })),
            Err(error) if matches!(broker_says(&error), Some((405, _))) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn give_back(self) {
        let _ = self.channel.queue_delete(self.queue, QueueDeleteOptions::default()).await;
        let _ = self.channel.close(200, "done".into()).await;
    }
}
