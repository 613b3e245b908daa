//! Repositories of images, on a site in memory.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use imaging::testing::{MemoryRepository, small_image};
use imaging::{
    Accounts, ImageId, ImagePath, ImageRepository, ImageState, JobAttempt, JobStatus, JobStore, NewJob, Push,
    Repositories, Scope,
};
use rest::Settings;
use serde_json::{Value, json};

use crate::site::{Answer, Site};

/// So long something may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A site with two repositories, and a finished job of ana's whose image is a swap partition.
struct Room {
    site: Site,
    main: Arc<MemoryRepository>,
    other: Arc<MemoryRepository>,
    root: String,
    top: PathBuf,
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.top);
    }
}

impl Room {
    async fn new(test: &str) -> Room {
        let top = std::env::temp_dir().join(format!("img-rest-{test}-{}", std::process::id()));
        let images = top.join("images");
        for (job, fill) in [("demo", 1), ("second", 2)] {
            let folder = images.join("requests/ana").join(job);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("demo.raw"), small_image(fill)).unwrap();
        }
        let main = Arc::new(MemoryRepository::new("main").shown_in(top.join("main")));
        let other = Arc::new(MemoryRepository::new("other"));
        let all: Vec<Arc<dyn ImageRepository>> = vec![main.clone(), other.clone()];
        let settings = Settings { requests_per_second: 10_000, ..Settings::default() };
        let site = Site::keeping(settings, Repositories::new(all), images).await;
        for (job, status) in
            [("demo", JobStatus::Done), ("second", JobStatus::Done), ("early", JobStatus::Building)]
        {
            let id = ImageId::reduce(job).unwrap();
            let asked = NewJob {
                request: job.into(),
                queue: "requests".into(),
                user: "ana".into(),
                name: "demo".into(),
                prefix: "requests/ana".into(),
                process: "p".into(),
                ..NewJob::default()
            };
            site.store.record(&id, &asked, 1).await.unwrap();
            let push = Push {
                files_url: Some("/images/requests/ana/demo".into()),
                image_url: status.has_image().then(|| "/images/requests/ana/demo/demo.raw".into()),
                ..Push::new(status, JobAttempt { began: "1".into(), process: "p".into() })
            };
            site.store.push(&id, &push, 2).await.unwrap();
        }
        let root = site.token("root", Scope::Manage).await;
        Room { site, main, other, root, top }
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> Answer {
        self.site.json(&self.root, method, &format!("/api/v1/repositories{path}"), body).await
    }

    /// Asks for something that takes long, and returns what came of it.
    async fn done(&self, path: &str, body: Value) -> Value {
        self.over(&begun(&self.ask("POST", path, body).await)).await
    }

    /// Waits for the end of a task.
    async fn over(&self, place: &str) -> Value {
        self.wait(place, |task| task["is_over"] == true).await
    }

    async fn wait(&self, place: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let task = self.site.json(&self.root, "GET", place, Value::Null).await.json();
            if is_so(&task) {
                return task;
            }
            assert!(start.elapsed() < PATIENCE, "{task}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn audited(&self) -> Vec<String> {
        let log = self.site.store.audit_log(None, 100).await.unwrap();
        let said = log.into_iter().map(|(_, entry)| format!("{} {} {}", entry.who, entry.what, entry.about));
        said.filter(|said| said.contains(" image")).collect()
    }
}

/// Returns where a task that was begun is told of.
fn begun(answer: &Answer) -> String {
    assert_eq!(answer.status.as_u16(), 202, "{}", String::from_utf8_lossy(&answer.body));
    let place = answer.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(answer.json()["url"], place.as_str());
    place
}

fn registration() -> Value {
    json!({ "title": "Laboratory", "software_profile": "none", "partition": 1, "partition_type": "LINUX-SWAP",
        "comments": "for tests" })
}

#[tokio::test]
async fn without_a_repository_it_is_said_which_key_makes_one() {
    let site = Site::new().await;
    let token = site.token("root", Scope::Manage).await;
    for path in ["", "/main/images", "/main/images/a.img", "/main/tasks", "/main/files/a.img"] {
        let answer = site.json(&token, "GET", &format!("/api/v1/repositories{path}"), Value::Null).await;
        let detail = answer.problem(404);
        assert!(detail.contains("[repository] folder"), "{path}: {detail}");
        assert_eq!(answer.json()["opengnsys"], 23, "{path}");
    }
}

#[tokio::test]
async fn an_image_goes_from_its_job_into_a_repository_and_out_again() {
    let room = Room::new("way").await;
    let wish = json!({ "job": "demo", "name": "lab1", "unit": "Aula 1", "registration": registration() });
    let task = room.done("/main/images", wish).await;
    assert_eq!(
        (&task["state"], &task["kind"], &task["by"], &task["replaced"], &task["image"]),
        (&json!("done"), &json!("publish"), &json!("root"), &json!(false), &json!("Aula%201/lab1.img")),
        "{task}"
    );

    let list = room.ask("GET", "/main/images?unit=Aula%201&state=published", Value::Null).await.json();
    let image = &list[0];
    assert_eq!(image["recognised"]["filesystem"], "SWAP");
    assert_eq!((&image["size"], &image["registration"]), (&json!(65536), &registration()));
    for none in ["?unit=", "?state=refused", "?unit=lab"] {
        let list = room.ask("GET", &format!("/main/images{none}"), Value::Null).await.json();
        assert_eq!(list, json!([]), "{none}");
    }
    room.ask("GET", "/main/images?state=x", Value::Null).await.problem(422);

    // the `/` may stand as it is, or not
    for path in ["Aula%201/lab1.img", "Aula%201%2Flab1.img"] {
        let told = room.ask("GET", &format!("/main/images/{path}"), Value::Null).await;
        assert_eq!(told.json(), *image, "{path}");
    }
    let bytes = small_image(1);
    let file = room.ask("GET", "/main/files/Aula%201/lab1.img", Value::Null).await;
    assert!(file.body == bytes, "the file is the image");
    let part = [format!("Authorization: Bearer {}", room.root), "Range: bytes=4086-4095".into()];
    let part = room.site.ask("GET", "/api/v1/repositories/main/files/Aula%201/lab1.img", &part, "").await;
    assert_eq!((part.status.as_u16(), &part.body[..]), (206, &b"SWAPSPACE2"[..]));
    for (ending, text) in [
        (".torrent", "torrent of Aula 1/lab1.img".to_owned()),
        (".sum", format!("{}\n", image["sum"].as_str().unwrap())),
        (".full.sum", format!("{}\n", image["full_sum"].as_str().unwrap())),
    ] {
        let path = format!("/main/files/Aula%201/lab1.img{ending}");
        let answer = room.ask("GET", &path, Value::Null).await;
        assert_eq!(String::from_utf8_lossy(&answer.body), text, "{ending}");
        assert!(answer.headers["content-disposition"].to_str().unwrap().ends_with(&format!("img{ending}")));
    }

    let task = room.done("/main/images/Aula%201/lab1.img/verify", Value::Null).await;
    assert_eq!((&task["state"], &task["verified"]["whole"]), (&json!("done"), &json!(true)), "{task}");
    let import = json!({ "from": "main", "image": "Aula%201/lab1.img" });
    let task = room.done("/other/import", import.clone()).await;
    assert_eq!(task["state"], "done", "{task}");
    let other = room.ask("GET", "/other/images", Value::Null).await.json();
    assert_eq!(other[0]["registration"], registration(), "it came with what was noted of it");
    assert_eq!(room.ask("POST", "/main/import", import).await.fields(), ["from"], "from itself");

    // another of the name makes the first the backup
    let again = json!({ "job": "second", "name": "lab1", "unit": "Aula 1", "file": "demo.raw" });
    let task = room.done("/main/images", again).await;
    assert_eq!(task["replaced"], true, "{task}");
    let path = "/main/images/Aula%201/lab1.img";
    let second = room.ask("GET", path, Value::Null).await.json();
    assert_ne!(second["full_sum"], image["full_sum"]);
    let task = room.done("/main/images/Aula%201/lab1.img/restore-backup", Value::Null).await;
    assert_eq!(
        (&task["kind"], &task["state"], &task["replaced"]),
        (&json!("restore"), &json!("done"), &json!(true))
    );
    let back = room.ask("GET", path, Value::Null).await.json();
    assert_eq!((&back["full_sum"], &back["has_backup"]), (&image["full_sum"], &json!(true)));
    assert_eq!(room.ask("DELETE", path, Value::Null).await.status.as_u16(), 204);
    let kept = room.ask("GET", path, Value::Null).await.json();
    assert_eq!((&kept["state"], &kept["has_backup"]), (&json!("no-file"), &json!(true)));
    assert_eq!(room.ask("DELETE", &format!("{path}?backup=none"), Value::Null).await.status.as_u16(), 204);
    for (method, path) in [("GET", path.to_owned()), ("POST", format!("{path}/restore-backup"))] {
        let answer = room.ask(method, &path, Value::Null).await;
        answer.problem(404);
        assert_eq!(answer.json()["opengnsys"], 2);
    }
    let (plain, only) = ("/main/images/plain.img", json!({ "job": "demo", "name": "plain" }));
    room.done("/main/images", only).await;
    let said = room.ask("POST", &format!("{plain}/restore-backup"), Value::Null).await.problem(404);
    assert!(said.contains("there is no backup of plain.img"), "{said}");

    let lab = "Aula 1/lab1.img in main";
    assert_eq!(
        room.audited().await,
        [
            "root published the image plain.img in main from the job demo".into(),
            format!("root removed the image with its backup: {lab}"),
            format!("root removed the image, and kept a backup of it: {lab}"),
            format!("root exchanged with its backup the image {lab}"),
            format!("root published anew the image {lab} from the job second"),
            "root imported the image Aula 1/lab1.img in other from main".into(),
            format!("root published the image {lab} from the job demo"),
        ]
    );
}

#[tokio::test]
async fn everything_wrong_with_a_wish_is_told_at_once() {
    let room = Room::new("wrong").await;
    let wish = json!({ "job": "demo", "name": "a b", "unit": "../x", "file": "../second/demo.raw",
        "registration": { "title": " ", "software_profile": "x\ny", "partition": 0, "partition_type": "", "comments": "c" } });
    let answer = room.ask("POST", "/main/images", wish).await;
    assert_eq!(
        answer.fields(),
        [
            "file",
            "name",
            "unit",
            "registration.title",
            "registration.software_profile",
            "registration.partition_type",
            "registration.partition"
        ]
    );
    for (wish, status) in [
        (json!({ "job": "early", "name": "a" }), 409),
        (json!({ "job": "none", "name": "a" }), 404),
        (json!({ "job": "../x", "name": "a" }), 422),
        (json!({ "job": "demo", "name": "a", "kind": "iso" }), 422),
        (json!({ "job": "demo", "name": "a", "colour": "red" }), 422),
        (json!({ "job": "demo" }), 422),
    ] {
        room.ask("POST", "/main/images", wish).await.problem(status);
    }
    for (from, image, status) in [("none", "a.img", 422), ("other", "a", 422), ("other", "a.img", 404)] {
        room.ask("POST", "/main/import", json!({ "from": from, "image": image })).await.problem(status);
    }
    for path in
        ["/main/images/a", "/main/images/..%2Fa.img", "/none/images", "/main/tasks/x", "/main/tasks/1-1"]
    {
        room.ask("GET", path, Value::Null).await.problem(404);
    }
    assert_eq!(room.main.list().await.unwrap(), []);
    // what cannot be seen before it is tried is what came of it
    std::fs::remove_file(room.top.join("images/requests/ana/demo/demo.raw")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", room.top.join("images/requests/ana/demo/demo.raw")).unwrap();
    let task = room.done("/main/images", json!({ "job": "demo", "name": "a" })).await;
    assert_eq!((&task["state"], &task["opengnsys"]), (&json!("failed"), &json!(2)), "{task}");
}

#[tokio::test]
async fn only_who_may_fill_the_tables_changes_a_repository() {
    let room = Room::new("may").await;
    room.done("/main/images", json!({ "job": "demo", "name": "a" })).await;
    let (ana, guest) =
        (room.site.token("ana", Scope::Manage).await, room.site.token("guest", Scope::Read).await);
    let small = room.site.token("root", Scope::Submit).await;
    let base = "/api/v1/repositories/main";
    for (method, path, body) in [
        ("POST", "/images", json!({ "job": "demo", "name": "b" })),
        ("POST", "/import", json!({ "from": "other", "image": "a.img" })),
        ("DELETE", "/images/a.img", Value::Null),
        ("POST", "/images/a.img/restore-backup", Value::Null),
        ("PUT", "/images/a.img/registration", registration()),
    ] {
        let path = format!("{base}{path}");
        let said = room.site.json(&ana, method, &path, body.clone()).await.problem(403);
        assert!(said.contains("a group that may change what the site offers"), "{said}");
        let said = room.site.json(&small, method, &path, body).await.problem(403);
        assert!(said.contains("scope manage"), "{said}");
    }
    let verify = format!("{base}/images/a.img/verify");
    room.site.json(&guest, "POST", &verify, Value::Null).await.problem(403);
    let place = begun(&room.site.json(&ana, "POST", &verify, Value::Null).await);
    assert_eq!(room.over(&place).await["by"], "ana");
    for path in ["", "/images", "/images/a.img", "/files/a.img", "/tasks"] {
        let path = format!("{}{path}", if path.is_empty() { "/api/v1/repositories" } else { base });
        assert_eq!(room.site.json(&guest, "GET", &path, Value::Null).await.status.as_u16(), 200, "{path}");
    }
    assert_eq!(room.audited().await.len(), 1, "what was refused was not done");
}

#[tokio::test]
async fn work_goes_on_without_whoever_asked_and_is_told_to_whoever_comes() {
    let room = Room::new("work").await;
    room.main.hold(true);
    let headers = [
        format!("Authorization: Bearer {}", room.root),
        "Content-Type: application/json".into(),
        "Idempotency-Key: one".into(),
    ];
    let path = "/api/v1/repositories/main/images";
    let wish = json!({ "job": "demo", "name": "a" }).to_string();
    let first = begun(&room.site.ask("POST", path, &headers, wish.clone()).await);
    let same = begun(&room.site.ask("POST", path, &headers, wish).await);
    assert_eq!(first, same, "one key is one task");
    let another = json!({ "job": "second", "name": "a" }).to_string();
    room.site.ask("POST", path, &headers, another).await.problem(409);

    let task = room.wait(&first, |task| task["step"] == "copying").await;
    assert_eq!((&task["state"], &task["done"], &task["of"]), (&json!("runs"), &json!(32768), &json!(65536)));
    let second = begun(&room.ask("POST", "/main/images", json!({ "job": "second", "name": "b" })).await);
    room.wait(&second, |task| task["step"] == "copying").await;
    // a disk is not faster for more
    let third = begun(&room.ask("POST", "/main/images", json!({ "job": "demo", "name": "c" })).await);
    assert_eq!(room.wait(&third, |_| true).await["state"], "waits");
    assert_eq!(
        room.ask("DELETE", &third["/api/v1/repositories".len()..], Value::Null).await.status.as_u16(),
        204
    );
    assert_eq!(room.over(&third).await["state"], "stopped");
    let ben = room.site.token("ben", Scope::Manage).await;
    room.site.json(&ben, "DELETE", &second, Value::Null).await.problem(403);
    let list = room.ask("GET", "/main/tasks", Value::Null).await.json();
    let states: Vec<_> =
        list.as_array().unwrap().iter().map(|task| task["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["stopped", "runs", "runs"], "the newest first");
    assert_eq!(room.ask("GET", "/other/tasks", Value::Null).await.json(), json!([]));

    room.main.hold(false);
    assert_eq!(
        (&room.over(&first).await["state"], &room.over(&second).await["state"]),
        (&json!("done"), &json!("done"))
    );
    let paths: Vec<_> = room.main.list().await.unwrap().iter().map(|image| image.path.to_string()).collect();
    assert_eq!(paths, ["a.img", "b.img"]);

    // a program that ends leaves nothing half done, and one that is started anew knows nothing of it
    room.main.hold(true);
    let last = begun(&room.ask("POST", "/main/images", json!({ "job": "demo", "name": "d" })).await);
    room.wait(&last, |task| task["step"] == "copying").await;
    room.site.stop.cancel();
    assert_eq!(room.over(&last).await["state"], "stopped");
    let anew = Room::new("work-anew").await;
    let task = anew.over(&last).await;
    assert_eq!(task["state"], "lost");
    assert!(task["error"].as_str().unwrap().contains("look at the image"), "{task}");
}

#[tokio::test]
async fn an_image_is_changed_as_it_was_seen_or_not_at_all() {
    let room = Room::new("etag").await;
    room.done("/main/images", json!({ "job": "demo", "name": "a" })).await;
    let path = "/api/v1/repositories/main/images/a.img";
    let login = format!("Authorization: Bearer {}", room.root);
    let seen = room.site.ask("GET", path, std::slice::from_ref(&login), "").await;
    let tag = seen.headers["etag"].to_str().unwrap().to_owned();
    let fresh = [login.clone(), format!("If-None-Match: {tag}")];
    assert_eq!(room.site.ask("GET", path, &fresh, "").await.status.as_u16(), 304);
    let put = [login.clone(), format!("If-Match: {tag}"), "Content-Type: application/json".into()];
    let noted = room.site.ask("PUT", &format!("{path}/registration"), &put, registration().to_string()).await;
    assert_eq!((noted.status.as_u16(), &noted.json()["registration"]), (200, &registration()));
    let old = [login.clone(), format!("If-Match: {tag}")];
    for (method, path) in [("DELETE", path.to_owned()), ("POST", format!("{path}/restore-backup"))] {
        room.site.ask(method, &path, &old, "").await.problem(412);
    }
    let never = "/api/v1/repositories/main/images/none.img";
    room.site.ask("DELETE", never, &old, "").await.problem(412);
    let new = [login, format!("If-Match: {}", noted.headers["etag"].to_str().unwrap())];
    assert_eq!(room.site.ask("DELETE", path, &new, "").await.status.as_u16(), 204);
    // it can be registered before it is there
    let early = room.ask("PUT", "/main/images/lab/later.img/registration", registration()).await.json();
    assert_eq!((&early["state"], &early["unit"]), (&json!("no-file"), &json!("lab")));
}

#[tokio::test]
async fn images_of_odd_names_are_told_and_can_be_removed() {
    let room = Room::new("odd").await;
    let odd = std::os::unix::ffi::OsStringExt::from_vec(b"\xff <b>'\n.img".to_vec());
    let odd: std::ffi::OsString = odd;
    let odd = ImagePath::new(odd).unwrap();
    room.main.set(odd.clone(), ImageState::Refused("it is no image".into()));
    room.main.set(ImagePath::new("grows.img").unwrap(), ImageState::Waiting);
    let list = room.ask("GET", "/main/images", Value::Null).await.json();
    let image = list.as_array().unwrap().iter().find(|image| image["state"] == "refused").unwrap();
    assert_eq!((&image["name"], &image["detail"]), (&Value::Null, &json!("it is no image")));
    assert_eq!(image["address"], odd.address());
    let url = &image["url"].as_str().unwrap()["/api/v1/repositories".len()..];
    assert_eq!(room.ask("GET", url, Value::Null).await.json(), *image);
    assert_eq!(room.ask("PUT", &format!("{url}/registration"), registration()).await.fields(), ["name"]);
    assert_eq!(room.ask("DELETE", &format!("{url}?backup=none"), Value::Null).await.status.as_u16(), 204);
    // half of an image is given to nobody
    for ending in ["", ".sum", ".torrent"] {
        let answer = room.ask("GET", &format!("/main/files/grows.img{ending}"), Value::Null).await;
        answer.problem(409);
        assert_eq!(answer.json()["opengnsys"], 4);
    }
    assert_eq!(room.other.list().await.unwrap(), []);
    let all = room.ask("GET", "", Value::Null).await.json();
    assert_eq!(
        (&all[0]["name"], &all[0]["images"], &all[1]["images"]),
        (&json!("main"), &json!(1), &json!(0))
    );
}

#[tokio::test]
async fn neither_work_nor_what_is_remembered_of_it_grows_without_end() {
    let room = Room::new("bounds").await;
    room.done("/main/images", json!({ "job": "demo", "name": "a" })).await;
    room.main.hold(true);
    let verify = "/main/images/a.img/verify";
    let mut waiting = Vec::new();
    for _ in 0..50 {
        waiting.push(begun(&room.ask("POST", verify, Value::Null).await));
    }
    let full = room.ask("POST", verify, Value::Null).await;
    assert!(full.problem(503).contains("50 tasks"), "{full:?}");
    assert!(full.headers.contains_key("retry-after"));
    room.main.hold(false);
    for place in &waiting {
        assert_eq!(room.over(place).await["state"], "done");
    }
    for _ in 0..200 {
        let place = begun(&room.ask("POST", verify, Value::Null).await);
        room.over(&place).await;
    }
    let list = room.ask("GET", "/main/tasks", Value::Null).await.json();
    assert_eq!(list.as_array().unwrap().len(), 200);
    room.site.json(&room.root, "GET", &waiting[0], Value::Null).await.problem(404);
}
