//! Asking for images.

use axum::http::StatusCode;
use imaging::{
    BuildService, Entry, ExtraRepo, ImageId, JobAttempt, JobStatus, JobStore, NewJob, Push, Registry,
};

use crate::site::{HOSTILE, Site};

const KICKSTART: &str = "part / --size=64\n%packages\nbash\n%end\n";

fn id(place: &str) -> ImageId {
    let id = place.strip_prefix("/job/").and_then(|rest| rest.strip_suffix("?done=submitted"));
    ImageId::reduce(id.unwrap_or_else(|| panic!("{place}"))).unwrap()
}

#[tokio::test]
async fn a_kickstart_is_submitted_as_a_file_once_however_often_the_form_is_sent() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    let key = browser.get("/submit").await.value("key");
    let mut fields = vec![
        ("key", &*key),
        ("name", "demo"),
        ("image_type", "raw"),
        ("arch", "x86_64"),
        ("kickstart", ""),
        ("file/demo.ks", KICKSTART),
        ("packages", "vim, -nano @core"),
        ("repos", "http://a/b\r\nextra http://c/d\r\n"),
        ("tags", "night, n900"),
        ("pinned", "yes"),
        ("token.RELEASE", "1.2"),
        ("token.RNDRELEASE", "latest"),
        ("more_tokens", "COLOUR: red"),
    ];
    let first = browser.send("/submit", &fields).await;
    let second = browser.send("/submit", &fields).await;
    assert_eq!(first.place(), second.place(), "the same form is the same job");
    fields[1] = ("name", "other");
    let changed = browser.send("/submit", &fields).await;
    assert_ne!(first.place(), changed.place(), "a form that was changed is another");

    let job = site.store.job(&id(first.place())).await.unwrap().unwrap();
    let asked = job.asked;
    assert_eq!((&*asked.user, &*asked.queue, &*asked.kickstart), ("ana", "web", KICKSTART));
    assert_eq!(asked.overlay, ["vim", "-nano", "@core"]);
    assert_eq!(asked.extra_repos.len(), 2);
    assert_eq!(asked.tokenmap, "COLOUR:red,RELEASE:1.2", "what is as usual is not said");
    assert_eq!(job.tags.iter().map(ToString::to_string).collect::<Vec<_>>(), ["n900", "night", "pinned"]);
    browser.get(first.place()).await.has(&["It is recorded; this page shows how it goes on.", "vim"]);
}

#[tokio::test]
async fn a_template_brings_its_presets() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    let form = browser.get("/submit?template=phone.ks").await;
    form.has(&[
        "<option selected>armv7hl</option>",
        "<option selected>fs</option>",
        "value=\"ssh\" checked",
        "value=\"Acme\"",
    ]);
    assert!(!form.text.contains("token-ARCH"), "it follows from the architecture");
    let key = form.value("key");
    let sent = browser
        .send(
            "/submit",
            &[
                ("key", &key),
                ("template", "phone.ks"),
                ("name", "phone"),
                ("image_type", "fs"),
                ("arch", "armv7hl"),
                ("feature", "ssh"),
                ("token.BRAND", "Acme"),
                ("token.RELEASE", "3"),
            ],
        )
        .await;
    let job = site.store.job(&id(sent.place())).await.unwrap().unwrap();
    assert!(job.asked.kickstart.contains("@BRAND@"));
    assert_eq!(
        (job.asked.overlay, &*job.asked.tokenmap),
        (vec!["openssh".to_owned()], "BRAND:Acme,RELEASE:3")
    );
    let gone = browser.get("/submit?template=gone.ks").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    gone.has(&["There is no such template any more"]);
}

#[tokio::test]
async fn a_refused_order_shows_its_mistakes_where_they_are_and_keeps_what_was_typed() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    let kickstart = format!("part / --size=64\nparrt /home\n# {HOSTILE}\n");
    let refused = browser
        .send(
            "/submit",
            &[
                ("key", "k"),
                ("name", HOSTILE),
                ("image_type", "raw"),
                ("arch", ""),
                ("kickstart", &kickstart.replace('\n', "\r\n")),
                ("packages", HOSTILE),
                ("repos", HOSTILE),
                ("tags", "fine"),
                ("more_tokens", "no colon"),
            ],
        )
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.text.contains("<script>"), "{}", refused.text);
    refused.has(&["It was not submitted", "no colon", "value=\"fine\"", "<option selected>raw</option>"]);
    // all that is wrong is told at once
    refused.has(&[
        "<span>parrt /home</span></li><li class=\"said bad\">",
        "an address a line",
        "This is missing.",
    ]);

    let refused = browser
        .send("/submit", &[("key", "k"), ("name", HOSTILE), ("image_type", "iso"), ("kickstart", &kickstart)])
        .await;
    refused.has(&[
        "This is missing.",
        "<li class=\"bad\"><a href=\"#kickstart\">2</a><span>parrt /home</span></li><li class=\"said bad\">",
        "parrt /home\n# &#60;script&#62;",
    ]);
    assert!(!refused.text.contains("<script>"), "{}", refused.text);
}

#[tokio::test]
async fn a_template_is_refused_at_its_lines_and_one_that_vanished_by_its_name() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    let order = |template: &'static str| {
        [("key", "k"), ("template", template), ("name", "phone"), ("image_type", "fs"), ("arch", "armv7hl")]
    };

    let broken = browser.send("/submit", &order("broken.ks")).await;
    let gone = browser.send("/submit", &order("gone.ks")).await;

    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    broken.has(&[
        "What is wrong with the template stands at its lines",
        "<span>parrt /home</span>",
        "did you mean `part`?",
    ]);
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    gone.has(&[
        "there is no template gone.ks any more",
        "value=\"phone\"",
        "<option selected>armv7hl</option>",
    ]);
    assert!(!gone.text.contains("is missing"), "{}", gone.text);
}

#[tokio::test]
async fn a_file_that_is_not_utf_8_loses_nothing_else_of_the_form() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    let part = |name: &str, value: &[u8]| {
        [format!("--X\r\nContent-Disposition: form-data; {name}\r\n\r\n").as_bytes(), value, b"\r\n"].concat()
    };
    let body = [
        part("name=\"name\"", b"phone"),
        part("name=\"file\"; filename=\"latin.ks\"", b"part / --size=64\n# caf\xe9\n"),
        part("name=\"configuration\"; filename=\"phone.yaml\"", b"a: b\n"),
        part("name=\"arch\"", b"x86_64"),
        b"--X--\r\n".to_vec(),
    ];

    let refused = browser.send_bytes("/submit", body.concat()).await;

    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has(&[
        "This cannot be read: latin.ks is not UTF-8",
        "value=\"phone\"",
        "<option selected>x86_64</option>",
        "but for the YAML files, which have to be chosen again",
    ]);
}

#[tokio::test]
async fn who_may_not_ask_for_images_is_told_so() {
    let site = Site::new().await;
    let mut guest = site.of("guest").await;
    assert!(!guest.get("/").await.text.contains("/submit"));
    let answer = guest.get("/submit").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    answer.has(&["You may not ask for images"]);
    assert_eq!(guest.send("/submit", &[("name", "x")]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_job_is_asked_for_again_with_changes() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    let fields =
        [("key", "k"), ("name", "demo"), ("image_type", "raw"), ("arch", "x86_64"), ("kickstart", KICKSTART)];
    let first = id(browser.send("/submit", &fields).await.place());
    let early = browser.send(&format!("/job/{first}/retry"), &fields).await;
    early.has(&["stop it first"]);
    browser.post(&format!("/job/{first}/stop"), &[]).await;

    let form = browser.get(&format!("/job/{first}/retry")).await;
    form.has(&["value=\"demo\"", "<option selected>x86_64</option>", "part / --size=64\n%packages"]);
    let key = form.value("key");
    let changed = [
        ("key", &*key),
        ("name", "demo2"),
        ("image_type", "fs"),
        ("arch", "x86_64"),
        ("kickstart", KICKSTART),
    ];
    let again = id(browser.send(&format!("/job/{first}/retry"), &changed).await.place());
    let job = site.store.job(&again).await.unwrap().unwrap();
    assert_eq!((&*job.asked.name, job.asked.retry_of), ("demo2", Some(first.to_string())));
    browser.get(&format!("/job/{first}")).await.has(&[&format!("asked for it again as {again}")]);
}

#[tokio::test]
async fn a_job_that_a_process_recorded_is_asked_for_again_where_it_is_built() {
    let site = Site::new().await;
    let first = ImageId::reduce("of-boss").unwrap();
    let asked = NewJob {
        request: "boss".into(),
        queue: "requests".into(),
        user: "ana".into(),
        name: "demo".into(),
        image_type: "raw".into(),
        arch: "x86_64".into(),
        kickstart: KICKSTART.into(),
        process: "20261129-boss".into(),
        ..NewJob::default()
    };
    site.store.record(&first, &asked, 1).await.unwrap();
    let attempt = JobAttempt { began: "1".into(), process: "20261129-boss".into() };
    site.store.push(&first, &Push::new(JobStatus::Error, attempt), 2).await.unwrap();
    let mut browser = site.of("ana").await;
    let key = browser.get("/job/of-boss/retry").await.value("key");
    let fields = [
        ("key", &*key),
        ("name", "demo"),
        ("image_type", "raw"),
        ("arch", "x86_64"),
        ("kickstart", KICKSTART),
    ];

    let sent = browser.send("/job/of-boss/retry", &fields).await;

    let job = site.store.job(&id(sent.place())).await.unwrap().unwrap();
    assert_eq!((&*job.asked.queue, &*job.asked.process), ("web", ""));
}

#[tokio::test]
async fn what_is_no_form_or_too_long_is_refused() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    let kind = [("content-type", "multipart/form-data; boundary=X")];
    let cut = browser
        .ask("POST", "/submit", &kind, "--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nde")
        .await;
    assert_eq!(cut.status, StatusCode::BAD_REQUEST, "{}", cut.text);
    let long = "x".repeat(25 << 20);
    let long = browser.send("/submit", &[("kickstart", &long)]).await;
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
    long.has(&["order may have 24 MB"]);
    let long = "x".repeat(2 << 20);
    let long = browser.post("/me/tokens", &[("label", &long)]).await;
    assert!(long.status.is_client_error(), "{}", long.status);
}

#[tokio::test]
async fn repositories_of_projects_are_named_by_service_project_and_repository() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    assert!(
        !browser.get("/submit").await.text.contains("Repositories of projects"),
        "there is no service yet"
    );
    let service = BuildService { name: "obs".into(), apiurl: "https://repo.example/live/".into() };
    site.store.put(&Entry::BuildService(service), "root", 1).await.unwrap();
    browser.get("/submit").await.has(&["Repositories of projects", "<option>obs</option>"]);
    let order = |rows: &[[&'static str; 3]]| {
        let mut fields = vec![
            ("key", "k"),
            ("name", "demo"),
            ("image_type", "raw"),
            ("arch", "x86_64"),
            ("kickstart", KICKSTART),
            ("repos", "http://a/b"),
        ];
        for [service, project, repository] in rows {
            fields.extend([("service", *service), ("project", *project), ("repository", *repository)]);
        }
        fields
    };
    for (row, why) in [
        (
            ["nobody", "Mer:Tools", "latest"],
            "This should say which build service has the project `Mer:Tools`.",
        ),
        (["obs", "Mer:Tools", ""], "This should have the name of a repository of obs; `` is none."),
        (["obs", "../../secret", "latest"], "name of a project of obs; `../../secret` is none."),
    ] {
        let refused = browser.send("/submit", &order(&[row])).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.has(&[why, &format!("value=\"{}\"", row[1])]);
    }

    let sent = browser.send("/submit", &order(&[["obs", "Mer:Tools", "latest_i486"], ["obs", "", ""]])).await;

    let job = site.store.job(&id(sent.place())).await.unwrap().unwrap();
    let expected = ["http://a/b", "https://repo.example/live/Mer:/Tools/latest_i486"];
    assert_eq!(job.asked.extra_repos, expected.map(|url| ExtraRepo::Address(url.into())));
}
