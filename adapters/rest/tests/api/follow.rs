//! Following a log costs little while nothing happens.

use std::sync::atomic::Ordering;
use std::time::Duration;

use imaging::{ImageId, JobAttempt, JobStatus, JobStore, Push, Scope};
use serde_json::Value;

use crate::site::{Site, order};

#[tokio::test]
async fn a_job_to_which_nothing_happens_is_not_read_again_and_its_end_is_heard() {
    let site = std::sync::Arc::new(Site::new().await);
    let token = site.token("ana", Scope::Submit).await;
    let made = site.json(&token, "POST", "/api/v1/jobs", order()).await.json();
    let id = made["image_id"].as_str().unwrap().to_owned();
    let following = tokio::spawn({
        let (site, path) = (site.clone(), format!("/api/v1/jobs/{id}/log/events"));
        async move { site.json(&token, "GET", &path, Value::Null).await }
    });
    tokio::time::sleep(Duration::from_secs(5)).await;
    let reads = site.reads.load(Ordering::SeqCst);
    assert!(reads <= 4, "it was read {reads} times: by the order, the question, and once by the follower");

    let push = Push { error: Some("it broke".into()), ..Push::new(JobStatus::Error, JobAttempt::default()) };
    site.store.push(&ImageId::reduce(&id).unwrap(), &push, 50).await.unwrap();

    let heard = following.await.unwrap();
    let heard = String::from_utf8(heard.body).unwrap();
    assert!(
        heard.contains("event: end") && heard.contains(r#"{"error":"it broke","status":"ERROR"}"#),
        "{heard}"
    );
}
