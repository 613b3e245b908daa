//! A store of an older version becomes one of today; one of a newer version is left alone.

mod common;

use common::Place;
use imaging::{
    Changed, ImageId, JobCare, JobFilter, JobSearch, JobStatus, JobStore, Lookup, NewJob, Registry, Table,
};
use job_store_sql::OpenError;

/// The tables of version 0.1.0, to the letter.
const FIRST: &str = "
CREATE TABLE IF NOT EXISTS job (
    image_id        TEXT PRIMARY KEY,
    request         TEXT NOT NULL UNIQUE,
    queue           TEXT NOT NULL,
    user_name       TEXT NOT NULL,
    name            TEXT NOT NULL,
    image_type      TEXT NOT NULL,
    arch            TEXT NOT NULL,
    asked           TEXT NOT NULL,
    status          TEXT NOT NULL,
    attempt_began   TEXT NOT NULL,
    attempt_process TEXT NOT NULL,
    created_ms      BIGINT NOT NULL,
    done_ms         BIGINT,
    image_url       TEXT NOT NULL,
    files_url       TEXT NOT NULL,
    logfile_url     TEXT NOT NULL,
    error           TEXT NOT NULL,
    version         BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS job_created ON job (created_ms);
";

/// What version 0.1.0 wrote of one job.
fn row(number: usize) -> String {
    let asked = serde_json::json!({
        "request": format!("r{number}"), "queue": "requests", "user": "ana", "name": "n900-demo", "image_type": "raw",
        "arch": "x86_64", "kickstart": format!("part /\n# {number}\n"), "tokenmap": "A:1", "extra_opts": ["-x"],
        "email": "", "prefix": "requests/ana",
        "more": {"image.devicegroup": "\"handsets\"", "image.packages": "[\"vim\"]", "image.release": "\"1.0\""},
    });
    let (status, done) = if number.is_multiple_of(2) { ("DONE", "77") } else { ("BUILDING", "NULL") };
    format!(
        "INSERT INTO job VALUES ('id-{number}', 'r{number}', 'requests', 'ana', 'n900-demo', 'raw', 'x86_64', '{asked}', \
         '{status}', '2026-11-21 07:00', 'wfid-{number}', {}, {done}, 'http://img/i', 'http://img/', 'http://img/l', '', 3);\n",
        // several of the same moment, recorded in another order than their ids
        1_000 + (number / 3),
    )
}

#[tokio::test]
async fn a_store_of_the_last_release_is_taken_over_whole() {
    for place in Place::both().await {
        let rows: String = (0..450).map(row).collect();
        place.say(&format!("{FIRST}BEGIN;\n{rows}COMMIT")).await;

        let store = place.open().await.unwrap();

        let page = store
            .list(&JobFilter { name: Some("n900".into()), ..JobFilter::default() }, None, 500)
            .await
            .unwrap();
        assert_eq!(page.jobs.len(), 450);
        assert!(page.jobs.is_sorted_by_key(|job| std::cmp::Reverse(job.created_ms)));
        let job = store.job(&ImageId::reduce("id-7").unwrap()).await.unwrap().unwrap();
        assert_eq!(
            (job.status, job.created_ms, job.attempt.process.as_str()),
            (JobStatus::Building, 1_002, "wfid-7")
        );
        let expected = NewJob {
            request: "r7".into(),
            queue: "requests".into(),
            user: "ana".into(),
            name: "n900-demo".into(),
            image_type: "raw".into(),
            arch: "x86_64".into(),
            kickstart: "part /\n# 7\n".into(),
            tokenmap: "A:1".into(),
            extra_opts: vec!["-x".into()],
            prefix: "requests/ana".into(),
            devicegroup: "handsets".into(),
            release: "1.0".into(),
            overlay: vec!["vim".into()],
            ..NewJob::default()
        };
        assert_eq!(job.asked, expected);
        let like = NewJob { kickstart: "part /\n# 8\n".into(), ..expected };
        let found = store.finished(&Lookup { like, since_ms: 70 }).await.unwrap().unwrap();
        assert_eq!((found.image_id.as_str(), found.done_ms), ("id-8", Some(77)));
        assert_eq!(store.entries(Table::Queues).await.unwrap().len(), 3);
        drop(store);
        let again = place.open().await.unwrap();
        assert_eq!(again.list(&JobFilter::default(), None, 500).await.unwrap().jobs.len(), 450);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_programs_that_make_the_tables_at_once_one_does() {
    for place in Place::both().await {
        place.say(FIRST).await;
        place.say(&row(1)).await;
        let opened = futures_util::future::join_all((0..6).map(|_| place.open())).await;
        for store in opened {
            assert!(store.unwrap().job(&ImageId::reduce("id-1").unwrap()).await.unwrap().is_some());
        }
    }
}

#[tokio::test]
async fn a_store_of_version_2_learns_of_deleted_jobs() {
    for place in Place::both().await {
        drop(place.open().await.unwrap());
        place.say("DROP TABLE job_gone; UPDATE job_store_version SET version = 2").await;

        let store = place.open().await.unwrap();

        let id = ImageId::reduce("id-1").unwrap();
        store.record(&id, &NewJob::default(), 1).await.unwrap();
        store.cancel(&id, "ben", 2).await.unwrap();
        assert_eq!(store.delete(&id, "ben", 3).await.unwrap(), Changed::Done);
        assert_eq!(store.cancelled_by(&id).await.unwrap().as_deref(), Some("ben"));
        drop(store);
        place.open().await.unwrap();
    }
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_refused_with_what_to_do() {
    for place in Place::both().await {
        drop(place.open().await.unwrap());
        place.say("INSERT INTO job_store_version VALUES (99)").await;

        let error = place.open().await.unwrap_err();

        assert!(matches!(error, OpenError::Newer { found: 99, .. }), "{error:?}");
        let told = error.to_string();
        assert!(
            told.contains("is of version 99, and this program knows up to 3: run the newer program"),
            "{told}"
        );
    }
}
