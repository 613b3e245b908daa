//! The fakes keep the promises of what they stand for.

use imaging::testing::{
    MemoryStore, accounts_keep_their_promises, job_care_keeps_its_promises, job_search_keeps_its_promises,
    job_store_keeps_its_promises, outbox_keeps_its_promises, registry_keeps_its_promises,
};

#[tokio::test]
async fn a_store_in_memory_keeps_the_promises_of_every_job_store() {
    job_store_keeps_its_promises(&MemoryStore::default()).await;
    job_care_keeps_its_promises(&MemoryStore::default()).await;
    job_search_keeps_its_promises(&MemoryStore::default()).await;
    outbox_keeps_its_promises(&MemoryStore::default()).await;
    registry_keeps_its_promises(&MemoryStore::default()).await;
    accounts_keep_their_promises(&MemoryStore::default()).await;
}
