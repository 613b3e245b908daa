//! What becomes of jobs of a job service that a person or the engine stops, or whose worker or service dies.

use std::time::Duration;

use imaging::{ImageId, ImageJob, JobStatus, NewJob};
use nix::sys::signal::Signal;
use wiring::{Fate, Processes};

use crate::cancels::endless;
use crate::engine::{Engine, cancel};
use crate::eventually::{eventually, sleepers};
use crate::service::{PATIENCE, Service, from_demo};
use crate::stand_in::Boss;
use crate::viewer::Viewer;

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_the_build_wherever_it_runs_and_its_process() {
    let boss = Boss::on("boss-20").await;
    let service = Service::start("boss-20");
    let site = &service.site;
    let builder = site.run(&["build_image"]);
    let others = site.run(&["build_ks", "update_image_status"]);
    [&builder, &others].iter().for_each(|program| program.says("connected", PATIENCE));
    let seconds = 6_000_000 + std::process::id();
    let kickstart = from_demo(&endless(seconds));
    let (runs, waits) = (service.order("runs", &kickstart), service.order("waits", &kickstart));
    eventually("a build runs its %post", PATIENCE, || sleepers(seconds) == 3).await;
    let (first, second) =
        if service.job(&runs)["status"] == "BUILDING" { (runs, waits) } else { (waits, runs) };
    service.becomes(&first, "BUILDING");

    // a person, first the one that waits
    for id in [&second, &first] {
        let (status, stopped) = service.curl(&["-X", "POST"], &format!("jobs/{id}/stop"));
        assert_eq!((status.as_str(), &stopped["status"]), ("200", &"ERROR".into()), "{stopped}");
    }
    let took = eventually("its processes are gone", PATIENCE, || sleepers(seconds) == 0).await;
    println!("gone {took:?} after the stop");
    over(&boss, "the processes end, too").await;
    for id in [&first, &second] {
        let job = service.job(id);
        assert_eq!((&job["status"], &job["error"]), (&"ERROR".into(), &"cancelled by ana".into()), "{job}");
    }
    let (_, history) = service.curl(&[], &format!("jobs/{second}/history"));
    assert!(!history.to_string().contains("BUILDING"), "what waited was never begun: {history}");

    // the engine, which expects no answer
    let third = service.order("third", &kickstart);
    eventually("it runs its %post", PATIENCE, || sleepers(seconds) == 3).await;
    service.becomes(&third, "BUILDING");
    let engine = Engine::beside("boss-20").await;
    engine.send("build_image", &cancel(), &third).await;
    eventually("its processes are gone", PATIENCE, || sleepers(seconds) == 0).await;
    assert_eq!(service.becomes(&third, "ERROR")["error"], "cancelled by the process");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_worker_and_a_dead_service_lose_no_job() {
    let boss = Boss::on("boss-21").await;
    let mut service = Service::start("boss-21");
    let others = service.site.run(&["build_ks", "update_image_status"]);
    let first = service.site.run(&["build_image"]);
    [&first, &others].iter().for_each(|program| program.says("connected", PATIENCE));
    // long enough to be killed in
    let kickstart =
        from_demo("part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 3\n%end\n");
    let mut jobs = vec![service.order("killed", &kickstart)];
    service.becomes(&jobs[0], "BUILDING");

    first.signal(Signal::SIGKILL);
    jobs.extend((0..3).map(|number| service.order(&format!("more{number}"), &kickstart)));
    service.up.signal(Signal::SIGKILL); // what it said yes to is on record
    service.start_again();
    let second = service.site.run(&["build_image"]);
    second.says("connected", PATIENCE);

    for id in &jobs {
        let job = service.becomes(id, "DONE");
        assert!(job["error"].is_null(), "{job}");
        let (_, files) = service.curl(&[], &format!("jobs/{id}/files"));
        assert!(files.to_string().contains(".tar.gz"), "{files}");
    }
    over(&boss, "all processes end").await;
}

#[tokio::test]
async fn what_the_viewer_says_of_processes_decides_about_silent_jobs() {
    const HOUR: i64 = 3_600_000;
    let viewer = Viewer::start(&[]);
    let knows = |wfid: &str, errors: &[&str]| {
        let errors = errors.iter().map(ToString::to_string).collect();
        viewer.processes.lock().unwrap().insert(wfid.into(), errors);
    };
    let asks = || wiring::OnBoss::new(viewer::Viewer::at(&viewer.address).unwrap());
    let job = |wfid: &str, silent_ms: i64| {
        let id = ImageId::reduce("job").unwrap();
        let mut job = ImageJob::recorded(&id, &NewJob::default(), imaging::now_ms() - silent_ms);
        job.attempt.process = wfid.into();
        job
    };
    let boss = asks();
    let fate = async |wfid: &str, silent_ms| boss.fate(&job(wfid, silent_ms)).await.unwrap();

    assert_eq!(fate("gone", 2 * HOUR).await, Fate::Unknown, "it may be the viewer of another engine");
    knows("runs", &[]);
    knows("stuck", &["raised: RuntimeError: boom"]);
    assert_eq!(fate("runs", 100 * HOUR).await, Fate::Runs);
    assert_eq!(fate("stuck", 1).await, Fate::Gone("its process stopped: raised: RuntimeError: boom".into()));
    assert_eq!(fate("gone", HOUR / 2).await, Fate::Unknown, "its news may wait somewhere");
    assert!(matches!(fate("gone", 2 * HOUR).await, Fate::Gone(_)));
    assert_eq!(fate("", 100 * HOUR).await, Fate::Unknown, "a launch is not answered");
    let done = ImageJob { status: JobStatus::Testing, ..job("gone", 2 * HOUR) };
    assert_eq!(boss.fate(&done).await.unwrap(), Fate::Unknown, "a post-process");
    let nobody = wiring::OnBoss::new(viewer::Viewer::at("http://127.0.0.1:1").unwrap());
    assert!(nobody.fate(&job("gone", 2 * HOUR)).await.is_err());
}

/// Waits until no process is left.
async fn over(boss: &Boss, what: &str) {
    let start = std::time::Instant::now();
    loop {
        let processes = boss.engine.processes(1_000).await.unwrap();
        if processes.iter().all(process_engine::ProcessState::is_over) {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "{what}: {processes:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
