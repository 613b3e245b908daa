//! Jobs, from the order to the end.

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

pub(crate) fn id(answer: &crate::site::Answer) -> String {
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
async fn a_job_is_changed_only_as_it_was_seen_where_that_is_said() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Submit).await;
    let asks = async |method: &str, path: &str, condition: &str, body: &str| {
        let headers = [
            format!("Authorization: Bearer {token}"),
            format!("If-Match: {condition}"),
            "Content-Type: application/json".into(),
        ];
        site.ask(method, path, &headers, body.to_owned()).await
    };
    for (method, part, body, status) in [
        ("PATCH", "/tags", r#"{"add":["nightly"]}"#, 200),
        ("POST", "/stop", "", 200),
        ("POST", "/retry", "{}", 201),
        ("PUT", "/pin", "", 204),
        ("DELETE", "/pin", "", 204),
        ("POST", "/post-processes", r#"{"name":"nobody"}"#, 422),
        ("DELETE", "", "", 204),
    ] {
        let name = format!("j{}", part.replace('/', ""));
        let mut wish = order();
        wish["name"] = name.into();
        let made = site.json(&token, "POST", "/api/v1/jobs", wish).await;
        let (job, seen) = (id(&made), made.headers["etag"].to_str().unwrap().to_owned());
        let path = format!("/api/v1/jobs/{job}{part}");
        if part != "/stop" {
            done(&site, &job).await;
        } else {
            let more = json!({ "add": ["seen by another"] });
            site.json(&token, "PATCH", &format!("/api/v1/jobs/{job}/tags"), more).await;
        }
        let shown = site.json(&token, "GET", &format!("/api/v1/jobs/{job}"), Value::Null).await;
        let now = shown.headers["etag"].to_str().unwrap().to_owned();
        for condition in [seen.clone(), format!("\"x\", {seen}"), format!("W/{now}"), "x".into()] {
            let said = asks(method, &path, &condition, body).await.problem(412);
            assert!(said.starts_with(&format!("{job} is not as it was any more")), "{said}");
        }
        let after = site.json(&token, "GET", &format!("/api/v1/jobs/{job}"), Value::Null).await;
        assert_eq!(after.headers["etag"].to_str().unwrap(), now, "{method} {part} did nothing");
        let changed = asks(method, &path, &format!("\"x\", {now}"), body).await;
        assert_eq!(changed.status, status, "{method} {part} {changed:?}");
    }
    asks("DELETE", "/api/v1/jobs/nobody", "*", "").await.problem(404);
    let made = site.json(&token, "POST", "/api/v1/jobs", order()).await;
    let path = format!("/api/v1/jobs/{}", id(&made));
    let stopped = asks("POST", &format!("{path}/stop"), "*", "").await;
    assert_eq!(stopped.status, 200);
    let now = stopped.headers["etag"].to_str().unwrap();
    assert_eq!(asks("DELETE", &path, now, "").await.status, 204, "an answer brings the next ETag");
}
