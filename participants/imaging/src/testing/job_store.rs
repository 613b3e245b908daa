//! What every job store promises.

use crate::{ExtraRepo, ImageId, JobAttempt, JobStatus, JobStore, Lookup, NewJob, Push, Pushed};

/// Runs the promises of [`JobStore`] against an empty one.
///
/// # Panics
/// When a promise is broken.
pub async fn job_store_keeps_its_promises(store: &dyn JobStore) {
    a_job_is_recorded_once_a_request(store).await;
    a_job_comes_back_as_it_was_recorded(store).await;
    news_are_taken_in_the_order_of_tries(store).await;
    only_finished_jobs_like_it_are_found(store).await;
}

async fn a_job_is_recorded_once_a_request(store: &dyn JobStore) {
    let (first, second) = (id("once-1"), id("once-2"));
    assert_eq!(store.record(&first, &job("once"), 1).await.unwrap(), Some(first.clone()));
    assert_eq!(
        store.record(&second, &job("once"), 2).await.unwrap(),
        Some(first.clone()),
        "the same request"
    );
    assert_eq!(store.record(&first, &job("other"), 3).await.unwrap(), None, "the id is taken");
    assert_eq!(store.job(&second).await.unwrap(), None);
}

async fn a_job_comes_back_as_it_was_recorded(store: &dyn JobStore) {
    let mut asked = job("whole");
    asked.kickstart = "lang en_US\r\n# h\u{e9}llo \u{1f600} 'quoted' \"%s\"\n".into();
    asked.extra_opts = vec!["--a=b c".into(), String::new()];
    asked.more.insert("image.kernel".into(), "7".into());
    asked.overlay = vec!["strace".into(), "-vim".into()];
    asked.extra_repos = vec![
        ExtraRepo::Address("http://repo/".into()),
        ExtraRepo::Named { name: "own".into(), url: "http://own/".into() },
    ];
    asked.post_processes = ["notify".to_owned()].into();
    asked.pp_args = [("to".to_owned(), "ana".to_owned())].into();
    asked.retry_of = Some("older".into());
    store.record(&id("whole"), &asked, 1_763_700_000_123).await.unwrap();

    let job = store.job(&id("whole")).await.unwrap().expect("recorded");

    assert_eq!((job.asked, job.status, job.created_ms), (asked, JobStatus::InQueue, 1_763_700_000_123));
    assert_eq!((job.done_ms, job.error), (None, String::new()));
}

async fn news_are_taken_in_the_order_of_tries(store: &dyn JobStore) {
    use JobStatus::{Building, Done, Error};
    let image = id("news");
    store.record(&image, &job("news"), 1).await.unwrap();
    // (status, when the try began, whether it is taken, the status afterwards)
    let story = [
        (Building, "2026-11-21 07:00", Pushed::Taken, Building),
        (Building, "2026-11-21 07:00", Pushed::Old, Building),
        (Done, "2026-11-21 07:00", Pushed::Taken, Done),
        (Building, "2026-11-21 07:00", Pushed::Old, Done),
        (Error, "2026-11-21 07:00", Pushed::Old, Done),
        (Building, "2026-11-21 08:00", Pushed::Taken, Building),
        (Error, "2026-11-21 07:00", Pushed::Old, Building),
        (Error, "2026-11-21 08:00", Pushed::Taken, Error),
    ];
    for (status, began, expected, after) in story {
        // each try is a process of its own
        let attempt = JobAttempt { began: began.into(), process: began.into() };
        let mut push = Push::new(status.clone(), attempt);
        push.files_url = Some(format!("http://img/{began}/"));
        push.image_url = (status == Done).then(|| "http://img/demo.raw".into());
        push.error = (status == Error).then(|| "no space".into());
        assert_eq!(store.push(&image, &push, 77).await.unwrap(), expected, "{status} of {began}");
        let job = store.job(&image).await.unwrap().unwrap();
        assert_eq!(job.status, after);
        assert_eq!(
            job.image_url.is_empty(),
            after != Done,
            "{after} of {began} has an image of its own only"
        );
    }
    let job = store.job(&image).await.unwrap().unwrap();
    assert_eq!((job.error.as_str(), job.done_ms), ("no space", Some(77)));
    assert_eq!(job.files_url, "http://img/2026-11-21 08:00/");
    let nobody = store.push(&id("nobody"), &Push::new(Done, JobAttempt::default()), 1).await.unwrap();
    assert_eq!(nobody, Pushed::NoJob);
}

async fn only_finished_jobs_like_it_are_found(store: &dyn JobStore) {
    let image = id("found");
    store.record(&image, &job("found"), 1).await.unwrap();
    let lookup = |since_ms| Lookup { like: job("another request"), since_ms };
    let like = Lookup { like: NewJob { name: "found".into(), ..job("x") }, since_ms: 0 };
    assert_eq!(store.finished(&like).await.unwrap(), None, "not finished yet");

    store.push(&image, &Push::new(JobStatus::Done, JobAttempt::default()), 500).await.unwrap();

    let found = |job: Option<crate::ImageJob>| job.map(|job| job.image_id);
    let like = |since_ms| Lookup { like: NewJob { name: "found".into(), ..job("x") }, since_ms };
    assert_eq!(found(store.finished(&like(500)).await.unwrap()), Some(image));
    assert_eq!(found(store.finished(&like(501)).await.unwrap()), None, "too old");
    assert_eq!(found(store.finished(&lookup(0)).await.unwrap()), None, "another name");
}

pub(super) fn id(text: &str) -> ImageId {
    ImageId::reduce(text).expect("a good id")
}

pub(super) fn job(request: &str) -> NewJob {
    NewJob {
        request: request.into(),
        queue: "requests".into(),
        user: "ana".into(),
        name: request.into(),
        image_type: "raw".into(),
        arch: "x86_64".into(),
        kickstart: "part /\n".into(),
        prefix: "requests/ana".into(),
        ..NewJob::default()
    }
}
