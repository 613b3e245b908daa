//! Lists and jobs.

use axum::http::StatusCode;
use imaging::JobStatus;

use crate::site::{HOSTILE, Site};

#[tokio::test]
async fn html_in_every_field_is_shown_as_text_on_every_page() {
    let site = Site::new().await;
    site.job("bad-1", JobStatus::Error).await;
    site.job("good-1", JobStatus::Done).await;
    site.job("waits-1", JobStatus::InQueue).await;
    let mut browser = site.of("root").await;
    for path in [
        "/",
        "/queue",
        "/images",
        "/search?q=script",
        "/job/bad-1",
        "/job/good-1",
        "/job/waits-1",
        "/job/good-1/kickstart",
        "/job/good-1/log",
        "/job/good-1/delete",
        "/job/bad-1/retry",
        "/submit",
        "/submit?template=phone.ks",
        "/search?q=%3Cscript%3Ealert%281%29%3C%2Fscript%3E",
        "/queue?tag=%3Cb%3Ebold%3C%2Fb%3E&user=%22%3E%3Cscript%3E&status=%3Cb%3E",
        "/login?name=%3Cscript%3E&next=/%22%3E%3Cscript%3E",
    ] {
        let answer = browser.get(path).await;
        assert!(answer.status.is_success() || answer.status == StatusCode::SEE_OTHER, "{path}: {answer:?}");
        for bad in ["<script>", "<img src=x", "<b>bold", "onerror=alert(1)>\""] {
            assert!(!answer.text.contains(bad), "{bad} on {path}: {}", answer.text);
        }
    }
    browser.get("/job/bad-1").await.has(&["Why there is no image", "&#60;script&#62;alert(&#39;1&#39;)"]);
    assert!(HOSTILE.contains("<script>"));
}

#[tokio::test]
async fn filters_are_in_the_address_and_parts_follow_each_other() {
    let site = Site::new().await;
    for number in 0..35 {
        site.job(&format!("job-{number}"), JobStatus::InQueue).await;
    }
    site.job("done", JobStatus::Done).await;
    let mut browser = site.of("ana").await;
    let first = browser.get("/queue?user=ana").await;
    first.has(&["id=\"job-done\"", "aria-current=\"true\">Mine"]);
    let (_, rest) = first.text.split_once("rel=\"next\" href=\"").unwrap();
    let older = rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let second = browser.get(&older).await;
    second.has(&["id=\"job-job-0\"", "The newest"]);
    assert!(!second.text.contains("id=\"job-done\""));
    let of_state = browser.get("/queue?status=DONE").await;
    of_state.has(&["id=\"job-done\"", "<option selected>DONE</option>"]);
    assert!(!of_state.text.contains("id=\"job-job-1\""));
    browser.get("/queue?status=ALMOST").await.has(&["No job status `ALMOST`"]);
    browser.get("/queue?after=x").await.has(&["no place in the list"]);
    browser.get("/queue?user=nobody").await.has(&["No job is like that"]);
}

#[tokio::test]
async fn owners_change_their_jobs_and_others_do_not() {
    let site = Site::new().await;
    site.job("one", JobStatus::InQueue).await;
    let mut ben = site.of("ben").await;
    for (path, fields) in [
        ("/job/one/stop", vec![]),
        ("/job/one/pin", vec![("pinned", "yes")]),
        ("/job/one/tags", vec![("tags", "mine")]),
        ("/job/one/delete", vec![]),
    ] {
        let answer = ben.post(path, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        answer.has(&["only they and administrators may"]);
    }
    let seen = ben.get("/job/one").await;
    assert!(!seen.text.contains("/job/one/stop"), "what one may not do is not offered");

    let mut ana = site.of("ana").await;
    let early = ana.get("/job/one/delete").await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    early.has(&["It stays", "stop it first"]);
    assert_eq!(ana.post("/job/one/stop", &[]).await.place(), "/job/one?done=stopped");
    ana.get("/job/one?done=stopped").await.has(&["cancelled by ana", "It was stopped"]);
    let twice = ana.post("/job/one/stop", &[]).await;
    assert_eq!(twice.place(), "/job/one?done=stopped", "a form that is posted twice does it once");
    assert_eq!(ana.post("/job/one/pin", &[("pinned", "yes")]).await.place(), "/job/one?done=pinned");
    ana.get("/job/one/delete").await.has(&["take the pin off first"]);
    ana.post("/job/one/pin", &[("pinned", "no")]).await;
    assert_eq!(ana.post("/job/one/tags", &[("tags", "night, n900 ,")]).await.place(), "/job/one?done=tagged");
    ana.get("/job/one").await.has(&[">night</a>", ">n900</a>"]);
    let bad = "x".repeat(61);
    assert_eq!(ana.post("/job/one/tags", &[("tags", &bad)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    ana.get("/job/one/delete").await.has(&["Delete 1 job, 1 file and 412 MB", "demo.raw"]);
    assert_eq!(ana.post("/job/one/delete", &[]).await.place(), "/queue?done=deleted");
    ana.get("/queue?done=deleted").await.has(&["The job is gone"]);
    let twice = ana.post("/job/one/delete", &[]).await;
    assert_eq!(twice.place(), "/queue?done=deleted", "what is gone already is as it was wished");
}

#[tokio::test]
async fn a_job_that_was_deleted_while_its_page_was_open_is_told_so() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    for (method, path) in [
        ("GET", "/job/gone"),
        ("GET", "/job/gone/log"),
        ("GET", "/job/gone/files/demo.raw"),
        ("GET", "/job/gone/delete"),
        ("GET", "/job/gone/retry"),
        ("GET", "/job/gone/log/events"),
        ("POST", "/job/gone/stop"),
        ("GET", "/job/%2e%2e%2fx"),
        ("GET", "/job/a%00b"),
    ] {
        let answer = browser.ask(method, path, &[], String::new()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        answer.has(&["There is no such page", "To the start page", "Log out"]);
    }
}

#[tokio::test]
async fn old_addresses_lead_to_the_new_ones() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    assert_eq!(browser.get("/img/queue/filter/").await.place(), "/queue?user=ana");
    assert_eq!(browser.get("/img/job/one").await.place(), "/job/one");
    assert_eq!(browser.get("/img/").await.place(), "/");
    let mut guest = site.browser();
    assert_eq!(guest.get("/img/queue/filter/").await.place(), "/login?next=%2Fimg%2Fqueue%2Ffilter%2F");
    for (written, is) in [
        ("/queue/?user=ana", "/queue?user=ana"),
        ("/job/one/", "/job/one"),
        ("//evil.example/", "/"),
        ("/%2fevil.example/", "/%2fevil.example"),
    ] {
        assert_eq!(browser.get(written).await.place(), is, "{written}");
    }
    assert_eq!(browser.get("/search?q=").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_no_page_asks_for_is_a_page_that_says_so() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    site.job("one", JobStatus::Done).await;
    let form = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    for (method, path, body, status) in [
        ("GET", "/job/one/log?at=abc", String::new(), StatusCode::BAD_REQUEST),
        ("GET", "/queue?user=a&user=b", String::new(), StatusCode::BAD_REQUEST),
        ("GET", "/logout", String::new(), StatusCode::METHOD_NOT_ALLOWED),
        ("GET", "/job/one/stop", String::new(), StatusCode::METHOD_NOT_ALLOWED),
        ("POST", "/queue", String::new(), StatusCode::METHOD_NOT_ALLOWED),
        ("POST", "/job/one/pin", "x=y".into(), StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", "/me/tokens", "label=%ff%".into(), StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", "/me/tokens", "x".repeat(2 << 20), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = browser.ask(method, path, &form, body).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        answer.has(&["<main", "ana</summary>", "othing was done"]);
    }
    let form = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
    let answer = browser.ask("POST", "/me/tokens", &form, "{}").await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    answer.has(&["<main", "Nothing was done"]);
}

#[tokio::test]
async fn a_job_whose_log_cannot_be_read_is_shown_with_all_else() {
    let site = Site::new().await;
    site.job("away", JobStatus::Done).await;
    let mut browser = site.of("ana").await;
    let answer = browser.get("/job/away").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.has(&["The machine that built it does not give it", "What was asked for", "History"]);
}
