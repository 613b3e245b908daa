//! Logging in and out, and what keeps others outside.

use axum::http::StatusCode;

use crate::site::{PASSWORD, Site};

#[tokio::test]
async fn a_person_logs_in_sees_their_page_and_logs_out() {
    let site = Site::new().await;
    let mut browser = site.browser();

    let first = browser.get("/queue?user=ana").await;
    assert_eq!(first.place(), "/login?next=%2Fqueue%3Fuser%3Dana");
    let form = browser.get(first.place()).await;
    assert_eq!(form.value("next"), "/queue?user=ana");
    let wrong =
        browser.post("/login", &[("name", "root"), ("password", "nonsense"), ("next", "/queue")]).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    wrong.has(&["Name or password is wrong.", "value=\"root\"", "value=\"/queue\""]);
    let fields = [("name", "root"), ("password", PASSWORD), ("next", "/queue?user=ana")];
    let right = browser.post("/login", &fields).await;
    assert_eq!(right.place(), "/queue?user=ana");
    let cookie = right.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"),
        "{cookie}"
    );
    browser.get("/").await.has(&["Hello, root", "Log out"]);

    let before = browser.cookie.clone();
    browser.post("/login", &fields).await;
    let mut other = site.browser();
    other.cookie = before;
    assert_eq!(other.get("/").await.place(), "/login?next=%2F", "logging in again ends the session before");

    let old = browser.cookie.clone();
    assert_eq!(browser.post("/logout", &[]).await.place(), "/login");
    browser.cookie = old;
    assert_eq!(
        browser.get("/").await.place(),
        "/login?next=%2F",
        "the session is over, whoever kept its cookie"
    );
}

#[tokio::test]
async fn behind_tls_the_cookie_never_goes_in_the_clear() {
    let site = Site::new().await;
    let body = format!("name=root&password={}", PASSWORD.replace(' ', "+"));
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-proto", "https")];
    let answer = site.browser().ask("POST", "/login", &headers, body).await;
    assert!(answer.headers["set-cookie"].to_str().unwrap().ends_with("; Secure"), "{answer:?}");
}

#[tokio::test]
async fn passwords_are_tried_ten_times_a_minute() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let mut tried = 0;
    // a machine that is busy takes so long that more come to be allowed
    let answer = loop {
        // blanks make no other name of it, nor do capitals where LDAP knows people
        let name = format!("{}{}", " ".repeat(tried), if tried % 2 == 0 { "root" } else { "Root" });
        let answer = browser.post("/login", &[("name", &name), ("password", "nonsense")]).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        tried += 1;
        assert!(tried < 60, "nobody stops it");
    };
    assert!(tried >= 10, "only {tried} were allowed");
    answer.has(&["wait a minute", "oot\""]);
}

#[tokio::test]
async fn nothing_is_done_for_a_page_of_another_site() {
    let site = Site::new().await;
    let mut browser = site.of("root").await;
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("origin", "http://evil.example")],
        vec![("origin", "null")],
        vec![("sec-fetch-site", "same-site"), ("origin", "http://evil.img.example")],
    ] {
        for path in ["/logout", "/theme", "/me/tokens", "/submit", "/job/demo-1/delete", "/login"] {
            let mut with = vec![("content-type", "application/x-www-form-urlencoded")];
            with.extend(headers.iter().copied());
            let answer = browser.ask("POST", path, &with, "label=x&scope=manage&days=").await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
            answer.has(&["sent by a page of another site"]);
        }
    }
    browser.get("/").await.has(&["Hello, root"]);
    browser.get("/me").await.has(&["You have none."]);
}

#[tokio::test]
async fn every_page_says_what_a_browser_may_do_with_it() {
    let site = Site::new().await;
    let mut browser = site.of("root").await;
    for path in ["/", "/queue", "/login", "/nothing", "/static/x/img.css", "/job/nothing"] {
        let answer = browser.get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        for inline in ["<script>", "<style", " style=\"", " onclick=", "javascript:"] {
            assert!(!answer.text.contains(inline), "{inline} in {path}");
        }
    }
}

#[tokio::test]
async fn an_account_that_is_switched_off_is_outside_at_once() {
    use imaging::Accounts;
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    browser.get("/").await.has(&["Hello, ana"]);
    let account = site.store.account("ana").await.unwrap().unwrap();
    site.store.put_account(&imaging::Account { active: false, ..account }, "root", 9).await.unwrap();
    assert_eq!(browser.get("/").await.place(), "/login?next=%2F");
}

#[tokio::test]
async fn a_person_changes_their_password_and_other_browsers_are_outside() {
    let site = Site::new().await;
    let mut other = site.of("ana").await;
    let mut browser = site.of("ana").await;
    let cookie = other.cookie.clone();
    other.cookie = browser.cookie.clone();
    other.get("/").await.has(&["Hello, ana"]);
    other.cookie = cookie;

    let wrong = browser.post("/me/password", &[("old", "nonsense"), ("new", "battery staple")]).await;
    wrong.has(&["The old password is wrong."]);
    let short = browser.post("/me/password", &[("old", PASSWORD), ("new", "short")]).await;
    short.has(&["8 characters at least"]);
    let done = browser.post("/me/password", &[("old", PASSWORD), ("new", "battery staple")]).await;
    assert_eq!(done.place(), "/me?done=password");
    browser.get("/me?done=password").await.has(&["The new password counts"]);
    assert_eq!(other.get("/me").await.place(), "/login?next=%2Fme");
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_is_removed() {
    let site = Site::new().await;
    let mut browser = site.of("ana").await;
    let made = browser.post("/me/tokens", &[("label", "<b>laptop"), ("scope", "read"), ("days", "")]).await;
    made.has(&["This is your new token", "&#60;b&#62;laptop"]);
    let (_, rest) = made.text.split_once("<pre tabindex=\"0\">").unwrap();
    let secret = rest.split('<').next().unwrap();
    let bearer = format!("Bearer {secret}");
    let me = site.browser().ask("GET", "/api/v1/me", &[("authorization", &bearer)], String::new()).await;
    me.has(&["\"name\":\"ana\""]);
    let page = browser.get("/me").await;
    assert!(!page.text.contains(secret));
    let (_, rest) = page.text.split_once("/me/tokens/").unwrap();
    let (_, rest) = rest.split_once("action=\"/me/tokens/").unwrap_or(("", rest));
    let id = rest.split('/').next().unwrap();
    let mut ben = site.of("ben").await;
    ben.post(&format!("/me/tokens/{id}/remove"), &[]).await;
    browser.get("/me").await.has(&["laptop"]);
    browser.post(&format!("/me/tokens/{id}/remove"), &[]).await;
    browser.get("/me").await.has(&["You have none."]);
}

#[tokio::test]
async fn an_invitation_becomes_a_password_once() {
    let site = Site::new().await;
    let invitation = site.door.invite("ben", "root", imaging::now_ms()).await.unwrap();
    let mut browser = site.browser();
    let short =
        browser.post("/invitation", &[("invitation", invitation.reveal()), ("password", "short")]).await;
    short.has(&["8 characters at least", invitation.reveal()]);
    let fields = [("invitation", invitation.reveal()), ("password", "battery staple")];
    assert_eq!(browser.post("/invitation", &fields).await.place(), "/");
    browser.get("/").await.has(&["Hello, ben"]);
    site.browser().post("/invitation", &fields).await.has(&["does not count any more"]);
}

#[tokio::test]
async fn what_is_sent_after_the_session_ended_is_not_done_and_its_page_comes_after_the_login() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let form = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("referer", "http://img.example/job/one?done=pinned"),
    ];

    let sent = browser.ask("POST", "/job/one/stop", &form, "").await;

    let place = "/login?ended=yes&next=%2Fjob%2Fone%3Fdone%3Dpinned";
    assert_eq!(sent.place(), place);
    browser.get(place).await.has(&["Nothing was done", "name=\"next\" value=\"/job/one?done=pinned\""]);
    let mut ana = site.of("ana").await;
    let trouble = ana.ask("POST", "/job/gone-1/stop", &form, "").await;
    trouble.has(&["There is no job gone-1.", "href=\"/job/one?done=pinned\">Back</a>"]);
    let false_place = ("referer", "http://img.example//evil.example/");
    let sent = browser.ask("POST", "/job/one/stop", &[form[0], form[1], false_place], "").await;
    assert_eq!(sent.place(), "/login?ended=yes&next=%2F");
}
