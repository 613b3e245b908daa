//! What the site offers.

use imaging::{Entry, ImageId, JobAttempt, JobStatus, JobStore, Push, Queue, Registry, Scope};
use serde_json::{Value, json};

use crate::jobs::id;
use crate::site::{Site, order};

#[tokio::test]
async fn everybody_reads_the_tables_and_administrators_fill_them() {
    let site = Site::new().await;
    let (ana, root) = (site.token("ana", Scope::Manage).await, site.token("root", Scope::Manage).await);
    let process = json!({
        "active": true, "default": false, "description": "<i>tests</i>", "pdef": "Ruote.process_definition do\nend\n",
        "argname": "suite", "triggers": ["DONE", "DONE, Signed"],
    });
    for (path, entry) in [
        ("queues/night", json!({ "launches": true })),
        ("arches/aarch64", json!({})),
        ("image-types/vdi", json!({})),
        ("build-services/obs", json!({ "apiurl": "https://api.obs.example" })),
        ("tokens/FLAVOUR", json!({ "default": "devel", "description": "&amp;" })),
        ("job-states/DONE,%20Signed", json!({})),
        ("post-processes/test-it", process),
    ] {
        let (one, table) =
            (format!("/api/v1/{path}"), format!("/api/v1/{}", path.split('/').next().unwrap()));
        site.json(&ana, "PUT", &one, entry.clone()).await.problem(403);
        assert_eq!(site.json(&root, "PUT", &one, entry.clone()).await.status, 204, "{path}");
        let listed = site.json(&ana, "GET", &table, Value::Null).await.json();
        let found = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|listed| entry.as_object().unwrap().iter().all(|(key, value)| listed[key] == *value));
        // what is listed can be written back
        assert_eq!(site.json(&root, "PUT", &one, entry).await.status, 204, "{path}");
        assert!(found.is_some(), "{path}: {listed}");
        site.json(&ana, "DELETE", &one, Value::Null).await.problem(403);
        assert_eq!(site.json(&root, "DELETE", &one, Value::Null).await.status, 204, "{path}");
        site.json(&root, "DELETE", &one, Value::Null).await.problem(404);
    }
}

#[tokio::test]
async fn what_no_table_takes_is_refused() {
    let site = Site::new().await;
    let root = site.token("root", Scope::Manage).await;
    for (path, entry, field) in [
        ("queues/night", json!({ "name": "day", "launches": true }), "name"),
        ("queues/night", json!({ "launches": "yes" }), "body"),
        ("queues/%20night", json!({ "launches": true }), "name"),
        ("queues/..%2Fx", json!({ "launches": true }), "name"),
        ("queues/a%20b", json!({ "launches": true }), "name"),
        ("queues/-x", json!({ "launches": true }), "name"),
        ("queues/.x", json!({ "launches": true }), "name"),
        ("queues/%C3%BC", json!({ "launches": true }), "name"),
        ("build-services/a%2Fb", json!({ "apiurl": "https://api.example" }), "name"),
        ("post-processes/a%3Cb%3E", json!({}), "name"),
        ("arches/..%2Fx", json!({}), "name"),
        ("image-types/..%2Fx", json!({}), "name"),
        ("arches/z80", json!({}), "name"),
        ("image-types/iso", json!({}), "name"),
        ("job-states/DONE%20OR%20SO", json!({}), "name"),
        ("build-services/obs", json!({ "apiurl": "file:///etc" }), "apiurl"),
        ("tokens/A:B", json!({}), "name"),
        ("tokens/A", json!({ "default": "a,B:c" }), "default"),
        ("post-processes/x", json!({ "active": true }), "pdef"),
        ("post-processes/x", json!({ "triggers": ["SOON"] }), "triggers"),
        ("post-processes/x", json!({ "description": "x".repeat(300 << 10) }), "body"),
    ] {
        let answer = site.json(&root, "PUT", &format!("/api/v1/{path}"), entry).await;
        answer.problem(422);
        assert_eq!(answer.fields(), [field], "{path}");
    }
    let long = format!("/api/v1/queues/{}", "x".repeat(201));
    site.json(&root, "PUT", &long, json!({ "launches": true })).await.problem(422);
}

#[tokio::test]
async fn an_entry_of_an_older_version_is_changed_and_removed_by_its_name() {
    let site = Site::new().await;
    let root = site.token("root", Scope::Manage).await;
    let old = Entry::Queue(Queue { name: "of the night".into(), launches: true });
    site.store.put(&old, "root", 1).await.unwrap();
    let path = "/api/v1/queues/of%20the%20night";
    assert_eq!(site.json(&root, "PUT", path, json!({ "launches": false })).await.status, 204);
    assert_eq!(site.json(&root, "DELETE", path, Value::Null).await.status, 204);
    site.json(&root, "PUT", path, json!({ "launches": false })).await.problem(422);
}

#[tokio::test]
async fn what_the_program_or_a_job_underway_needs_is_not_removed() {
    let site = Site::new().await;
    let root = site.token("root", Scope::Manage).await;
    site.json(&root, "PUT", "/api/v1/queues/night", json!({ "launches": true })).await;
    let mut wish = order();
    wish["queue"] = "night".into();
    let job = id(&site.json(&root, "POST", "/api/v1/jobs", wish).await);
    let has = format!("{job} has it and is IN QUEUE: wait for its end, or stop it");
    for (path, why) in [
        ("queues/web", "it is the queue of the pages"),
        ("queues/api", "it is the queue of programs that name no other"),
        ("queues/requests", "it is the queue of request_image"),
        ("job-states/DONE", "every job may come to it"),
        ("job-states/DONE,%20TESTED", "every job may come to it"),
        ("queues/night", &has),
        ("arches/x86_64", &has),
        ("image-types/raw", &has),
    ] {
        let said = site.json(&root, "DELETE", &format!("/api/v1/{path}"), Value::Null).await.problem(409);
        assert!(said.ends_with(why) && said.contains(" stays in "), "{path}: {said}");
    }
    site.json(&root, "DELETE", "/api/v1/queues/nobody", Value::Null).await.problem(404);
    let push = Push::new(JobStatus::Done, JobAttempt::default());
    site.store.push(&ImageId::reduce(&job).unwrap(), &push, 50).await.unwrap();
    let arches = site.json(&root, "GET", "/api/v1/arches", Value::Null).await.json();
    let mut paths = vec!["queues/night".to_owned(), "image-types/raw".to_owned()];
    let names = arches.as_array().unwrap().iter().map(|arch| arch["name"].as_str().unwrap());
    paths.extend(names.skip(1).map(|name| format!("arches/{name}")));
    for path in paths {
        assert_eq!(
            site.json(&root, "DELETE", &format!("/api/v1/{path}"), Value::Null).await.status,
            204,
            "{path}"
        );
    }
    let last = format!("/api/v1/arches/{}", arches[0]["name"].as_str().unwrap());
    assert!(site.json(&root, "DELETE", &last, Value::Null).await.problem(409).contains("it is the last one"));
}
