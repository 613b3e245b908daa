//! The tables of the site, and the audit log.

use axum::http::StatusCode;
use imaging::JobStatus;

use crate::site::{HOSTILE, Site};

#[tokio::test]
async fn each_table_is_filled_changed_and_emptied() {
    let site = Site::new().await;
    let mut root = site.of("root").await;
    assert_eq!(root.get("/admin").await.place(), "/admin/jobs");
    for (table, name, fields) in [
        ("queues", "night", vec![("launches", "yes")]),
        ("arches", "aarch64", vec![]),
        ("image-types", "raw", vec![]),
        ("build-services", "obs", vec![("apiurl", "https://api.example")]),
        ("tokens", "COLOUR", vec![("default", "red"), ("description", HOSTILE)]),
        ("job-states", "DONE, Signed", vec![]),
        (
            "post-processes",
            "sign",
            vec![("active", "yes"), ("description", "signs"), ("triggers", "DONE"), ("pdef", "line\r\nline")],
        ),
    ] {
        let path = format!("/admin/{table}");
        let mut sent = vec![("name", name)];
        sent.extend(fields);
        assert_eq!(root.post(&path, &sent).await.place(), format!("{path}?done=saved"), "{table}");
        let shown = root.get(&format!("{path}?done=saved")).await;
        shown.has(&["It is saved.", &format!("<td>{name}</td>")]);
        assert!(!shown.text.contains("<script>"), "{}", shown.text);
        let address = name.replace(',', "%2C").replace(' ', "%20");
        let change = [&*format!("Change {name}"), &format!("value=\"{name}\" required readonly")];
        root.get(&format!("{path}?entry={address}")).await.has(&change);
        root.get(&format!("{path}?remove={address}")).await.has(&[&format!("Remove “{name}”?")]);
        assert_eq!(
            root.post(&format!("{path}/remove"), &[("name", name)]).await.place(),
            format!("{path}?done=removed")
        );
        assert!(!root.get(&path).await.text.contains(&format!("<td>{name}</td>")), "{table}");
    }
    root.get("/admin/audit").await.has(&["root", "COLOUR"]);
}

#[tokio::test]
async fn what_is_wrong_with_an_entry_is_told_and_what_was_typed_stays() {
    let site = Site::new().await;
    let mut root = site.of("root").await;
    for (table, fields, words) in [
        (
            "tokens",
            vec![("name", "a b"), ("default", "keep me")],
            ["letters, digits and `_` only", "value=\"keep me\""],
        ),
        (
            "build-services",
            vec![("name", "x"), ("apiurl", "javascript:1")],
            ["should begin with http", "value=\"javascript:1\""],
        ),
        ("arches", vec![("name", "abacus")], ["abacus", "value=\"abacus\""]),
        ("queues", vec![("name", "")], ["should have 1 to 200 bytes", "Add one"]),
        ("post-processes", vec![("name", "x"), ("active", "yes")], ["needs its definition", "value=\"x\""]),
    ] {
        let answer = root.post(&format!("/admin/{table}"), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{table}: {}", answer.text);
        answer.has(&[words[0], "Add one"]);
        assert!(!answer.text.contains("readonly"), "{}", answer.text);
        if table != "queues" {
            answer.has(&[words[1]]);
        }
    }
    let kept = root.post("/admin/queues/remove", &[("name", "api")]).await;
    assert_eq!(kept.status, StatusCode::CONFLICT, "{}", kept.text);
    kept.has(&["`api` stays in queues: it is the queue of programs"]);
    assert_eq!(root.get("/admin/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_else_administers() {
    let site = Site::new().await;
    let mut ana = site.of("ana").await;
    assert!(!ana.get("/").await.text.contains("/admin"));
    for path in ["/admin", "/admin/jobs", "/admin/queues", "/admin/audit"] {
        assert_eq!(ana.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in ["/admin/queues", "/admin/queues/remove", "/admin/jobs"] {
        assert_eq!(ana.post(path, &[("name", "web")]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn many_jobs_go_after_a_look_at_what_goes() {
    let site = Site::new().await;
    for (id, status) in [("one", JobStatus::Error), ("two", JobStatus::Done), ("busy", JobStatus::Building)] {
        site.job(id, status).await;
    }
    let mut root = site.of("root").await;
    let list = root.get("/admin/jobs?user=ana").await;
    list.has(&["Choose one", "Choose two", "&#60;script&#62;"]);
    assert!(!list.text.contains("Choose busy") && !list.text.contains("<script>"));
    let chosen = [("id", "one"), ("id", "two"), ("id", "busy"), ("id", "gone")];
    let look = root.post("/admin/jobs", &chosen).await;
    look.has(&["Delete 2 jobs, 2 files and 825 MB", "busy: ", "stop it first", "gone: It is gone already."]);
    root.get("/job/one").await.has(&["ERROR"]);
    let sure = [("sure", "yes"), ("id", "one"), ("id", "two"), ("id", "busy")];
    let all = root.get("/admin/jobs?all=yes&user=ana").await;
    assert_eq!(all.text.matches("\" checked>").count(), 2, "{}", all.text);
    all.has(&["name=\"list\" value=\"/admin/jobs?user=ana\""]);
    for (list, back) in [
        ("/admin/jobs?user=ana", "/admin/jobs?user=ana&done=0"),
        ("https://evil.example/admin/jobs", "/admin/jobs?done=0"),
        ("/admin/jobs@evil.example", "/admin/jobs?done=0"),
    ] {
        let none = root.post("/admin/jobs", &[("sure", "yes"), ("list", list)]).await;
        assert_eq!(none.place(), back, "it leads back to the list they were chosen from");
    }
    assert_eq!(root.post("/admin/jobs", &sure).await.place(), "/admin/jobs?done=2");
    root.get("/admin/jobs?done=2").await.has(&["2 jobs are gone", "busy"]);
    assert_eq!(root.get("/job/one").await.status, StatusCode::NOT_FOUND);
    root.post("/admin/jobs", &[]).await.has(&["No job was chosen."]);
}

#[tokio::test]
async fn people_and_groups_are_cared_for_by_whoever_may_and_nobody_shuts_themselves_out() {
    let site = Site::new().await;
    let mut ana = site.of("ana").await;
    for page in ["/admin/people", "/admin/groups", "/admin/disk"] {
        assert_eq!(ana.get(page).await.status, StatusCode::FORBIDDEN, "{page}");
    }
    for (page, fields) in [
        ("/admin/people", [("name", "ana"), ("group", "administrators"), ("active", "yes")]),
        ("/admin/people/invite", [("name", "root"), ("a", ""), ("b", "")]),
        ("/admin/people/remove", [("name", "root"), ("a", ""), ("b", "")]),
        ("/admin/groups", [("name", "all"), ("may", "accounts"), ("b", "")]),
        ("/admin/groups/remove", [("name", "makers"), ("a", ""), ("b", "")]),
    ] {
        assert_eq!(ana.post(page, &fields).await.status, StatusCode::FORBIDDEN, "{page}");
    }
    let mut root = site.of("root").await;
    let put =
        [("name", "eve"), ("full_name", HOSTILE), ("email", HOSTILE), ("group", "makers"), ("active", "yes")];
    assert_eq!(root.post("/admin/people", &put).await.place(), "/admin/people?done=saved");
    let list = root.get("/admin/people?account=eve&remove=eve").await;
    list.has(&["&#60;script&#62;", "value=\"makers\" checked", "Remove the account “eve”?"]);
    assert!(!list.text.contains("<script>alert"), "{}", list.text);
    let invited = root.post("/admin/people/invite", &[("name", "eve")]).await;
    invited.has(&["Give this to eve.", "img_"]);
    assert_eq!(invited.headers["cache-control"], "no-store");

    for (page, fields, why) in [
        ("/admin/people", &[("name", "root"), ("active", "yes")][..], "You would shut yourself out"),
        ("/admin/people/remove", &[("name", "root")], "This is your own account"),
        ("/admin/groups", &[("name", "administrators")], "stays as it is"),
        ("/admin/groups/remove", &[("name", "administrators")], "stays as it is"),
    ] {
        let refused = root.post(page, fields).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{page}");
        refused.has(&[why]);
    }
    let refused = root.post("/admin/groups", &[("name", HOSTILE), ("may", "jobs")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has(&["should have 1 to 64 letters", "value=\"jobs\" checked"]);
    root.post("/admin/groups", &[("name", "night"), ("may", "accounts"), ("may", "jobs")]).await;
    root.get("/admin/groups?group=night")
        .await
        .has(&["s jobs; care for people and groups", "value=\"accounts\" checked"]);
    assert_eq!(
        root.post("/admin/groups/remove", &[("name", "night")]).await.place(),
        "/admin/groups?done=removed"
    );
    assert_eq!(
        root.post("/admin/people/remove", &[("name", "eve")]).await.place(),
        "/admin/people?done=removed"
    );
    assert_eq!(
        root.post("/admin/people/remove", &[("name", "eve")]).await.place(),
        "/admin/people?done=removed"
    );
}
