//! The fake keeps the promises too.

#[tokio::test]
async fn memory_keeps_the_promises_of_every_transport() {
    participant_core::testing::transport_keeps_its_promises(&participant_core::testing::Memory::default())
        .await;
}
