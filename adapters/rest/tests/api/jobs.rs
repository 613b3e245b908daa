//! Jobs, and what is wrong with orders.

use imaging::{Entry, ImageId, JobAttempt, JobStatus, JobStore, PostProcess, Push, Registry, Scope};
use serde_json::{Value, json};

use crate::site::{Site, order};

async fn done(site: &Site, id: &str) {
    let id = ImageId::reduce(id).unwrap();
    let mut push = Push::new(JobStatus::Done, JobAttempt::default());
    push.files_url = Some("http://img/web/x".into());
    push.image_url = Some("http://img/web/x/demo%20x.raw".into());
    site.store.push(&id, &push, 50).await.unwrap();
}

fn id(answer: &crate::site::Answer) -> String {
    answer.json()["image_id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

#[tokio::test]
async fn an_order_is_recorded_and_shown() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Submit).await;
    let mut wish = order();
    wish["tags"] = json!(["<b>bold</b>", "x"]);
    wish["tokens"] = json!({ "URL": "http://x:80/" });
    wish["extra_repos"] = json!(["http://a", { "name": "b", "url": "http://b" }]);
    wish["packages"] = json!(["vim", "-nano", "@core"]);

    let made = site.json(&token, "POST", "/api/v1/jobs", wish).await;

    assert_eq!(made.status, 201, "{made:?}");
    let path = made.headers["location"].to_str().unwrap().to_owned();
    let shown = site.json(&token, "GET", &path, Value::Null).await;
    assert_eq!((shown.json(), &shown.headers["etag"]), (made.json(), &made.headers["etag"]));
    let json = shown.json();
    assert_eq!(
        (&json["status"], &json["user"], &json["queue"], &json["email"], &json["error"]),
        (&json!("IN QUEUE"), &json!("ana"), &json!("api"), &json!("ana@site.example"), &Value::Null)
    );
    assert_eq!(json["tokens"], json!({ "URL": "http://x:80/" }));
    assert_eq!(json["tags"], json!(["<b>bold</b>", "x"]));
    let headers = [
        format!("Authorization: Bearer {token}"),
        format!("If-None-Match: W/{}", shown.headers["etag"].to_str().unwrap()),
    ];
    let again = site.ask("GET", &path, &headers, String::new()).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    let kickstart = site.json(&token, "GET", &format!("{path}/kickstart"), Value::Null).await;
    assert_eq!(
        (&*kickstart.body, &kickstart.headers["content-type"]),
        (&b"part / --size=64\n"[..], &"text/plain; charset=utf-8".parse().unwrap())
    );
    done(&site, json["image_id"].as_str().unwrap()).await;
    let newer = site.ask("GET", &path, &headers, String::new()).await;
    assert_eq!((newer.status.as_u16(), &newer.json()["image_file"]), (200, &json!("demo x.raw")));
    let history = site.json(&token, "GET", &format!("{path}/history"), Value::Null).await.json();
    assert_eq!(
        (&history[0]["kind"], &history[1]["kind"], &history[1]["what"]),
        (&json!("recorded"), &json!("became"), &json!("DONE"))
    );
}

#[tokio::test]
async fn the_same_key_is_answered_with_the_same_job_and_no_other_order() {
    let site = Site::new().await;
    let (ana, ben) = (site.token("ana", Scope::Submit).await, site.token("ben", Scope::Submit).await);
    let ask = async |token: &str, key: &str, body: Value| {
        let headers = [
            format!("Authorization: Bearer {token}"),
            "Content-Type: application/json".into(),
            format!("Idempotency-Key: {key}"),
        ];
        site.ask("POST", "/api/v1/jobs", &headers, body.to_string()).await
    };
    let first = ask(&ana, "k1", order()).await;
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    let again = ask(&ana, "k1", order()).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 200));
    assert_eq!(id(&first), id(&again));
    assert_ne!(id(&first), id(&ask(&ben, "k1", order()).await));
    let mut other = order();
    other["arch"] = json!("i686");
    assert!(ask(&ana, "k1", other).await.problem(409).contains("take a new key"));
    ask(&ana, &"k".repeat(201), order()).await.problem(400);
}

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
async fn lists_go_on_where_they_ended() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Submit).await;
    let mut made = Vec::new();
    for number in 0..5 {
        let mut wish = order();
        wish["name"] = json!(format!("image-{number}"));
        wish["tags"] = json!([if number % 2 == 0 { "even" } else { "odd" }]);
        made.insert(0, id(&site.json(&token, "POST", "/api/v1/jobs", wish).await));
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let part =
            site.json(&token, "GET", &format!("/api/v1/jobs?limit=2&{after}"), Value::Null).await.json();
        seen.extend(
            part["jobs"].as_array().unwrap().iter().map(|job| job["image_id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = part["next"].as_str() else { break };
        after = format!("after={next}");
    }
    assert_eq!(seen, made);
    for (query, count) in
        [("tag=even", 3), ("user=ben", 0), ("status=IN%20QUEUE&arch=x86_64", 5), ("name=image%203", 1)]
    {
        let part = site.json(&token, "GET", &format!("/api/v1/jobs?{query}"), Value::Null).await.json();
        assert_eq!(part["jobs"].as_array().unwrap().len(), count, "{query}");
    }
    assert_eq!(
        site.json(&token, "GET", "/api/v1/tags?beginning=e", Value::Null).await.json(),
        json!(["even"])
    );
}

#[tokio::test]
async fn a_job_is_stopped_tagged_pinned_retried_and_deleted_by_its_owner() {
    let site = Site::new().await;
    let process =
        PostProcess { name: "test".into(), active: true, pdef: "x".into(), ..PostProcess::default() };
    site.store.put(&Entry::PostProcess(process), "root", 1).await.unwrap();
    let (ana, ben) = (site.token("ana", Scope::Submit).await, site.token("ben", Scope::Submit).await);
    let waiting = id(&site.json(&ana, "POST", "/api/v1/jobs", order()).await);
    let built = id(&site.json(&ana, "POST", "/api/v1/jobs", order()).await);
    done(&site, &built).await;
    let steps = [
        ("POST", format!("{waiting}/stop"), Value::Null, 200),
        ("POST", format!("{built}/stop"), Value::Null, 409),
        ("PATCH", format!("{built}/tags"), json!({ "add": ["a,b"] }), 422),
        (
            "PATCH",
            format!("{built}/tags"),
            json!({ "add": (0..60).map(|n| n.to_string()).collect::<Vec<_>>() }),
            409,
        ),
        ("PATCH", format!("{built}/tags"), json!({ "add": ["x"], "remove": ["y"] }), 200),
        ("PUT", format!("{built}/pin"), Value::Null, 204),
        ("GET", format!("{built}/deletion"), Value::Null, 409),
        ("DELETE", built.clone(), Value::Null, 409),
        ("DELETE", format!("{built}/pin"), Value::Null, 204),
        ("POST", format!("{built}/post-processes"), json!({ "name": "launder" }), 422),
        ("POST", format!("{waiting}/post-processes"), json!({ "name": "test" }), 409),
        ("POST", format!("{built}/post-processes"), json!({ "name": "test" }), 202),
        ("GET", format!("{built}/deletion"), Value::Null, 200),
        ("POST", format!("{built}/retry"), json!({ "arch": "z80" }), 422),
        ("POST", format!("{built}/retry"), json!({ "arch": "i686" }), 201),
        ("DELETE", built.clone(), Value::Null, 204),
        ("DELETE", built.clone(), Value::Null, 404),
        ("GET", built.clone(), Value::Null, 404),
        ("GET", format!("{built}/history"), Value::Null, 404),
        ("GET", format!("{built}/log"), Value::Null, 404),
        ("GET", format!("{built}/files"), Value::Null, 404),
    ];
    for (method, path, body, status) in &steps {
        let path = format!("/api/v1/jobs/{path}");
        if *method != "GET" && *status < 400 {
            site.json(&ben, method, &path, body.clone()).await.problem(403);
        }
        let answer = site.json(&ana, method, &path, body.clone()).await;
        assert_eq!(
            answer.status.as_u16(),
            *status,
            "{method} {path}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        if path.ends_with("/retry") && *status == 201 {
            let json = answer.json();
            assert_eq!(
                (&json["arch"], &json["retry_of"], &json["tags"]),
                (&json!("i686"), &json!(built), &json!(["x"]))
            );
        }
    }
}

#[tokio::test]
async fn of_two_people_who_delete_a_job_one_does() {
    let site = Site::new().await;
    let (ana, root) = (site.token("ana", Scope::Submit).await, site.token("root", Scope::Manage).await);
    let job = id(&site.json(&ana, "POST", "/api/v1/jobs", order()).await);
    done(&site, &job).await;
    let path = format!("/api/v1/jobs/{job}");
    let (one, other) = tokio::join!(
        site.json(&ana, "DELETE", &path, Value::Null),
        site.json(&root, "DELETE", &path, Value::Null)
    );
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 404]);
}

#[tokio::test]
async fn kickstarts_are_checked_and_made() {
    let site = Site::new().await;
    let token = site.token("guest", Scope::Read).await;
    let headers = [format!("Authorization: Bearer {token}"), "Content-Type: text/plain".into()];
    let found = site.ask("POST", "/api/v1/kickstarts/check", &headers, "lnag C\n").await.json();
    assert_eq!(
        (&found["is_good"], &found["findings"][0]["line"], &found["findings"][0]["help"]),
        (&json!(false), &json!(1), &json!("did you mean `lang`?"))
    );
    let binary = site.ask("POST", "/api/v1/kickstarts/check", &headers, vec![0xff, 0, 0xfe]).await;
    assert_eq!(binary.status, 200);
    site.ask("POST", "/api/v1/kickstarts/check", &headers, "#".repeat((10 << 20) + 1)).await.problem(413);
    let files = json!({ "files": [{ "name": "a.yaml", "text": "Configurations: [" }] });
    site.json(&token, "POST", "/api/v1/kickstarts/generate", files).await.problem(422);
    let list = site.json(&token, "GET", "/api/v1/features", Value::Null).await.json();
    assert_eq!(
        list,
        json!([{ "name": "ssh", "description": "a way in", "packages": ["@remote", "openssh"], "repos": ["tools"] }])
    );
    site.json(&token, "GET", "/api/v1/templates/other.ks", Value::Null).await.problem(404);
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
