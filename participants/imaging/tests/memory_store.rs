//! The fake keeps the promises too.

#[tokio::test]
async fn memory_keeps_the_promises_of_every_job_store() {
    imaging::testing::job_store_keeps_its_promises(&imaging::testing::MemoryStore::default()).await;
}
