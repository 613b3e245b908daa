//! The promises of the job store and of all that goes with it, on both databases.

mod common;

use common::Place;
use imaging::testing::{
    accounts_keep_their_promises, job_care_keeps_its_promises, job_search_keeps_its_promises,
    job_store_keeps_its_promises, outbox_keeps_its_promises, registry_keeps_its_promises,
};
use imaging::{
    Changed, ImageId, JobAttempt, JobCare, JobFilter, JobSearch, JobStatus, JobStore, NewJob, Outbox, Push,
    Pushed,
};
use job_store_sql::SqlJobStore;

#[tokio::test]
async fn both_databases_keep_the_promises_of_every_job_store() {
    for place in Place::both().await {
        job_store_keeps_its_promises(&place.open().await.unwrap()).await;
    }
}

#[tokio::test]
async fn both_databases_care_for_jobs() {
    for place in Place::both().await {
        job_care_keeps_its_promises(&place.open().await.unwrap()).await;
    }
}

#[tokio::test]
async fn both_databases_find_jobs() {
    for place in Place::both().await {
        job_search_keeps_its_promises(&place.open().await.unwrap()).await;
    }
}

#[tokio::test]
async fn both_databases_keep_errands() {
    for place in Place::both().await {
        outbox_keeps_its_promises(&place.open().await.unwrap()).await;
    }
}

#[tokio::test]
async fn both_databases_know_the_site() {
    for place in Place::both().await {
        registry_keeps_its_promises(&place.open().await.unwrap()).await;
    }
}

#[tokio::test]
async fn both_databases_know_people() {
    for place in Place::both().await {
        accounts_keep_their_promises(&place.open().await.unwrap()).await;
    }
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
        let error = SqlJobStore::file(&file).await.unwrap_err().to_string();
        assert!(
            error.contains("jobs.db, which is damaged, or no SQLite database: put back a copy"),
            "{error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_at_once_takes_the_job_to_its_end() {
    for place in Place::both().await {
        let id = ImageId::reduce("race").unwrap();
        let mut racers = Vec::new();
        for racer in 0..8 {
            // programs of their own, that open the store at once
            let store = place.open().await.unwrap();
            let id = id.clone();
            racers.push(tokio::spawn(async move {
                let asked = NewJob { queue: "web".into(), ..NewJob::default() };
                store.record(&id, &asked, 1).await.unwrap();
                let taken =
                    store.push(&id, &Push::new(JobStatus::Done, JobAttempt::default()), 2).await.unwrap();
                let errands = store.take(10, 100, 10).await.unwrap().len();
                let deleted = store.delete(&id, &format!("racer {racer}"), 3).await.unwrap();
                (taken == Pushed::Taken, errands, deleted == Changed::Done)
            }));
        }
        let mut sum = (0, 0);
        for racer in racers {
            let (taken, _, deleted) = racer.await.unwrap();
            sum = (sum.0 + usize::from(taken), sum.1 + usize::from(deleted));
        }
        // who comes after the deletion records it anew
        assert!(sum.0 >= 1 && sum.0 == sum.1, "as many deletions as jobs: {sum:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_errand_is_taken_by_one_of_many() {
    for place in Place::both().await {
        let store = place.open().await.unwrap();
        for number in 0..40 {
            let asked = NewJob { queue: "api".into(), request: number.to_string(), ..NewJob::default() };
            store.record(&ImageId::reduce(&format!("many-{number}")).unwrap(), &asked, 1).await.unwrap();
        }
        let mut takers = Vec::new();
        for _ in 0..6 {
            let store = place.open().await.unwrap();
            takers.push(tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let taken = store.take(10, 1_000, 3).await.unwrap();
                    if taken.is_empty() {
                        return mine;
                    }
                    for one in taken {
                        store.done(&one.key, 20).await.unwrap();
                        mine.push(one.key);
                    }
                }
            }));
        }
        let mut all = Vec::new();
        for taker in takers {
            all.extend(taker.await.unwrap());
        }
        // with SKIP LOCKED, one may find nothing while another is about to give up: what is left is taken now
        all.extend(store.take(10, 1_000, 100).await.unwrap().into_iter().map(|taken| taken.key));
        all.sort();
        let count = all.len();
        all.dedup();
        assert_eq!((count, all.len()), (40, 40));
    }
}

#[tokio::test]
async fn texts_of_every_kind_come_back_and_harm_nothing() {
    let hostile = "'; DROP TABLE job; -- <script>alert(1)</script> \u{202e} %_\\ \" \u{1f600}";
    for place in Place::both().await {
        let store = place.open().await.unwrap();
        let asked = NewJob {
            request: hostile.into(),
            queue: hostile.into(),
            user: hostile.into(),
            name: hostile.into(),
            kickstart: format!("{hostile}\r\n\t{}", "x".repeat(10 << 20)),
            ..NewJob::default()
        };
        let id = store.record(&ImageId::reduce("hostile").unwrap(), &asked, 1).await.unwrap().unwrap();
        let push = Push {
            error: Some(format!("{hostile}\0")),
            ..Push::new(JobStatus::Error, JobAttempt::default())
        };
        store.push(&id, &push, 2).await.unwrap();
        let job = store.job(&id).await.unwrap().unwrap();
        assert_eq!(job.error, format!("{hostile}\u{fffd}"), "PostgreSQL has no sign with the number 0");
        assert!(job.asked == asked, "all of the kickstart's 10 MB");
        for filter in [
            JobFilter { user: Some(hostile.into()), ..JobFilter::default() },
            JobFilter { name: Some(hostile.into()), ..JobFilter::default() },
            JobFilter { queue: Some(format!("{hostile}\0")), ..JobFilter::default() },
        ] {
            let expected = usize::from(filter.queue.is_none());
            assert_eq!(store.list(&filter, None, 10).await.unwrap().jobs.len(), expected, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let error = SqlJobStore::server("postgres://ana:s3cret@127.0.0.1:1/img").await.unwrap_err();
    assert_eq!(error.to_string(), "cannot open the job store 127.0.0.1:1/img");
    assert!(!format!("{error:?}").contains("s3cret"));
    let why = std::error::Error::source(&error).map(ToString::to_string).unwrap();
    assert!(why.contains("refused"), "{why}");
}
