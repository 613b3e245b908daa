//! Pages of repositories.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use imaging::testing::{MemoryRepository, small_image};
use imaging::{ImagePath, ImageRepository, ImageState, JobStatus, Repositories};

use crate::site::{Answer, Browser, HOSTILE, Site};

/// So long something may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A site with two repositories, and a finished job of ana's whose image is a swap partition.
struct Room {
    site: Site,
    main: Arc<MemoryRepository>,
    other: Arc<MemoryRepository>,
    top: PathBuf,
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.top);
    }
}

impl Room {
    async fn new(test: &str) -> Room {
        let top = std::env::temp_dir().join(format!("img-web-{test}-{}", std::process::id()));
        let folder = top.join("images/requests/ana/good-1");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("demo.raw"), small_image(1)).unwrap();
        let main = Arc::new(MemoryRepository::new("main").shown_in(top.join("main")));
        let other = Arc::new(MemoryRepository::new("other"));
        let all: Vec<Arc<dyn ImageRepository>> = vec![main.clone(), other.clone()];
        let site = Site::keeping(Repositories::new(all), top.join("images")).await;
        site.job("good-1", JobStatus::Done).await;
        Room { site, main, other, top }
    }

    /// Has the job have another image.
    fn build(&self, fill: u8) {
        std::fs::write(self.top.join("images/requests/ana/good-1/demo.raw"), small_image(fill)).unwrap();
    }

    fn set(&self, path: &str, state: ImageState) {
        self.main.set(ImagePath::new(path).unwrap(), state);
    }
}

/// Waits for the end of the work that an answer leads to, as a page without scripts that loads itself anew.
async fn over(browser: &mut Browser<'_>, begun: &Answer) -> Answer {
    let place = begun.place().to_owned();
    assert!(place.starts_with("/repositories/main/tasks/"), "{place}");
    let start = Instant::now();
    loop {
        let answer = browser.get(&place).await;
        if !answer.text.contains("hx-get") {
            return answer;
        }
        answer.has(&["<noscript><meta http-equiv=\"refresh\""]);
        assert!(start.elapsed() < PATIENCE, "{}", answer.text);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Publishes the image of the job as `NAME`.
async fn publish(browser: &mut Browser<'_>, name: &str) -> Answer {
    let begun = browser
        .post("/job/good-1/publish", &[("repository", "main"), ("file", "demo.raw"), ("name", name)])
        .await;
    over(browser, &begun).await
}

#[tokio::test]
async fn repositories_stand_in_the_bar_where_there_are_some() {
    let site = Site::new().await;
    site.job("good-1", JobStatus::Done).await;
    let mut root = site.of("root").await;
    for path in ["/queue", "/job/good-1"] {
        let answer = root.get(path).await;
        assert!(!answer.text.contains("epositor"), "{}", answer.text);
    }
    for path in ["/repositories", "/job/good-1/publish", "/repositories/main/images/a.img"] {
        let answer = root.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        answer.has(&["name its folder in [repository] folder"]);
    }
    let room = Room::new("bar").await;
    let mut root = room.site.of("root").await;
    root.get("/queue").await.has(&["<a href=\"/repositories\">Repositories</a>"]);
    let empty = root.get("/repositories").await;
    empty.has(&[
        "aria-current=\"page\">Repositories</a>",
        "No image is kept here yet",
        "Publish one from the page of a finished job",
    ]);
}

#[tokio::test]
async fn an_image_goes_from_its_job_through_every_page() {
    let room = Room::new("way").await;
    let mut root = room.site.of("root").await;
    root.get("/job/good-1").await.has(&["Publish to repository…"]);
    let form = root.get("/job/good-1/publish").await;
    // what the job is called is no name of OpenGnsys
    assert_eq!(form.value("name"), "scriptalert1scriptimgsrcxonerroralert1");
    form.has(&["<option>main</option>", "demo.raw (412 MB)", "<legend>Registration</legend>"]);
    let key = form.value("key");
    let fields = [
        ("key", key.as_str()),
        ("repository", "main"),
        ("file", "demo.raw"),
        ("name", "lab1"),
        ("unit", "Aula 1"),
        ("title", "Laboratory"),
        ("software_profile", "none"),
        ("partition", "1"),
        ("partition_type", "LINUX"),
        ("comments", "for tests"),
    ];
    let begun = root.post("/job/good-1/publish", &fields).await;
    let twice = root.post("/job/good-1/publish", &fields).await;
    assert_eq!(begun.place(), twice.place(), "a form that is sent twice publishes once");
    over(&mut root, &begun).await.has(&[
        "Publishing Aula 1/lab1.img",
        "</span> done</span>",
        "Aula 1/lab1.img is published: raw · none · SWAP.",
        "href=\"/repositories/main/images/Aula%201/lab1.img\"",
    ]);
    let list = root.get("/repositories?unit=Aula%201&state=published&repository=main").await;
    list.has(&[
        "Aula 1/lab1.img",
        "Laboratory",
        "raw · none · SWAP",
        "needs 66 kB",
        "lab1.img.torrent\"",
        "1 image.",
    ]);
    for none in ["state=refused", "unit=x", "name=zzz", "repository=other"] {
        let answer = root.get(&format!("/repositories?{none}")).await;
        answer.has(&["No image is like that"]);
        assert!(!answer.text.contains("lab1.img"), "{none}");
    }
    let image = "/repositories/main/images/Aula%201/lab1.img";
    root.get(image).await.has(&[
        "LINUX",
        "for tests",
        "Copy into other",
        "65536 bytes",
        "/delete/Aula%201/lab1.img",
    ]);
    let file = root.get("/repositories/main/files/Aula%201/lab1.img.torrent").await;
    assert_eq!(file.text, "torrent of Aula 1/lab1.img");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));

    let begun = root.post("/repositories/main/verify/Aula%201/lab1.img", &[]).await;
    over(&mut root, &begun).await.has(&["It is whole: 66 kB were read", "sums: 1 right"]);
    let copied = root.post("/repositories/other/import", &[("image", "main Aula%201/lab1.img")]).await;
    assert!(copied.place().starts_with("/repositories/other/tasks/"));
    root.get("/repositories/main/import").await.has(&["<h1>Import into main</h1>"]);

    let other = root.get("/repositories/other/import").await;
    other.has(&["<option value=\"main Aula%201/lab1.img\">main: Aula 1/lab1.img (66 kB)</option>"]);
    let mut wrong = root.post("/repositories/other/import", &[("image", "nothing")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.has(&["Choose an image."]);
    wrong = root.post("/repositories/main/import", &[("image", "main Aula%201/lab1.img")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    // what was there before can be brought back
    publish(&mut root, "plain").await;
    root.get("/job/good-1/publish").await.has(&["An image of the same name becomes the backup"]);
    room.build(2);
    publish(&mut root, "plain").await.has(&["The image that was there before is its backup."]);
    let restored = root.post("/repositories/main/restore/plain.img", &[("key", "once")]).await;
    over(&mut root, &restored).await.has(&[
        "Restoring the backup of plain.img",
        "The image that was there before is its backup.",
        "/repositories/main/images/plain.img",
    ]);
    for (chosen, done, said) in
        [("keep", "kept", "its backup is kept"), ("none", "gone", "and so is its backup")]
    {
        let preview = root.get("/repositories/main/delete/plain.img").await;
        preview.has(&["Delete plain.img"]);
        if chosen == "keep" {
            preview.has(&[
                "plain.img.full.sum",
                "the backup that is there now goes",
                "Delete 66 kB for good",
            ]);
        } else {
            preview.has(&["There is no file of", "<li>its backup</li>"]);
        }
        let seen = preview.value("seen");
        let deleted =
            root.post("/repositories/main/delete/plain.img", &[("backup", chosen), ("seen", &seen)]).await;
        assert_eq!(deleted.place(), format!("/repositories?done={done}"));
        root.get(deleted.place()).await.has(&[said]);
    }
    assert_eq!(root.get("/repositories/main/images/plain.img").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn mistakes_stand_at_their_fields_and_what_was_typed_is_still_there() {
    let room = Room::new("mistakes").await;
    let mut root = room.site.of("root").await;
    publish(&mut root, "lab1").await;
    let address = "/repositories/main/register/lab1.img";
    root.get(address).await.has(&["All of it has to be filled in", "value=\"SWAP\"", "value=\"1\""]);
    let answer = root.post(address, &[("title", HOSTILE), ("partition", "one"), ("comments", " ")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.has(&[
        "It was not noted.",
        "value=\"&#60;script&#62;",
        "value=\"one\"",
        "id=\"f-software_profile-wrong\">This has to be filled in",
        "id=\"f-partition-wrong\">This should be the number of a partition",
        "id=\"f-comments-wrong\"",
    ]);
    assert!(!answer.text.contains("id=\"f-title-wrong\""));
    let fields = [
        ("title", HOSTILE),
        ("software_profile", HOSTILE),
        ("partition", "2"),
        ("partition_type", HOSTILE),
        ("comments", HOSTILE),
    ];
    assert_eq!(
        root.post(address, &fields).await.place(),
        "/repositories/main/images/lab1.img?done=registered"
    );
    root.get("/repositories/main/images/lab1.img?done=registered").await.has(&["What was written is noted."]);
    for page in ["/repositories", "/repositories/main/images/lab1.img", address] {
        let answer = root.get(page).await;
        assert!(!answer.text.contains("<script>") && !answer.text.contains("<img src=x"), "{}", answer.text);
        answer.has(&["&#60;script&#62;"]);
    }

    let answer = root
        .post(
            "/job/good-1/publish",
            &[
                ("repository", "main"),
                ("file", "demo.raw"),
                ("name", "a b"),
                ("unit", "../x"),
                ("title", "half"),
            ],
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.has(&[
        "It was not published.",
        "value=\"a b\"",
        "id=\"name-wrong\"",
        "value=\"../x\"",
        "f-comments-wrong",
    ]);
    assert_eq!(room.main.list().await.unwrap().len(), 1);
    // what cannot be seen before it is tried is told on its page
    std::fs::write(room.top.join("images/requests/ana/good-1/demo.raw"), "no image").unwrap();
    publish(&mut root, "text").await.has(&["Why it came to nothing", "no image of a tool", "the number 5"]);
}

#[tokio::test]
async fn odd_names_and_every_state_are_shown_with_the_reason() {
    let room = Room::new("states").await;
    room.set("<script>.img", ImageState::Refused(format!("it is {HOSTILE}")));
    room.set("a b.img", ImageState::Waiting);
    room.set("Aula/busy.img", ImageState::Locked("pc12 works on it".into()));
    room.set("z.img", ImageState::Refused("z.img is no whole image".into()));
    room.set("y\n.img", ImageState::Refused("its partclone header is of a later version".into()));
    let mut root = room.site.of("root").await;
    let list = root.get("/repositories").await;
    list.has(&[
        "pc12 works on it.",
        "z.img is no whole image.",
        "Its partclone header is of a later version.",
        "It is published once its file has not changed for a while.",
        "&#60;script&#62;.img",
        "y\\n.img",
        "/repositories/main/images/y%0A.img",
        "<option>Aula</option>",
        "5 images.",
    ]);
    assert!(!list.text.contains("<script>"), "{}", list.text);
    assert!(!list.text.contains("Torrent</a>"), "what is not published is not shared");
    for odd in ["%3Cscript%3E.img", "y%0A.img", "a%20b.img"] {
        let page = root.get(&format!("/repositories/main/images/{odd}")).await;
        page.has(&["Its name cannot be registered"]);
        assert!(!page.text.contains("<script>"), "{}", page.text);
        let preview = root.get(&format!("/repositories/main/delete/{odd}")).await;
        let seen = preview.value("seen");
        let chosen = [("backup", "none"), ("seen", seen.as_str())];
        root.post(&format!("/repositories/main/delete/{odd}"), &chosen).await.place();
    }
    assert_eq!(root.get("/repositories/main/files/Aula/busy.img").await.status, StatusCode::CONFLICT);
    for gone in [
        "/repositories/none/images/a.img",
        "/repositories/main/images/none.img",
        "/repositories/main/images/a",
        "/repositories/main/images/..%2Fa.img",
        "/repositories/main/tasks/x",
        "/repositories/main/delete/none.img",
    ] {
        assert_eq!(root.get(gone).await.status, StatusCode::NOT_FOUND, "{gone}");
    }
    for number in 0..120 {
        room.set(&format!("n{number:03}.img"), ImageState::Waiting);
    }
    let first = root.get("/repositories?state=waiting").await;
    first.has(&["120 images.", "n099.img", "href=\"/repositories?state=waiting&#38;from=100\""]);
    assert!(!first.text.contains("n100.img"));
    root.get("/repositories?state=waiting&from=100").await.has(&["n100.img", "← The first"]);
    root.get("/repositories?from=999").await.has(&["The list is shorter by now"]);
}

#[tokio::test]
async fn nobody_deletes_what_they_have_not_seen() {
    let room = Room::new("seen").await;
    let mut root = room.site.of("root").await;
    publish(&mut root, "lab1").await;
    let seen = root.get("/repositories/main/delete/lab1.img").await.value("seen");
    room.build(2);
    publish(&mut root, "lab1").await;
    let chosen = [("backup", "none"), ("seen", seen.as_str())];
    let answer = root.post("/repositories/main/delete/lab1.img", &chosen).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    answer.has(&["It has changed since you looked", "with the backup that is there"]);
    let answer = root.post("/repositories/main/delete/lab1.img", &[("backup", "perhaps")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(room.main.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn everybody_looks_and_who_may_fill_the_tables_changes() {
    let room = Room::new("may").await;
    let mut root = room.site.of("root").await;
    publish(&mut root, "lab1").await;
    for (name, verifies) in [("ana", true), ("guest", false)] {
        let mut browser = room.site.of(name).await;
        browser.get("/repositories").await.has(&["lab1.img"]);
        let seen = browser.get("/repositories/main/images/lab1.img").await;
        assert_eq!(seen.text.contains(">Verify<"), verifies, "{name}");
        assert!(!seen.text.contains("/delete/") && !seen.text.contains("/register/"), "{}", seen.text);
        assert!(!browser.get("/job/good-1").await.text.contains("/publish"));
        for path in [
            "/job/good-1/publish",
            "/repositories/main/import",
            "/repositories/main/delete/lab1.img",
            "/repositories/main/register/lab1.img",
            "/repositories/main/restore/lab1.img",
        ] {
            let answer = browser.post(path, &[("name", "x"), ("backup", "none")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name} {path}");
            answer.has(&["a group that may change what the site offers"]);
        }
        let answer = browser.post("/repositories/main/verify/lab1.img", &[]).await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, verifies, "{name}");
    }
    assert_eq!(room.main.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn work_shows_how_far_it_is_and_can_be_stopped() {
    let room = Room::new("work").await;
    room.main.hold(true);
    let mut root = room.site.of("root").await;
    let begun = root.post("/job/good-1/publish", &[("file", "demo.raw"), ("name", "lab1")]).await;
    let place = begun.place();
    let start = Instant::now();
    let part = loop {
        let part = root.get(&format!("{place}/part")).await;
        if part.text.contains("copying 50 %") {
            break part;
        }
        assert!(start.elapsed() < PATIENCE, "{}", part.text);
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    part.has(&["<section id=\"task\" hx-get=", "<progress max=\"65536\" value=\"32768\"", ">Stop<"]);
    assert!(!part.text.contains("<html"), "only what changes");
    root.get("/repositories").await.has(&["Publishing lab1.img", "copying 50 %", "asked by root"]);
    // the first repository is meant where nobody names one
    assert!(room.other.list().await.unwrap().is_empty());
    let mut ana = room.site.of("ana").await;
    let answer = ana.post(&format!("{place}/stop"), &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(root.post(&format!("{place}/stop"), &[]).await.place(), place);
    over(&mut root, &begun).await.has(&["It was stopped before it was done"]);
    assert_eq!(room.main.list().await.unwrap(), []);
    // it is told as lost by a program that was started since
    let anew = Room::new("work-anew").await;
    anew.site.of("root").await.get(place).await.has(&["lost", "The service was started anew"]);
}
