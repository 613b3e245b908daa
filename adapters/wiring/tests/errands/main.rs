//! Errands of jobs are done, whoever dies at whatever point; and nothing stays under way for ever.

mod mortal;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use imaging::testing::{MemoryFiles, MemoryStore};
use imaging::{
    Desk, Entry, ImageId, ImageJob, JobAttempt, JobCare, JobStatus, JobStore, NewJob, Outbox, Permission,
    Person, PostProcess, Push, Registry,
};
use participant_core::async_trait;
use serde_json::Value;
use wiring::{Errands, Fate, Nobody, OfEngine, Processes};

use self::mortal::{Death, MortalEngine, MortalOutbox};

struct Bench {
    store: Arc<MemoryStore>,
    files: Arc<MemoryFiles>,
    launched: Arc<Mutex<BTreeMap<String, Value>>>,
}

impl Bench {
    fn new() -> Bench {
        Bench { store: Arc::default(), files: Arc::default(), launched: Arc::default() }
    }

    fn errands(&self, death: &Death, refuses: bool, processes: Arc<dyn Processes>) -> Errands {
        let engine = MortalEngine { launched: self.launched.clone(), death: death.clone(), refuses };
        let lost_after = Duration::from_secs(3_600);
        let errands = Errands::new(
            self.store.clone(),
            self.files.clone(),
            Arc::new(engine),
            processes,
            "the definition".into(),
            lost_after,
        );
        Errands { outbox: Arc::new(MortalOutbox(self.store.clone(), death.clone())), ..errands }
    }

    fn immortal(&self) -> Errands {
        self.errands(&Death::at(usize::MAX), false, Arc::new(Nobody))
    }

    async fn record(&self, name: &str, queue: &str) -> ImageId {
        let chosen = ["sign".to_owned()].into();
        let asked = NewJob {
            request: name.into(),
            queue: queue.into(),
            prefix: "web/ana".into(),
            post_processes: chosen,
            ..NewJob::default()
        };
        let id = ImageId::reduce(name).unwrap();
        self.store.record(&id, &asked, 10).await.unwrap().unwrap()
    }

    async fn push(&self, id: &ImageId, status: JobStatus) {
        let attempt = JobAttempt { began: "1".into(), process: "p".into() };
        self.store.push(id, &Push::new(status, attempt), 20).await.unwrap();
    }

    /// What happened to a job.
    async fn told(&self, name: &str) -> Vec<String> {
        let events = self.store.events(&ImageId::reduce(name).unwrap()).await.unwrap();
        events.iter().map(|event| event.what.to_string()).collect()
    }

    async fn sign(&self, active: bool) {
        let triggers = [JobStatus::Done].into();
        let process = PostProcess { name: "sign".into(), active, triggers, ..PostProcess::default() };
        self.store.put(&Entry::PostProcess(process), "root", 1).await.unwrap();
    }
}

/// The whole life of a job, whose errands are done by programs that die at the given call.
async fn life(dies_at: usize) -> usize {
    let bench = Bench::new();
    bench.sign(true).await;
    let id = bench.record("job", "web").await;
    let mut deaths = 0;
    let mut now = 100;
    for stage in 0..3 {
        match stage {
            0 => {}
            1 => bench.push(&id, JobStatus::Done).await,
            _ => assert_eq!(bench.store.delete(&id, "ana", now).await.unwrap(), imaging::Changed::Done),
        }
        loop {
            let death = Death::at(if deaths == 0 { dies_at.saturating_sub(stage * 6) } else { usize::MAX });
            let errands = bench.errands(&death, false, Arc::new(Nobody));
            now += 1_000_000; // leases of the dead are over
            tokio::select! {
                done = errands.do_due(now) => if done.unwrap() == 0 { break },
                () = death.died.notified() => deaths += 1,
            }
        }
    }
    let launched: Vec<_> = bench.launched.lock().unwrap().keys().cloned().collect();
    assert_eq!(launched, ["build job", "sign of job at DONE of 1 p"], "dies at {dies_at}");
    let removed = bench.files.removed.lock().unwrap().clone();
    assert!(removed.iter().all(|folder| folder == "web/ana/job") && !removed.is_empty());
    deaths
}

#[tokio::test]
async fn a_death_at_any_point_loses_and_doubles_no_launch() {
    let mut died = 0;
    for point in 0..20 {
        died += life(point).await;
    }
    assert!(died >= 14, "it died {died} times");
}

#[tokio::test]
async fn a_launch_nobody_said_is_in_the_history_all_the_same() {
    let bench = Bench::new();
    let id = bench.record("job", "api").await;
    // somebody takes the errand, launches the process and dies; it has begun when the lease is over
    assert_eq!(Outbox::take(&*bench.store, 100, 200, 10).await.unwrap().len(), 1);
    bench.push(&id, JobStatus::Building).await;

    assert_eq!(bench.immortal().do_due(300).await.unwrap(), 1);

    assert!(bench.launched.lock().unwrap().is_empty(), "it is not launched twice");
    let told = bench.told("job").await;
    assert_eq!(told.iter().filter(|told| *told == "launched `create_image`").count(), 1, "{told:?}");
}

#[tokio::test]
async fn a_launch_the_broker_does_not_take_is_tried_again_later() {
    let bench = Bench::new();
    bench.record("job", "api").await;
    let refusing = bench.errands(&Death::at(usize::MAX), true, Arc::new(Nobody));

    assert_eq!(refusing.do_due(100).await.unwrap(), 1);
    assert_eq!(refusing.do_due(1_099).await.unwrap(), 0, "not at once");
    assert_eq!(refusing.do_due(1_100).await.unwrap(), 1);
    assert_eq!(bench.immortal().do_due(2_000).await.unwrap(), 0, "each time later");
    assert_eq!(bench.immortal().do_due(4_000).await.unwrap(), 1);

    assert_eq!(bench.launched.lock().unwrap().len(), 1);
    let told = bench.told("job").await;
    assert_eq!(
        told[1..],
        [
            "launched nothing: cannot launch the process: the broker is away; `create_image` is tried again",
            "launched `create_image`"
        ],
        "once, however often it is tried"
    );
}

#[tokio::test]
async fn a_post_process_that_could_never_run_is_not_launched_and_the_job_says_why() {
    let bench = Bench::new();
    let nonsense = PostProcess {
        name: "sign".into(),
        active: true,
        triggers: [JobStatus::Done].into(),
        pdef: "Ruote.process_definition 'x' do\n  launder 1\nend\n".into(),
        ..PostProcess::default()
    };
    bench.store.put(&Entry::PostProcess(nonsense), "root", 1).await.unwrap();
    let id = bench.record("job", "requests").await;
    bench.push(&id, JobStatus::Done).await;
    let errands = bench.immortal().reading(Some(Arc::new(OfEngine)));

    while errands.do_due(1_000).await.unwrap() > 0 {}

    assert!(bench.launched.lock().unwrap().is_empty());
    let told = bench.told("job").await.pop().unwrap();
    let why = "launched nothing: the definition of `sign` is no process that can run here: line 2, column ";
    assert!(told.starts_with(why), "{told}");
}

#[tokio::test]
async fn what_is_not_to_be_launched_any_more_is_not() {
    let bench = Bench::new();
    bench.sign(true).await;
    let (cancelled, done) = (bench.record("cancelled", "web").await, bench.record("done", "requests").await);
    bench.store.cancel(&cancelled, "ana", 20).await.unwrap();
    bench.push(&done, JobStatus::Done).await;
    bench.sign(false).await;

    while bench.immortal().do_due(1_000).await.unwrap() > 0 {}

    assert!(bench.launched.lock().unwrap().is_empty());
    let told = bench.told("done").await;
    assert_eq!(told.last().unwrap(), "launched nothing: there is no active post-process `sign` any more");
}

#[tokio::test]
async fn a_person_launches_a_post_process_once_more_by_the_desk() {
    let bench = Bench::new();
    bench.sign(true).await;
    let id = bench.record("job", "requests").await;
    bench.push(&id, JobStatus::Done).await;
    let desk = Desk::new(bench.store.clone(), bench.files.clone());
    let admin = Person {
        name: "root".into(),
        email: String::new(),
        permissions: Permission::ALL.into(),
        withheld: [].into(),
    };
    for _ in 0..2 {
        desk.post_process(&admin, &id, "sign", "again-1", 30).await.unwrap();
    }

    while bench.immortal().do_due(1_000).await.unwrap() > 0 {}

    let launched: Vec<_> = bench.launched.lock().unwrap().keys().cloned().collect();
    assert_eq!(launched, ["sign of job asked by root again-1", "sign of job at DONE of 1 p"]);
}

#[tokio::test]
async fn old_jobs_are_deleted_with_their_files_and_pinned_ones_never() {
    let bench = Bench::new();
    let mut ids = Vec::new();
    for number in 0..1_200 {
        ids.push(bench.record(&format!("job-{number}"), "requests").await);
        let status = if number % 3 == 0 { JobStatus::Error } else { JobStatus::Done };
        bench.push(&ids[number], status).await; // at 20
    }
    let (pinned, underway) = (&ids[700], bench.record("underway", "requests").await);
    bench.push(&underway, JobStatus::Building).await;
    bench.store.tag(pinned, &[imaging::Tag::pinned()], &[], "ana", 30).await.unwrap();
    let all = bench.immortal();

    assert_eq!(all.expire(20, 100, 10_000).await.unwrap(), 0, "not older than that");
    assert_eq!(all.expire(21, 100, 100).await.unwrap(), 100, "a part at a time");
    assert_eq!(all.expire(21, 100, 10_000).await.unwrap(), 1_099);
    assert_eq!(all.expire(21, 100, 10_000).await.unwrap(), 0);

    while all.do_due(200).await.unwrap() > 0 {}
    let removed = bench.files.removed.lock().unwrap().clone();
    assert_eq!(removed.len(), 1_199);
    for id in [pinned, &underway] {
        assert!(bench.store.job(id).await.unwrap().is_some(), "{id}");
        assert!(!removed.contains(&format!("web/ana/{id}")));
    }
}

/// Says the same of every process.
struct Says(Fate);

#[async_trait]
impl Processes for Says {
    async fn fate(&self, _job: &ImageJob) -> anyhow::Result<Fate> {
        Ok(self.0.clone())
    }
}

#[tokio::test]
async fn nothing_stays_under_way_for_ever() {
    let hour = 3_600_000;
    let push = Push {
        image_url: Some("u".into()),
        ..Push::new(JobStatus::Done, JobAttempt { began: "1".into(), process: "p".into() })
    };
    // (what the engine says, when, the status afterwards, the reason)
    let rows = [
        (Fate::Runs, 100 * hour, JobStatus::Building, ""),
        (Fate::Gone("its process stopped: boom".into()), 30_000, JobStatus::Building, ""), // its news may be on their way
        (
            Fate::Gone("its process stopped: boom".into()),
            70_000,
            JobStatus::Error,
            "its process stopped: boom",
        ),
        (Fate::Ended(Box::new(push)), 70_000, JobStatus::Done, ""),
        (Fate::Unknown, hour - 1, JobStatus::Building, ""),
        (Fate::Unknown, 2 * hour, JobStatus::Error, "nothing was heard of it for 1 hours"),
    ];
    for (fate, now, status, reason) in rows {
        let bench = Bench::new();
        let id = bench.record("job", "requests").await;
        bench.push(&id, JobStatus::Building).await;

        bench.errands(&Death::at(usize::MAX), false, Arc::new(Says(fate.clone()))).miss(now).await.unwrap();

        let job = bench.store.job(&id).await.unwrap().unwrap();
        assert_eq!((&job.status, job.error.as_str()), (&status, reason), "{fate:?} at {now}");
    }
}
