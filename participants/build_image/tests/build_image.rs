//! What build_image does to the disk, and to whoever waits for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use build_image::{BuildImage, Folders, Record};
use imaging::testing::Canned;
use participant_core::testing::{Memory, workitem};
use participant_core::{
    Job, Launch, LaunchError, Launcher, Outcome, Participant, Stop, Workitem, async_trait,
};
use serde_json::{Value, json};

struct Site {
    images: tempfile::TempDir,
}

impl Site {
    fn new() -> Site {
        Site { images: tempfile::tempdir().unwrap() }
    }

    fn participant(&self, builder: Canned) -> BuildImage {
        BuildImage {
            builder: Box::new(builder),
            folders: Folders::local(self.images.path().into()),
            owner: "me".into(),
            fs_pack: None,
            options: Vec::new(),
            post_creation: None,
        }
    }

    fn folder(&self) -> PathBuf {
        self.images.path().join("requests/demo")
    }

    /// The names of everything beside the image's folder, and in it.
    fn files(&self) -> Vec<String> {
        let names = |folder: &Path| -> Vec<String> {
            let entries = std::fs::read_dir(folder).into_iter().flatten();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        };
        let above = self.images.path().join("requests");
        let mut files: Vec<_> = names(&above)
            .into_iter()
            .flat_map(|name| {
                let inside = names(&above.join(&name));
                inside.into_iter().map(move |file| format!("{name}/{file}"))
            })
            .collect();
        files.sort();
        files
    }
}

fn item(dispatched_at: &str) -> Workitem {
    let image = json!({ "kickstart": "part /", "image_id": "demo", "image_type": "raw", "name": "demo", "arch": "x86_64" });
    workitem(&json!({ "image": image, "dispatched_at": dispatched_at }))
}

async fn run(participant: &BuildImage, item: &Workitem) -> (Outcome, Vec<Value>) {
    let memory = Memory::default();
    let (job, _stop) = Job::new(item.attempt(), Arc::new(memory.clone()), Arc::new(()));
    let outcome = participant.handle_wi(item, &job).await.unwrap();
    let launched = memory.drain(participant_core::ENGINE_QUEUE);
    (outcome, launched.iter().map(|body| serde_json::from_slice(body).unwrap()).collect())
}

fn statuses(launched: &[Value]) -> Vec<&str> {
    launched.iter().map(|launch| launch["definition"].as_str().unwrap().split('\'').nth(3).unwrap()).collect()
}

#[tokio::test]
async fn the_same_attempt_again_is_answered_again_without_a_second_build() {
    let site = Site::new();
    let (first, launched) = run(&site.participant(Canned::Makes), &item("1")).await;
    assert_eq!(statuses(&launched), ["BUILDING", "DONE"]);
    assert_eq!(site.files(), ["demo/demo.log", "demo/demo.raw", "demo/record.json"]);

    let (again, launched) = run(&site.participant(Canned::Fails("not asked".into())), &item("1")).await;

    assert_eq!(again, first);
    assert_eq!(statuses(&launched), ["DONE"]);
}

#[tokio::test]
async fn another_attempt_works_anew_and_takes_the_place_of_the_older() {
    let site = Site::new();
    run(&site.participant(Canned::Makes), &item("1")).await;

    let (outcome, launched) = run(&site.participant(Canned::Fails("no space".into())), &item("2")).await;

    assert!(!outcome.is_done());
    assert_eq!(statuses(&launched), ["BUILDING", "ERROR"]);
    assert_eq!(site.files(), ["demo/demo.log", "demo/record.json"], "no image of a build that failed");
    assert_eq!(Record::find(&site.folder()).unwrap().error.as_deref(), Some("no space"));
}

#[tokio::test]
async fn a_builder_that_is_broken_is_a_refusal_with_all_causes() {
    let site = Site::new();
    let (outcome, launched) = run(&site.participant(Canned::Broken), &item("1")).await;
    assert!(!outcome.is_done());
    assert_eq!(launched[1]["fields"]["__error__"], "cannot start the builder: no such program");
}

#[tokio::test]
async fn what_a_killed_build_left_is_removed_by_the_next() {
    let site = Site::new();
    let left = site.images.path().join("requests/demo.partial-dead");
    std::fs::create_dir_all(left.join("work/root")).unwrap();
    let another = site.images.path().join("requests/demo2.partial-dead");
    std::fs::create_dir_all(&another).unwrap();

    run(&site.participant(Canned::Makes), &item("1")).await;

    assert!(!left.exists());
    assert!(another.exists(), "another image's");
}

#[tokio::test]
async fn a_job_that_is_stopped_says_by_whom_and_leaves_no_image() {
    let rows = [
        (Stop::Person("ana".into()), Some("cancelled by ana")),
        (Stop::Deadline, Some("stopped: it took longer than it may")),
        (Stop::Engine, Some("cancelled by the process")),
        (Stop::Shutdown, None), // handed back: as if it had not begun
    ];
    for (reason, error) in rows {
        let site = Site::new();
        let memory = Memory::default();
        let item = item("1");
        let (job, stop) = Job::new(item.attempt(), Arc::new(memory.clone()), Arc::new(()));
        let participant = site.participant(Canned::Waits);
        let (outcome, ()) = tokio::join!(participant.handle_wi(&item, &job), async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            stop.stop(reason.clone());
        });
        assert!(!outcome.unwrap().is_done());
        let record = Record::find(&site.folder());
        assert_eq!(record.and_then(|record| record.error).as_deref(), error, "{reason}");
        assert_eq!(site.files().is_empty(), error.is_none(), "{reason}");
        let pushed = memory.drain(participant_core::ENGINE_QUEUE).len();
        assert_eq!(pushed, 1 + usize::from(error.is_some()), "{reason}");
    }
}

/// Cannot launch the first few times.
struct Flaky(Memory, std::sync::atomic::AtomicU32);

#[async_trait]
impl Launcher for Flaky {
    async fn launch(&self, launch: &Launch) -> Result<(), LaunchError> {
        use std::sync::atomic::Ordering::SeqCst;
        if self.1.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Err(LaunchError("the broker is away".into()));
        }
        self.0.launch(launch).await
    }
}

#[tokio::test]
async fn a_status_is_sent_again_until_it_is_taken() {
    let site = Site::new();
    let memory = Memory::default();
    let item = item("1");
    let (job, _stop) = Job::new(item.attempt(), Arc::new(Flaky(memory.clone(), 2.into())), Arc::new(()));
    site.participant(Canned::Makes).handle_wi(&item, &job).await.unwrap();
    assert_eq!(memory.drain(participant_core::ENGINE_QUEUE).len(), 2);
}

/// Makes an image and notes which folder it was made in.
struct Noting(Arc<std::sync::atomic::AtomicU64>);

#[async_trait]
impl imaging::ImageBuilder for Noting {
    async fn build(
        &self,
        request: &imaging::BuildRequest,
        watch: &dyn imaging::Watch,
    ) -> Result<imaging::Build, imaging::BuilderError> {
        use std::os::unix::fs::MetadataExt;
        let folder = std::fs::metadata(&request.folder).unwrap().ino();
        self.0.store(folder, std::sync::atomic::Ordering::SeqCst);
        Canned::Makes.build(request, watch).await
    }

    async fn sweep(&self, folder: &Path) -> Result<(), imaging::BuilderError> {
        Canned::Makes.sweep(folder).await
    }
}

#[tokio::test]
async fn the_folder_is_published_as_a_whole_by_its_name() {
    use std::os::unix::fs::MetadataExt;
    let site = Site::new();
    let made_in = Arc::new(std::sync::atomic::AtomicU64::new(0));
    for dispatched_at in ["1", "2"] {
        let mut participant = site.participant(Canned::Makes);
        participant.builder = Box::new(Noting(made_in.clone()));
        run(&participant, &item(dispatched_at)).await;
        let published = std::fs::metadata(site.folder()).unwrap().ino();
        assert_eq!(published, made_in.load(std::sync::atomic::Ordering::SeqCst), "attempt {dispatched_at}");
        assert_eq!(site.files(), ["demo/demo.log", "demo/demo.raw", "demo/record.json"]);
    }
}
