//! Who may ask for what at the desk.

use std::sync::Arc;

use imaging::testing::{MemoryFiles, MemoryStore};
use imaging::{
    Desk, Entry, ExtraRepo, FolderContents, Foresight, ImageId, JobAttempt, JobFilter, JobStatus, JobStore,
    Mistake, NewJob, Outbox, Permission, Person, PostProcess, Push, Registry, Tag,
};

struct Office {
    store: Arc<MemoryStore>,
    desk: Desk,
}

fn office() -> Office {
    let store = Arc::new(MemoryStore::default());
    let contents = FolderContents { count: 3, bytes: 1_200, ..FolderContents::default() };
    let files = MemoryFiles { contents, ..MemoryFiles::default() };
    Office { desk: Desk::new(store.clone(), Arc::new(files)), store }
}

fn person(name: &str, permissions: &[Permission]) -> Person {
    let permissions = permissions.iter().copied().collect();
    Person { name: name.into(), email: format!("{name}@site.example"), permissions, withheld: [].into() }
}

fn ana() -> Person {
    person("ana", &[Permission::Submit])
}

fn order() -> NewJob {
    NewJob {
        queue: "web".into(),
        name: "demo".into(),
        image_type: "raw".into(),
        arch: "x86_64".into(),
        kickstart: "part /\n".into(),
        ..NewJob::default()
    }
}

impl Office {
    async fn done(&self, id: &ImageId) {
        self.store.push(id, &Push::new(JobStatus::Done, JobAttempt::default()), 50).await.unwrap();
    }
}

#[tokio::test]
async fn no_new_id_is_an_option_of_a_command() {
    let office = office();
    for (name, id) in [("ü", "image-20251121-044000"), ("é-x", "x-20251121-044000")] {
        let order = NewJob { name: name.into(), ..order() };
        let made = office.desk.submit(&ana(), order, 1_763_700_000_000).await.unwrap();
        assert_eq!(made.as_str(), id, "{name}");
    }
}

#[tokio::test]
async fn what_is_submitted_is_recorded_as_theirs_once_a_request() {
    let office = office();
    let order =
        NewJob { request: "r1".into(), user: "somebody else".into(), prefix: "../..".into(), ..order() };

    let id = office.desk.submit(&ana(), order.clone(), 1_763_700_000_000).await.unwrap();
    let again = office.desk.submit(&ana(), order.clone(), 1_763_700_009_000).await.unwrap();
    let of_ben =
        office.desk.submit(&person("b/en", &[Permission::Submit]), order, 1_763_700_000_000).await.unwrap();

    assert_eq!((id.as_str(), &again), ("demo-20251121-044000", &id));
    assert_eq!(of_ben.as_str(), "demo-20251121-044000-2");
    let job = office.desk.show(&id).await.unwrap();
    assert_eq!(
        (job.asked.user, job.asked.prefix, job.asked.email),
        ("ana".into(), "web/ana".into(), "ana@site.example".into())
    );
    assert_eq!(office.desk.show(&of_ben).await.unwrap().asked.prefix, "web/b_en");
    assert_eq!(office.store.take(i64::MAX - 1, i64::MAX, 10).await.unwrap().len(), 2, "both are launched");
}

#[tokio::test]
async fn all_mistakes_of_an_order_are_told_at_once() {
    let office = office();
    let order = NewJob {
        queue: "nightly".into(),
        name: "../x".into(),
        image_type: "iso".into(),
        arch: "z80".into(),
        kickstart: "x".repeat((10 << 20) + 1),
        tokenmap: "A:1,B".into(),
        email: "ana@site.example\nBcc: all@site.example".into(),
        post_processes: ["launder".to_owned()].into(),
        tags: (0..300).map(|number| Tag::parse(&format!("t{number}")).unwrap()).collect(),
        extra_opts: vec!["-o".into(); 5_001],
        ..NewJob::default()
    };

    let refusal = office.desk.submit(&ana(), order, 1).await.unwrap_err().to_string();

    for words in [
        "name is wrong",
        "queue should be one of api, requests, web, not `nightly`",
        "image_type should be one of",
        "arch should be one of",
        "kickstart has 10485761 bytes",
        "`B` has no key",
        "email has a line break",
        "names `launder`, which is no active post-process",
        "tags are 300: a job has at most 50",
        "extra_opts has 5001 entries",
    ] {
        assert!(refusal.contains(words), "{words}: {refusal}");
    }
    assert_eq!(office.desk.list(&JobFilter::default(), None, 10).await.unwrap().jobs, []);
}

#[tokio::test]
async fn a_queue_that_launches_nothing_is_only_for_processes_that_run() {
    let desk = office().desk;
    let waiting = NewJob { queue: "requests".into(), ..order() };
    let refusal = desk.submit(&ana(), waiting.clone(), 1).await.unwrap_err().to_string();
    assert!(refusal.contains("queue `requests` is for processes that run already"), "{refusal}");
    desk.submit(&ana(), NewJob { process: "20261128-abc".into(), ..waiting }, 1).await.unwrap();
}

#[tokio::test]
async fn only_the_owner_and_administrators_change_a_job() {
    let admin = person("root", &[Permission::ManageJobs, Permission::Submit]);
    let (ben, guest) = (person("ben", &[Permission::Submit]), person("ana", &[]));
    for (who, allowed) in [(ana(), true), (admin, true), (ben, false), (guest, false)] {
        let office = office();
        let process = PostProcess { name: "test".into(), active: true, ..PostProcess::default() };
        office.store.put(&Entry::PostProcess(process), "root", 1).await.unwrap();
        let desk = &office.desk;
        let waiting = desk.submit(&ana(), order(), 1).await.unwrap();
        let done = desk.submit(&ana(), order(), 1).await.unwrap();
        office.done(&done).await;
        let draft = NewJob { retry_of: Some(done.to_string()), ..order() };
        let tag = [Tag::parse("x").unwrap()];

        let answers = [
            ("draft", desk.draft(&who, &done).await.map(drop)),
            ("retry", desk.retry(&who, &done, draft, 2).await.map(drop)),
            ("tag", desk.tag(&who, &done, &tag, &[], 2).await),
            ("pin", desk.pin(&who, &done, false, 2).await),
            ("process", desk.post_process(&who, &done, "test", "r", 2).await),
            ("cancel", desk.cancel(&who, &waiting, 2).await),
            ("preview", desk.preview_deletion(&who, &done).await.map(drop)),
            ("delete", desk.delete(&who, &done, 2).await),
        ];

        for (what, answer) in answers {
            assert_eq!(answer.is_ok(), allowed, "{what} by {} {:?}: {answer:?}", who.name, who.permissions);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_what_to_do() {
    let office = office();
    let desk = &office.desk;
    let waiting = desk.submit(&ana(), order(), 1).await.unwrap();
    let pinned = desk.submit(&ana(), order(), 1).await.unwrap();
    office.done(&pinned).await;
    desk.pin(&ana(), &pinned, true, 2).await.unwrap();
    let nobody = ImageId::reduce("nobody").unwrap();

    let refusals = [
        (desk.delete(&ana(), &pinned, 2).await, "is pinned: take the pin off first"),
        (desk.preview_deletion(&ana(), &pinned).await.map(drop), "is pinned: take the pin off first"),
        (desk.delete(&ana(), &waiting, 2).await, "is IN QUEUE: stop it first"),
        (desk.retry(&ana(), &waiting, order(), 2).await.map(drop), "is IN QUEUE: stop it first"),
        (desk.cancel(&ana(), &pinned, 2).await, "is DONE: it is over"),
        (desk.post_process(&ana(), &waiting, "test", "", 2).await, "there is no image yet"),
        (
            desk.post_process(&ana(), &pinned, "test", "", 2).await,
            "name is `test`, which is no active post-process",
        ),
        (desk.cancel(&ana(), &nobody, 2).await, "there is no job nobody"),
        (desk.submit(&person("guest", &[]), order(), 2).await.map(drop), "you may not ask for images"),
    ];
    for (answer, words) in refusals {
        let told = answer.unwrap_err().to_string();
        assert!(told.contains(words), "{words}: {told}");
    }

    desk.pin(&ana(), &pinned, false, 3).await.unwrap();
    assert_eq!(desk.preview_deletion(&ana(), &pinned).await.unwrap().bytes, 1_200);
    desk.delete(&ana(), &pinned, 3).await.unwrap();
    let second = desk.delete(&ana(), &pinned, 3).await.unwrap_err().to_string();
    assert_eq!(second, format!("there is no job {pinned}"), "of two people, one deletes it");
}

#[tokio::test]
async fn a_retry_is_a_new_job_of_the_same_order() {
    let office = office();
    let asked = NewJob {
        tags: [Tag::pinned(), Tag::parse("x").unwrap()].into(),
        overlay: vec!["vim".into()],
        ..order()
    };
    let old = office.desk.submit(&ana(), asked, 1).await.unwrap();
    office.done(&old).await;

    let draft = office.desk.draft(&ana(), &old).await.unwrap();
    let order = NewJob { arch: "i686".into(), request: "r".into(), ..draft };
    let new = office.desk.retry(&ana(), &old, order.clone(), 2_000).await.unwrap();
    assert_eq!(office.desk.retry(&ana(), &old, order, 3_000).await.unwrap(), new, "the same request");

    let job = office.desk.show(&new).await.unwrap();
    assert_ne!(new, old);
    assert_eq!(
        (job.asked.arch, job.asked.overlay, job.asked.retry_of),
        ("i686".into(), vec!["vim".into()], Some(old.to_string()))
    );
    assert_eq!(job.tags, [Tag::parse("x").unwrap()].into(), "what protects the old one is its own");
    let history = office.desk.history(&old).await.unwrap();
    let told =
        history.iter().filter(|event| event.what.to_string() == format!("asked for it again as {new}"));
    assert_eq!(told.count(), 1, "{history:?}");
}

#[tokio::test]
async fn a_name_of_which_nothing_can_be_looked_for_finds_nothing() {
    let desk = office().desk;
    desk.submit(&ana(), order(), 1).await.unwrap();
    for (name, found) in [(None, 1), (Some(""), 1), (Some("*"), 0), (Some("\0"), 0)] {
        let filter = JobFilter { name: name.map(Into::into), ..JobFilter::default() };
        assert_eq!(desk.list(&filter, None, 10).await.unwrap().jobs.len(), found, "{name:?}");
    }
}

#[tokio::test]
async fn whoever_showed_too_little_is_told_what_would_do() {
    let office = office();
    let id = office.desk.submit(&ana(), order(), 1_763_700_000_000).await.unwrap();
    let looks = |name, withheld: &[Permission]| Person {
        withheld: withheld.iter().copied().collect(),
        ..person(name, &[])
    };
    for (who, words) in [
        (looks("ana", &[Permission::Submit]), "it takes scope submit"),
        (looks("ana", &[]), "it takes a group that may ask for images"),
        (looks("root", &Permission::ALL), "it takes scope manage"),
        (looks("ben", &[Permission::Submit]), "only they and administrators may"),
    ] {
        let refused = office.desk.cancel(&who, &id, 5).await.unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
}

/// Foresees that nothing can be built from a kickstart that says so.
struct Gloomy;

#[async_trait::async_trait]
impl Foresight for Gloomy {
    async fn mistakes(&self, order: &NewJob) -> Vec<Mistake> {
        let is_hopeless = order.kickstart.contains("hopeless");
        let mistake = Mistake { field: "kickstart", why: "cannot be built: it says so".into() };
        is_hopeless.then_some(mistake).into_iter().collect()
    }
}

#[tokio::test]
async fn what_could_never_be_built_is_not_taken() {
    let office = office();
    let desk = office.desk.clone().foreseeing(Arc::new(Gloomy));
    let hopeless = NewJob { kickstart: "# hopeless\n".into(), ..order() };
    let repo = |url: &str| ExtraRepo::Named { name: "r".into(), url: url.into() };
    let odd = NewJob {
        extra_repos: vec![
            repo("javascript:alert(1)"),
            repo("FTP//x"),
            repo("file://here"),
            repo("https://x/"),
            repo("@BASE@/x"),
        ],
        ..order()
    };
    let of_process = NewJob { queue: "requests".into(), process: "20261128-x".into(), ..hopeless.clone() };

    let refused = desk.submit(&ana(), hopeless, 5).await.unwrap_err().to_string();
    let of_repos = desk.submit(&ana(), odd, 5).await.unwrap_err().to_string();

    assert_eq!(refused, "kickstart cannot be built: it says so");
    assert!(
        of_repos.matches("begins with none of http://, https://, ftp://, file:///").count() == 3,
        "{of_repos}"
    );
    assert!(desk.submit(&ana(), of_process, 5).await.is_ok(), "a process may change it");
    assert!(desk.submit(&ana(), order(), 5).await.is_ok());
}
