//! A job that a person records at the desk is launched, built, stopped and deleted by `img up`.

mod program;

use std::sync::Arc;
use std::time::{Duration, Instant};

use imaging::{
    Desk, Entry, ExtraRepo, ImageId, ImageJob, JobStatus, NewJob, Permission, Person, PostProcess, Registry,
    now_ms,
};
use job_files_dir::JobFilesDir;
use job_store_sql::SqlJobStore;
use program::Site;

const KICKSTART: &str = "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n";
/// A number no other `sleep` has.
const SLOW: &str = "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 6137\n%end\n";
/// Says that it did something, by a state of the site.
const SIGN: &str =
    "Ruote.process_definition 'sign' do\n  update_image_status :status => 'DONE, Signed'\nend\n";

struct Up(std::process::Child);

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn order(name: &str, kickstart: &str) -> NewJob {
    let repo =
        std::env::var("IMG_DEMO_REPO").expect("IMG_DEMO_REPO is not set: run the tests by `make test`");
    NewJob {
        queue: "web".into(),
        name: name.into(),
        image_type: "fs".into(),
        arch: "x86_64".into(),
        kickstart: kickstart.into(),
        extra_repos: vec![ExtraRepo::Named { name: "demo".into(), url: format!("file://{repo}") }],
        post_processes: ["sign".to_owned()].into(),
        ..NewJob::default()
    }
}

async fn wait_for(desk: &Desk, id: &ImageId, came: impl Fn(&ImageJob) -> bool) -> ImageJob {
    let start = Instant::now();
    loop {
        let job = desk.show(id).await.unwrap();
        if came(&job) {
            return job;
        }
        assert!(start.elapsed() < Duration::from_secs(180), "{job:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Tells whether a program of a script of ours runs.
fn sleeps() -> bool {
    let pids =
        std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    pids.filter(|pid| pid.parse::<u32>().is_ok()).any(|pid| {
        std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|words| words == b"sleep\x006137\0")
    })
}

async fn wait_until(what: &str, came: impl Fn() -> bool) {
    let start = Instant::now();
    while !came() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn what_is_recorded_is_built_followed_stopped_and_removed() {
    let site = Site::new();
    let state = site.path().join("state");
    std::fs::create_dir(&state).unwrap();
    let store = Arc::new(SqlJobStore::file(&state.join("jobs.db")).await.unwrap());
    let triggers = [JobStatus::Done].into();
    let sign = PostProcess {
        name: "sign".into(),
        active: true,
        pdef: SIGN.into(),
        triggers,
        ..PostProcess::default()
    };
    store.put(&Entry::PostProcess(sign), "root", 1).await.unwrap();
    let desk = Desk::new(store, Arc::new(JobFilesDir::new(state.join("images"))));
    let ana = Person {
        name: "ana".into(),
        email: String::new(),
        permissions: [Permission::Submit].into(),
        withheld: [].into(),
    };
    let built = desk.submit(&ana, order("built", KICKSTART), now_ms()).await.unwrap();
    let slow = desk.submit(&ana, order("slow", SLOW), now_ms()).await.unwrap();
    let waiting = desk.submit(&ana, order("waiting", KICKSTART), now_ms()).await.unwrap();

    let up = Up(site.start(&["up"]));

    let job = wait_for(&desk, &built, |job| job.status == "DONE, Signed".parse().unwrap()).await;
    assert!(job.image_url.ends_with("built.tar.gz"), "{job:?}");
    let told: Vec<_> =
        desk.history(&built).await.unwrap().into_iter().map(|event| event.what.to_string()).collect();
    for what in
        ["launched `create_image`", "said that it is BUILDING", "said that it is DONE", "launched `sign`"]
    {
        assert_eq!(told.iter().filter(|told| *told == what).count(), 1, "{what}: {told:?}");
    }

    wait_for(&desk, &slow, |job| job.status == JobStatus::Building).await;
    wait_until("the script does not begin", sleeps).await;
    desk.cancel(&ana, &waiting, now_ms()).await.unwrap();
    desk.cancel(&ana, &slow, now_ms()).await.unwrap();
    wait_until("the script does not end", || !sleeps()).await;
    for stopped in [&slow, &waiting] {
        let job = wait_for(&desk, stopped, |job| job.status == JobStatus::Error).await;
        assert_eq!(job.error, "cancelled by ana");
    }

    let folder = state.join("images/web/ana").join(built.as_str());
    assert!(desk.preview_deletion(&ana, &built).await.unwrap().bytes > 1_000);
    desk.delete(&ana, &built, now_ms()).await.unwrap();
    wait_until("the files stay", || !folder.exists()).await;
    assert!(desk.show(&built).await.is_err());
    drop(up);
}
