//! What every job store promises to people.

use super::job_store::{id, job};
use crate::{
    Changed, Entry, Errand, GoneJob, Happening, JobAttempt, JobCare, JobStatus, JobStore, NewJob, Outbox,
    PostProcess, Push, Pushed, Registry, Tag, TestResult, Unchangeable,
};

/// Runs the promises of [`JobCare`], and of [`JobStore`] about errands, against an empty store.
///
/// # Panics
/// When a promise is broken.
pub async fn job_care_keeps_its_promises<S: JobStore + JobCare + Outbox + Registry>(store: &S) {
    tags_come_and_go(store).await;
    a_cancelled_job_is_never_built(store).await;
    only_jobs_that_are_over_and_not_pinned_are_deleted(store).await;
    a_deleted_job_is_neither_built_nor_comes_back(store).await;
    the_history_says_who_did_what(store).await;
    jobs_of_launching_queues_are_launched_once(store).await;
    post_processes_follow_their_states_once_a_try(store).await;
}

async fn record(store: &dyn JobStore, name: &str) -> crate::ImageId {
    store.record(&id(name), &job(name), 10).await.unwrap().unwrap()
}

/// A try that began at this hour.
fn attempt(hour: u8) -> JobAttempt {
    JobAttempt { began: format!("2026-11-21 {hour:02}:00"), process: format!("process-{hour}") }
}

fn tag(text: &str) -> Tag {
    Tag::parse(text).unwrap()
}

async fn tags_come_and_go<S: JobStore + JobCare>(store: &S) {
    let tagged = NewJob { tags: [tag("first"), tag("second")].into(), ..job("tags") };
    let image = store.record(&id("tags"), &tagged, 10).await.unwrap().unwrap();

    let changed =
        store.tag(&image, &[tag("third"), tag("second")], &[tag("first")], "ben", 20).await.unwrap();

    assert_eq!(changed, Changed::Done);
    let now = store.job(&image).await.unwrap().unwrap();
    assert_eq!(now.tags, [tag("second"), tag("third")].into());
    assert_eq!(now.asked.tags, tagged.tags, "what was asked for stays");
    let many: Vec<_> = (0..Tag::MOST).map(|number| tag(&format!("t{number}"))).collect();
    let refused = store.tag(&image, &many, &[], "ben", 30).await.unwrap();
    assert_eq!(refused, Changed::Refused(Unchangeable::TooManyTags));
    assert_eq!(store.job(&image).await.unwrap().unwrap().tags.len(), 2);
    assert_eq!(store.tag(&id("nobody"), &[], &[], "ben", 1).await.unwrap(), Changed::NoJob);
}

async fn a_cancelled_job_is_never_built<S: JobStore + JobCare>(store: &S) {
    let image = record(store, "cancel").await;
    store.push(&image, &Push::new(JobStatus::Building, attempt(1)), 20).await.unwrap();
    assert_eq!(store.cancelled_by(&image).await.unwrap(), None);

    assert_eq!(store.cancel(&image, "ben", 30).await.unwrap(), Changed::Done);
    assert_eq!(store.cancel(&image, "eve", 31).await.unwrap(), Changed::Done, "twice is once");

    for late in [Push::new(JobStatus::Done, attempt(1)), Push::new(JobStatus::Building, attempt(2))] {
        assert_eq!(store.push(&image, &late, 40).await.unwrap(), Pushed::Old);
    }
    let job = store.job(&image).await.unwrap().unwrap();
    assert_eq!(
        (job.status, job.error.as_str(), job.done_ms),
        (JobStatus::Error, "cancelled by ben", Some(30))
    );
    assert_eq!(store.cancelled_by(&image).await.unwrap().as_deref(), Some("ben"));
    assert_eq!(store.cancelled_by(&id("nobody")).await.unwrap(), None);

    let done = record(store, "cancel-late").await;
    store.push(&done, &Push::new(JobStatus::Done, attempt(1)), 20).await.unwrap();
    let refused = store.cancel(&done, "ben", 30).await.unwrap();
    assert_eq!(refused, Changed::Refused(Unchangeable::Is(JobStatus::Done)));
    assert_eq!(store.cancel(&id("nobody"), "ben", 1).await.unwrap(), Changed::NoJob);
}

async fn only_jobs_that_are_over_and_not_pinned_are_deleted<S: JobStore + JobCare + Outbox>(store: &S) {
    let image = record(store, "delete").await;
    let refused = store.delete(&image, "ben", 20).await.unwrap();
    assert_eq!(refused, Changed::Refused(Unchangeable::Is(JobStatus::InQueue)));
    store.push(&image, &Push::new(JobStatus::Done, attempt(1)), 20).await.unwrap();
    store.tag(&image, &[Tag::pinned()], &[], "ben", 20).await.unwrap();
    assert_eq!(store.delete(&image, "ben", 20).await.unwrap(), Changed::Refused(Unchangeable::Pinned));
    store.tag(&image, &[], &[Tag::pinned()], "ben", 20).await.unwrap();

    assert_eq!(store.delete(&image, "ben", 20).await.unwrap(), Changed::Done);
    assert_eq!(store.delete(&image, "eve", 21).await.unwrap(), Changed::NoJob);

    assert_eq!(store.job(&image).await.unwrap(), None);
    assert_eq!(store.events(&image).await.unwrap(), []);
    let errands = store.take(1_000, 1_000, 100).await.unwrap();
    let errands: Vec<_> = errands.into_iter().filter(|taken| taken.image_id == image).collect();
    assert_eq!(errands.len(), 1, "{errands:?}");
    assert_eq!(errands[0].errand, Errand::RemoveFiles { prefix: "requests/ana".into() });
}

/// 21 November 2026, 12 o'clock.
const NOON: i64 = 1_795_262_400_000;

async fn a_deleted_job_is_neither_built_nor_comes_back<S: JobStore + JobCare + Outbox>(store: &S) {
    let image = record(store, "gone").await;
    store.push(&image, &Push::new(JobStatus::Building, attempt(1)), NOON).await.unwrap();
    store.cancel(&image, "ben", NOON).await.unwrap();
    assert_eq!(store.delete(&image, "ben", NOON).await.unwrap(), Changed::Done);
    let once = [format!("remove {image} of 10")];
    assert_eq!(keys(store, &image).await, once);

    assert_eq!(store.cancelled_by(&image).await.unwrap().as_deref(), Some("ben"), "its worker asks again");
    for (hour, status) in [(13, JobStatus::Done), (11, JobStatus::Error), (11, JobStatus::Error)] {
        let pushed = store.push(&image, &Push::new(status, attempt(hour)), NOON + 1_000).await.unwrap();
        assert_eq!(pushed, Pushed::NoJob);
    }
    let late = format!("remove {image} after ERROR of 2026-11-21 11:00 process-11");
    assert_eq!(keys(store, &image).await, [once[0].clone(), late], "what began later is somebody else's");

    let again = NewJob { request: "another request".into(), ..job("gone") };
    assert_eq!(store.record(&image, &again, NOON).await.unwrap().as_ref(), Some(&image));
    assert_eq!(store.cancelled_by(&image).await.unwrap(), None, "this one is wanted");
    store.push(&image, &Push::new(JobStatus::Done, attempt(13)), NOON).await.unwrap();
    store.delete(&image, "ben", NOON).await.unwrap();
    assert_eq!(store.cancelled_by(&image).await.unwrap(), None, "nobody stopped it");

    let other = record(store, "gone-later").await;
    store.cancel(&other, "ben", NOON).await.unwrap();
    store.delete(&other, "ben", NOON + 1).await.unwrap();
    let last = record(store, "gone-last").await;
    store.cancel(&last, "ben", NOON).await.unwrap();
    store.delete(&last, "ben", NOON + GoneJob::KEPT_MS).await.unwrap();
    assert_eq!(store.cancelled_by(&other).await.unwrap().as_deref(), Some("ben"));
    let more = record(store, "gone-after").await;
    store.cancel(&more, "ben", NOON).await.unwrap();
    store.delete(&more, "ben", NOON + 1 + GoneJob::KEPT_MS).await.unwrap();
    assert_eq!(store.cancelled_by(&other).await.unwrap(), None, "not for ever");
}

async fn the_history_says_who_did_what<S: JobStore + JobCare>(store: &S) {
    let image = record(store, "history").await;
    store.push(&image, &Push::new(JobStatus::Building, attempt(2)), 20).await.unwrap();
    store.push(&image, &Push::new(JobStatus::Done, attempt(1)), 30).await.unwrap();
    store.tag(&image, &[tag("x")], &[], "ben", 40).await.unwrap();
    let noted = crate::JobEvent { at_ms: 50, who: "img".into(), what: Happening::Launched("notify".into()) };
    store.note(&image, &noted).await.unwrap();
    store.note(&id("nobody"), &noted).await.unwrap();

    let events = store.events(&image).await.unwrap();

    let told: Vec<_> =
        events.iter().map(|event| (event.at_ms, format!("{} {}", event.who, event.what))).collect();
    let expected = [
        (10, "ana asked for it"),
        (20, "process-2 said that it is BUILDING"),
        (30, "process-1 said too late that it is DONE"),
        (40, "ben put the tag `x` on it"),
        (50, "img launched `notify`"),
    ];
    assert_eq!(told, expected.map(|(at, text)| (at, text.to_owned())));
}

/// The keys of the errands about a job, all taken for a moment.
async fn keys(store: &dyn Outbox, image: &crate::ImageId) -> Vec<String> {
    let errands = store.take(i64::MAX - 2, i64::MAX - 2, 1_000).await.unwrap();
    errands.into_iter().filter(|taken| taken.image_id == *image).map(|taken| taken.key).collect()
}

async fn jobs_of_launching_queues_are_launched_once<S: JobStore + Outbox>(store: &S) {
    for (queue, launched) in [("web", true), ("api", true), ("requests", false), ("unheard-of", false)] {
        let asked = NewJob { queue: queue.into(), ..job(&format!("launch {queue}")) };
        let image = id(&format!("launch-{queue}"));
        for _ in 0..2 {
            store.record(&image, &asked, 10).await.unwrap();
        }
        let expected: Vec<_> = launched.then(|| format!("build {image}")).into_iter().collect();
        assert_eq!(keys(store, &image).await, expected, "{queue}");
    }
}

async fn post_processes_follow_their_states_once_a_try<S: JobStore + Outbox + Registry>(store: &S) {
    let process = |name: &str, active, trigger: JobStatus| {
        let process =
            PostProcess { name: name.into(), active, triggers: [trigger].into(), ..PostProcess::default() };
        Entry::PostProcess(process)
    };
    for entry in [
        process("test", true, JobStatus::Done),
        process("off", false, JobStatus::Done),
        process("notify", true, JobStatus::Tested),
        process("not-chosen", true, JobStatus::Done),
    ] {
        store.put(&entry, "root", 1).await.unwrap();
    }
    let chosen = ["test", "off", "notify"].map(ToOwned::to_owned);
    let asked = NewJob { post_processes: chosen.into(), ..job("follow") };
    let image = store.record(&id("follow"), &asked, 10).await.unwrap().unwrap();
    let (first, second) = (attempt(1), attempt(2));
    let tested = Push { test_result: Some(TestResult::Pass), ..Push::new(JobStatus::Tested, first.clone()) };
    for push in [
        Push::new(JobStatus::Building, first.clone()),
        Push::new(JobStatus::Done, first.clone()),
        Push::new(JobStatus::Done, first.clone()), // it came twice
        tested,
    ] {
        store.push(&image, &push, 20).await.unwrap();
    }
    let job = store.job(&image).await.unwrap().unwrap();
    assert_eq!((job.test_result, job.attempt, job.done_ms), (Some(TestResult::Pass), first, Some(20)));
    let once = [
        "test of follow at DONE of 2026-11-21 01:00 process-1",
        "notify of follow at DONE, TESTED of 2026-11-21 01:00 process-1",
    ];
    assert_eq!(keys(store, &image).await, once);

    store.push(&image, &Push::new(JobStatus::Building, second.clone()), 30).await.unwrap();
    assert_eq!(store.job(&image).await.unwrap().unwrap().test_result, None, "it is another image now");
    store.push(&image, &Push::new(JobStatus::Done, second), 40).await.unwrap();
    assert_eq!(keys(store, &image).await.len(), 3);
}
