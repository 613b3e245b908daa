//! What every transport promises.

use std::time::Duration;

use crate::transport::{Intake, Message, Transport};

/// Runs the promises of [`Transport`] against one, on queues of its own.
///
/// # Panics
/// When a promise is broken.
pub async fn transport_keeps_its_promises(transport: &dyn Transport) {
    messages_come_in_order_and_whole(transport).await;
    a_message_comes_again_until_it_is_acked(transport).await;
    dropping_a_waiting_intake_loses_nothing(transport).await;
    what_is_set_aside_does_not_come_again(transport).await;
    a_queue_hears_nothing_of_another(transport).await;
}

async fn messages_come_in_order_and_whole(transport: &dyn Transport) {
    let bodies = [&b"{}"[..], "h\u{e9}llo \u{1f600} \u{0}".as_bytes(), &[b'x'; 100_000]];
    for body in bodies {
        send(transport, "conformance.order", body).await;
    }
    let mut intake = transport.take("conformance.order").await.expect("take");
    for body in bodies {
        let delivery = next(&mut *intake).await.expect("a message");
        assert_eq!(delivery.body, body);
        assert!(!delivery.redelivered);
        delivery.ack().await.expect("ack");
    }
    assert!(next(&mut *intake).await.is_none());
}

async fn a_message_comes_again_until_it_is_acked(transport: &dyn Transport) {
    send(transport, "conformance.again", b"1").await;
    let mut intake = transport.take("conformance.again").await.expect("take");
    next(&mut *intake).await.expect("first").hand_back().await.expect("hand back");
    let again = next(&mut *intake).await.expect("again");
    assert!(again.redelivered);
    again.ack().await.expect("ack");
    assert!(next(&mut *intake).await.is_none());
}

async fn dropping_a_waiting_intake_loses_nothing(transport: &dyn Transport) {
    let mut intake = transport.take("conformance.drop").await.expect("take");
    for number in 0..20u8 {
        let waiting = tokio::time::timeout(Duration::from_micros(200), intake.next()).await;
        assert!(waiting.is_err());
        send(transport, "conformance.drop", &[number]).await;
        if let Ok(Ok(delivery)) = tokio::time::timeout(Duration::from_micros(50), intake.next()).await {
            delivery.hand_back().await.expect("hand back");
        }
        let delivery = next(&mut *intake).await.expect("not lost");
        assert_eq!(delivery.body, [number]);
        delivery.ack().await.expect("ack");
    }
}

async fn what_is_set_aside_does_not_come_again(transport: &dyn Transport) {
    send(transport, "conformance.aside", b"no workitem").await;
    let mut intake = transport.take("conformance.aside").await.expect("take");
    next(&mut *intake).await.expect("first").set_aside("it is no workitem").await.expect("set aside");
    assert!(next(&mut *intake).await.is_none());
}

async fn a_queue_hears_nothing_of_another(transport: &dyn Transport) {
    let mut intake = transport.take("conformance.one").await.expect("take");
    send(transport, "conformance.other", b"1").await;
    assert!(next(&mut *intake).await.is_none());
}

async fn send(transport: &dyn Transport, queue: &str, body: &[u8]) {
    let message = Message { queue: queue.into(), body: body.into(), id: None };
    transport.publish(&message).await.expect("publish");
}

/// Waits a little; a message that has not come by then is not coming.
async fn next(intake: &mut dyn Intake) -> Option<crate::Delivery> {
    tokio::time::timeout(Duration::from_secs(1), intake.next())
        .await
        .ok()
        .map(|next| next.expect("transport"))
}
