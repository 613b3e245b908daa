//! What the site offers.

use imaging::Scope;
use serde_json::{Value, json};

use crate::site::Site;

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
        ("post-processes/test%20it", process),
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
