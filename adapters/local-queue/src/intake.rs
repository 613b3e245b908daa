//! Taking messages, one after the other.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use participant_core::delivery::Receipt;
use participant_core::{Delivery, Intake, TransportError};
use tokio::sync::oneshot;
use tracing::error;

use crate::queue::Shared;
use crate::table::now_ms;

/// How often to look even when nobody said that there is something.
const LOOK_ANYWAY: Duration = Duration::from_secs(2);

pub(crate) struct LocalIntake {
    pub(crate) shared: Arc<Shared>,
    pub(crate) queue: String,
}

#[async_trait]
impl Intake for LocalIntake {
    async fn next(&mut self) -> Result<Delivery, TransportError> {
        loop {
            let changed = self.shared.changed.notified();
            let mut changed = std::pin::pin!(changed);
            changed.as_mut().enable();
            if let Some(delivery) = self.claim().await? {
                return Ok(delivery);
            }
            let _ = tokio::time::timeout(LOOK_ANYWAY, changed).await;
        }
    }
}

impl LocalIntake {
    /// Claims the first waiting message in a task of its own: when our caller stops listening meanwhile, the task
    /// gives it back.
    async fn claim(&self) -> Result<Option<Delivery>, TransportError> {
        let (sender, receiver) = oneshot::channel();
        let (shared, queue) = (self.shared.clone(), self.queue.clone());
        tokio::spawn(async move {
            if let Err(Ok(Some(delivery))) = sender.send(claim(shared, &queue).await) {
                let delivery: Delivery = delivery;
                if let Err(trouble) = delivery.hand_back().await {
                    error!("{trouble}; the message comes again at the next start");
                }
            }
        });
        receiver.await.unwrap_or_else(|_| Err(TransportError::new("claim a message", "the program ends")))
    }
}

async fn claim(shared: Arc<Shared>, queue: &str) -> Result<Option<Delivery>, TransportError> {
    let row: Option<(i64, Option<String>, Vec<u8>, i64)> = sqlx::query_as(
        "UPDATE message SET state = 1, deliveries = deliveries + 1, changed = $3
         WHERE number = (SELECT number FROM message
                         WHERE owner = $1 AND queue = $2 AND state = 0 ORDER BY number LIMIT 1)
         RETURNING number, id, body, deliveries",
    )
    .bind(shared.owner.name())
    .bind(queue)
    .bind(now_ms())
    .fetch_optional(&shared.table)
    .await
    .map_err(|error| shared.failed(format!("take a message from {queue}"), error))?;
    Ok(row.map(|(number, id, body, deliveries)| {
        let mut delivery = Delivery::new(body, Box::new(Claim { shared, number }));
        delivery.message_id = id;
        delivery.redelivered = deliveries > 1;
        delivery
    }))
}

/// A message that is out with us.
struct Claim {
    shared: Arc<Shared>,
    number: i64,
}

impl Claim {
    async fn becomes(&self, state: i64, reason: Option<&str>) -> Result<(), TransportError> {
        sqlx::query(
            "UPDATE message SET state = $2, reason = $3, changed = $4,
                    body = CASE $2 WHEN 2 THEN x'' ELSE body END
             WHERE number = $1 AND owner = $5",
        )
        .bind(self.number)
        .bind(state)
        .bind(reason)
        .bind(now_ms())
        .bind(self.shared.owner.name())
        .execute(&self.shared.table)
        .await
        .map_err(|error| self.shared.failed("settle a message", error))?;
        if state == 0 {
            self.shared.changed.notify_waiters();
        }
        Ok(())
    }
}

#[async_trait]
impl Receipt for Claim {
    async fn ack(self: Box<Self>) -> Result<(), TransportError> {
        self.becomes(2, None).await
    }

    async fn hand_back(self: Box<Self>) -> Result<(), TransportError> {
        self.becomes(0, None).await
    }

    async fn set_aside(self: Box<Self>, reason: &str) -> Result<(), TransportError> {
        self.becomes(3, Some(reason)).await
    }
}
