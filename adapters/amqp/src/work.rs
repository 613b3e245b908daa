//! Takes from `NAME.work`, the queue all instances share, a few messages ahead of the worker.

use std::sync::Arc;

use futures_util::StreamExt;
use lapin::message::Delivery as Delivered;
use lapin::options::BasicCancelOptions;

use crate::acks::Acks;
use crate::held::{Hold, Place};
use crate::intake::Taken;
use crate::session::Session;
use crate::topology::Stream;
use crate::trouble::Trouble;

/// How many messages taken this way may be unsettled: others may want them.
const AHEAD: u16 = 20;

pub(crate) struct Work(Stream);

impl Work {
    pub(crate) async fn open(taken: &Taken, session: &Session) -> Result<Work, Trouble> {
        Stream::open(session, &taken.names.work, AHEAD, false).await.map(Work)
    }

    /// Waits for the next message; for ever when nothing is to be taken.
    pub(crate) async fn next(
        work: &mut Option<Work>,
    ) -> (Option<Result<Delivered, lapin::Error>>, Arc<Acks>) {
        match work {
            Some(Work(stream)) => (stream.consumer.next().await, stream.channel.clone()),
            None => std::future::pending().await,
        }
    }

    /// Tells whether nothing more comes until a message is settled: jobs that run hold them all.
    pub(crate) fn is_used_up(&self) -> bool {
        // each message that is held keeps the channel
        Arc::strong_count(&self.0.channel) > usize::from(AHEAD)
    }

    /// Stops taking and gives back what was on its way; the channel closes with the last job taken from it.
    pub(crate) async fn close(self, taken: &Taken, session: &Arc<Session>) -> Result<(), Trouble> {
        let Work(mut stream) = self;
        let tag = stream.consumer.tag();
        stream.channel.channel.basic_cancel(tag, BasicCancelOptions::default()).await.map_err(|error| {
            Trouble::during(&session.settings, &format!("stop taking from `{}`", taken.names.work), &error)
        })?;
        while let Some(Ok(delivered)) = stream.consumer.next().await {
            Hold::new(Place::Work, session, &stream.channel, &delivered).requeue().await;
        }
        Ok(())
    }
}
