//! The promises of the job store, on both databases.

use imaging::testing::job_store_keeps_its_promises;
use imaging::{ImageId, JobAttempt, JobStatus, JobStore, NewJob, Push, Pushed};
use job_store_sql::SqlJobStore;

#[tokio::test]
async fn sqlite_keeps_the_promises_of_every_job_store() {
    let folder = tempfile::tempdir().unwrap();
    // signs that mean something in an address
    let file = folder.path().join("a b%20c?d#e.db");
    let store = SqlJobStore::file(&file).await.unwrap();
    job_store_keeps_its_promises(&store).await;
    assert!(file.exists());
}

#[tokio::test]
async fn postgresql_keeps_the_promises_of_every_job_store() {
    let url = std::env::var("IMG_TEST_POSTGRES_URL")
        .expect("IMG_TEST_POSTGRES_URL is not set: run the tests by `make test`, which starts a PostgreSQL");
    let store = SqlJobStore::server(&url).await.unwrap();
    job_store_keeps_its_promises(&store).await;
}

#[tokio::test]
async fn a_broken_file_is_refused_at_once_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    drop(SqlJobStore::file(&file).await.unwrap());
    let good = std::fs::read(&file).unwrap();
    let damaged: Vec<u8> =
        good.iter().enumerate().map(|(at, byte)| if at < 100 { *byte } else { 0xa5 }).collect();
    for content in [vec![0x7f; 9000], damaged] {
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.path().join(format!("jobs.db{ending}")));
        }
        std::fs::write(&file, content).unwrap();
        let began = std::time::Instant::now();
        let error = SqlJobStore::file(&file).await.unwrap_err().to_string();
        assert!(
            error.contains("jobs.db, which is damaged, or no SQLite database: put back a copy"),
            "{error}"
        );
        assert!(began.elapsed() < std::time::Duration::from_secs(3), "it was tried again");
    }
}

#[tokio::test]
async fn one_of_many_at_once_takes_the_job_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let id = ImageId::reduce("race").unwrap();
    let mut racers = Vec::new();
    for _ in 0..8 {
        let store = SqlJobStore::file(&folder.path().join("jobs.db")).await.unwrap();
        store.record(&id, &NewJob::default(), 1).await.unwrap();
        let id = id.clone();
        racers.push(tokio::spawn(async move {
            store.push(&id, &Push::new(JobStatus::Done, JobAttempt::default()), 2).await.unwrap()
        }));
    }
    let mut taken = 0;
    for racer in racers {
        taken += usize::from(racer.await.unwrap() == Pushed::Taken);
    }
    assert_eq!(taken, 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let error = SqlJobStore::server("postgres://ana:s3cret@127.0.0.1:1/img").await.unwrap_err();
    assert_eq!(error.to_string(), "cannot open the job store 127.0.0.1:1/img");
    assert!(!format!("{error:?}").contains("s3cret"));
}
