//! Orders: what is wrong with them, and what they may bring.

use axum::body::Body;
use futures_util::stream;
use imaging::{ImageId, JobAttempt, JobStatus, JobStore, NewJob, Push, Scope};
use serde_json::{Value, json};

use crate::jobs::id;
use crate::site::{Site, order};

#[tokio::test]
async fn everything_wrong_with_an_order_is_told_at_once() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Submit).await;
    let tags: Vec<_> = (0..300).map(|number| format!("tag {number}")).collect();
    let wish = json!({
        "name": "../../etc/passwd", "image_type": "<b>iso</b>", "arch": "z80", "queue": "requests",
        "kickstart": "part / --size=big\nnonsense\n", "tags": tags, "tokens": { "A,B": "x", "C": "a,b" },
        "post_processes": ["launder"], "features": ["teleport"],
    });

    let answer = site.json(&token, "POST", "/api/v1/jobs", wish).await;

    answer.problem(422);
    let mut fields = answer.fields();
    fields.sort();
    fields.dedup();
    let expected =
        ["arch", "features", "image_type", "kickstart", "name", "post_processes", "queue", "tags", "tokens"];
    assert_eq!(fields, expected, "{}", answer.json());
    let empty = site.json(&token, "POST", "/api/v1/jobs", json!({})).await;
    let mut fields = empty.fields();
    fields.sort();
    assert_eq!(fields, ["arch", "image_type", "kickstart", "name"], "{}", empty.json());
    let list = site.json(&token, "GET", "/api/v1/jobs", Value::Null).await.json();
    assert_eq!(list, json!({ "jobs": [], "next": null }), "nothing was recorded");
}

#[tokio::test]
async fn what_is_no_order_is_refused() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Submit).await;
    let with = |kind: &str| vec![format!("Authorization: Bearer {token}"), format!("Content-Type: {kind}")];
    let two = json!({ "kickstart": "part /\n", "template": "phone.ks" }).to_string();
    for (kind, body, status) in [
        ("application/json", "{", 400),
        ("application/json", "[]", 422),
        ("application/json", r#"["demo","raw","x86_64","part / --size=64\n"]"#, 422),
        ("application/json", "7", 422),
        ("application/json", "null", 422),
        ("application/json", r#""demo""#, 422),
        ("application/json", r#"{"nmae":"x"}"#, 422),
        ("application/json", r#"{"name":7}"#, 422),
        ("application/json", &two, 422),
        ("text/plain", "x", 415),
        ("multipart/form-data", "x", 400),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\ndem",
            400,
        ),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"colour\"\r\n\r\nred\r\n--b--\r\n",
            422,
        ),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"tokens\"\r\n\r\nred\r\n--b--\r\n",
            422,
        ),
    ] {
        site.ask("POST", "/api/v1/jobs", &with(kind), body.to_owned()).await.problem(status);
    }
    let mut wish = order();
    wish["kickstart"] = Value::Null;
    for (configuration, words) in [
        (json!([[], "a", "b"]), "an object"),
        (json!({ "files": [["a.yaml", "Configurations: ["]] }), "an object"),
    ] {
        wish["configuration"] = configuration;
        let said = site.json(&token, "POST", "/api/v1/jobs", wish.clone()).await.problem(422);
        assert!(said.contains(words), "{said}");
    }
    let made = id(&site.json(&token, "POST", "/api/v1/jobs", order()).await);
    let said = site.json(&token, "PATCH", &format!("/api/v1/jobs/{made}/tags"), json!([["x"], []])).await;
    assert!(said.problem(422).contains("an object"));
    let long = json!({ "kickstart": "#".repeat((10 << 20) + 1) }).to_string();
    let answer = site.ask("POST", "/api/v1/jobs", &with("application/json"), long).await;
    assert!(answer.problem(422).contains("kickstart has 10485761 bytes"));
    let longest = "x".repeat((24 << 20) + 1);
    site.ask("POST", "/api/v1/jobs", &with("application/json"), longest.clone()).await.problem(413);
    let form =
        format!("--b\r\nContent-Disposition: form-data; name=\"kickstart\"\r\n\r\n{longest}\r\n--b--\r\n");
    site.ask("POST", "/api/v1/jobs", &with("multipart/form-data; boundary=b"), form).await.problem(413);
}

#[tokio::test]
async fn what_is_wrong_in_one_way_is_told_in_one_sentence() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Submit).await;
    let with = |kind: &str| vec![format!("Authorization: Bearer {token}"), format!("Content-Type: {kind}")];
    let form = "--b\r\nContent-Disposition: form-data; name=\"kickstart\"\r\n\r\nxx";
    for (kind, begin) in [("application/json", "{"), ("multipart/form-data; boundary=b", form)] {
        let cut = Err(std::io::Error::other("the wire was cut"));
        let body = Body::from_stream(stream::iter([Ok(begin), cut]));
        let said = site.ask("POST", "/api/v1/jobs", &with(kind), body).await.problem(400);
        assert_eq!(said.matches("the wire was cut").count(), 1, "{said}");
    }

    let made = id(&site.json(&token, "POST", "/api/v1/jobs", order()).await);
    let wish = json!({ "add": ["  ", "  ", "a,b"] });
    let answer = site.json(&token, "PATCH", &format!("/api/v1/jobs/{made}/tags"), wish).await;
    let said = answer.problem(422);
    assert_eq!(
        said,
        "add is wrong: tag \"  \" should have 1 to 60 characters and no comma; \
         add is wrong: tag \"a,b\" should have 1 to 60 characters and no comma"
    );
    assert_eq!(answer.fields(), ["add", "add"]);
}

#[tokio::test]
async fn a_kickstart_of_ten_megabytes_is_taken() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Submit).await;
    let mut wish = order();
    let line = "# a line that says nothing at all, as long as others\n";
    let text = format!("part / --size=64\n{}", line.repeat((10 << 20) / line.len() - 1));
    wish["kickstart"] = json!(text);
    let made = site.json(&token, "POST", "/api/v1/jobs", wish).await;
    assert_eq!(made.status, 201);
    let path = format!("{}/kickstart", made.headers["location"].to_str().unwrap());
    assert_eq!(site.json(&token, "GET", &path, Value::Null).await.body.len(), text.len());
}

#[tokio::test]
async fn a_template_brings_what_it_suggests_and_a_form_may_have_files() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Submit).await;
    let made = site
        .json(
            &token,
            "POST",
            "/api/v1/jobs",
            json!({ "template": "phone.ks", "tokens": { "RELEASE": "1.2", "RNDFLAVOUR": "testing" } }),
        )
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    let json = made.json();
    assert_eq!(
        (&json["name"], &json["image_type"], &json["arch"]),
        (&json!("phone"), &json!("fs"), &json!("armv7hl"))
    );
    assert_eq!(json["packages"], json!(["@remote", "openssh"]));
    assert_eq!(json["extra_repos"], json!([{ "name": "tools", "url": "http://tools/rnd" }]));
    assert_eq!(
        json["tokens"],
        json!({ "BRAND": "Acme", "RELEASE": "1.2", "RNDFLAVOUR": "testing", "RNDPATTERN": ":/testing" })
    );
    let missing = site.json(&token, "POST", "/api/v1/jobs", json!({ "template": "../x" })).await;
    assert_eq!(missing.fields(), ["template", "name", "image_type", "arch"]);

    let part = |name: &str, text: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}.yaml\"\r\n\r\n{text}\r\n"
        )
    };
    let yaml = "Base: { Language: en_US.UTF-8, Repos: [core] }\nConfigurations:\n  - { Name: tablet, Inherit: [Base], Architecture: armv7hl }\nRepositories:\n  - { Name: core, Url: http://repo.example/core }\n";
    let form = [
        part("configuration", yaml),
        part("image_type", "raw"),
        part("tags", "a"),
        part("tags", "b"),
        part("pinned", "true"),
        "--b--\r\n".into(),
    ]
    .concat();
    let headers =
        [format!("Authorization: Bearer {token}"), "Content-Type: multipart/form-data; boundary=b".into()];
    let made = site.ask("POST", "/api/v1/jobs", &headers, form).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let json = made.json();
    assert_eq!(
        (&json["name"], &json["arch"], &json["pinned"]),
        (&json!("tablet"), &json!("armv7hl"), &json!(true))
    );
    assert_eq!(json["tags"], json!(["a", "b", "pinned"]));
}

#[tokio::test]
async fn html_in_every_field_is_refused_or_comes_back_as_the_text_it_is() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Submit).await;
    let html = "<script>alert('1')</script>";
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    for (field, value) in [
        ("name", json!(html)),
        ("image_type", json!(html)),
        ("arch", json!(html)),
        ("queue", json!(html)),
        ("template", json!(html)),
        ("configuration", json!({ "files": [{ "name": html, "text": html }] })),
        ("kickstart", json!(format!("part / --size=64\n# {html}\n"))),
        ("tokens", json!({ "A": html })),
        ("tags", json!([html])),
        ("packages", json!([html])),
        ("features", json!([html])),
        ("extra_repos", json!([html])),
        ("extra_opts", json!([html])),
        ("post_processes", json!([html])),
        ("post_process_arguments", json!({ "a": html })),
        ("release", json!(html)),
        ("devicegroup", json!(html)),
        ("email", json!(html)),
        ("pinned", json!(html)),
        ("retry_of", json!(html)),
    ] {
        let mut wish = order();
        if ["template", "configuration"].contains(&field) {
            wish["kickstart"] = Value::Null;
        }
        wish[field] = value.clone();
        let made = site.json(&token, "POST", "/api/v1/jobs", wish).await;
        assert_eq!(made.headers["x-content-type-options"], "nosniff");
        if made.status != 201 {
            made.problem(422);
            refused.push(field);
            continue;
        }
        taken.push(field);
        assert_eq!(made.headers["content-type"], "application/json");
        let path = made.headers["location"].to_str().unwrap().to_owned();
        let text = site.json(&token, "GET", &format!("{path}/kickstart"), Value::Null).await;
        assert_eq!(text.headers["content-type"], "text/plain; charset=utf-8");
        match field {
            "kickstart" => assert_eq!(String::from_utf8(text.body).unwrap(), value.as_str().unwrap()),
            _ => assert_eq!(made.json()[field], value, "{field}"),
        }
    }
    assert_eq!(
        taken,
        [
            "kickstart",
            "tokens",
            "tags",
            "packages",
            "extra_opts",
            "post_process_arguments",
            "release",
            "devicegroup",
            "email"
        ],
        "refused: {refused:?}"
    );
}

#[tokio::test]
async fn what_a_process_recorded_is_built_again_in_the_queue_of_programs() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Submit).await;
    let asked = NewJob {
        request: "boss".into(),
        queue: "requests".into(),
        user: "ana".into(),
        name: "demo".into(),
        image_type: "raw".into(),
        arch: "x86_64".into(),
        kickstart: "part / --size=64\n%packages\nbash\n%end\n".into(),
        process: "20261129-boss".into(),
        ..NewJob::default()
    };
    let job = ImageId::reduce("of-boss").unwrap();
    site.store.record(&job, &asked, 1).await.unwrap();
    site.store.push(&job, &Push::new(JobStatus::Error, JobAttempt::default()), 2).await.unwrap();

    let again = site.json(&token, "POST", "/api/v1/jobs/of-boss/retry", json!({})).await;

    assert_eq!((again.status.as_u16(), &again.json()["queue"]), (201, &json!("api")), "{again:?}");
}
