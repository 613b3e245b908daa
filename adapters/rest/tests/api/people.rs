//! Tokens, passwords and accounts.

use axum::body::Body;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use imaging::{Accounts, Scope};
use rest::Settings;
use serde_json::{Value, json};

use crate::site::{Site, order};

fn basic(name: &str, password: &str) -> Vec<String> {
    let login = BASE64_STANDARD.encode(format!("{name}:{password}"));
    vec![format!("Authorization: Basic {login}"), "Content-Type: application/json".into()]
}

#[tokio::test]
async fn a_token_does_what_its_scope_says_and_makes_no_better_one() {
    let site = Site::new().await;
    let read = site.token("ana", Scope::Read).await;
    let submit = site.token("ana", Scope::Submit).await;
    let manage = site.token("root", Scope::Manage).await;
    let put = json!({ "launches": true });
    for (token, asked, made, table) in
        [(&read, 403, 403, 403), (&submit, 201, 403, 403), (&manage, 201, 201, 204)]
    {
        assert_eq!(site.json(token, "GET", "/api/v1/jobs", Value::Null).await.status, 200);
        assert_eq!(site.json(token, "POST", "/api/v1/jobs", order()).await.status.as_u16(), asked);
        let wish = json!({ "scopes": ["manage"] });
        assert_eq!(site.json(token, "POST", "/api/v1/me/tokens", wish).await.status.as_u16(), made);
        assert_eq!(site.json(token, "PUT", "/api/v1/queues/night", put.clone()).await.status.as_u16(), table);
        let own = site.json(token, "POST", "/api/v1/me/tokens", json!({ "scopes": ["read"] })).await;
        assert_eq!(own.status, 201);
        assert!(own.json()["secret"].as_str().unwrap().starts_with("img_"));
    }
    for (token, method, path, body, scope) in [
        (&read, "POST", "/api/v1/jobs", order(), "it takes scope submit"),
        (&read, "POST", "/api/v1/me/tokens", json!({ "scopes": ["submit"] }), "it takes scope submit"),
        (&submit, "POST", "/api/v1/me/tokens", json!({ "scopes": ["manage"] }), "it takes scope manage"),
        (&submit, "PUT", "/api/v1/queues/night", put.clone(), "it takes a group that may, as administrators"),
        (
            &site.token("root", Scope::Submit).await,
            "PUT",
            "/api/v1/queues/night",
            put,
            "it takes scope manage",
        ),
        (
            &site.token("guest", Scope::Submit).await,
            "POST",
            "/api/v1/jobs",
            order(),
            "it takes a group that may, as makers",
        ),
    ] {
        let said = site.json(token, method, path, body).await.problem(403);
        assert!(said.contains(scope), "{path}: {said}");
    }
    for header in ["Bearer nonsense", "Bearer", "Digest x", "Basic !", ""] {
        let answer =
            site.ask("GET", "/api/v1/jobs", &[format!("Authorization: {header}")], Body::empty()).await;
        answer.problem(401);
    }
}

#[tokio::test]
async fn a_password_makes_a_token_and_opens_nothing_else() {
    let site = Site::new().await;
    let wish = json!({ "scopes": ["manage"], "label": "<b>laptop</b>", "days": 1 }).to_string();
    let made = site.ask("POST", "/api/v1/me/tokens", &basic("root", "correct horse"), wish.clone()).await;
    let token = made.json()["secret"].as_str().unwrap().to_owned();
    assert_eq!(
        site.json(&token, "GET", "/api/v1/accounts", Value::Null).await.json().as_array().unwrap().len(),
        4
    );
    site.ask("GET", "/api/v1/accounts", &basic("root", "correct horse"), Body::empty()).await.problem(401);

    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        site.json(&token, "DELETE", &format!("/api/v1/me/tokens/{id}"), Value::Null).await.status,
        204
    );
    site.json(&token, "GET", "/api/v1/me", Value::Null).await.problem(401);
}

#[tokio::test]
async fn guessing_passwords_ends_soon() {
    let site = Site::with(Settings { guesses_per_minute: 3, ..Settings::default() }).await;
    let mut answers = Vec::new();
    for _ in 0..5 {
        let wish = json!({ "scopes": ["read"] }).to_string();
        answers.push(site.ask("POST", "/api/v1/me/tokens", &basic("root", "wrong"), wish).await);
    }
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [401, 401, 401, 429, 429]);
    assert!(answers[4].headers.contains_key("retry-after"));
    // one who takes another name each time gets not much further
    let mut last = 401;
    for number in 0..40 {
        let wish = json!({ "scopes": ["read"] }).to_string();
        let asked = site.ask("POST", "/api/v1/me/tokens", &basic(&format!("n{number}"), "wrong"), wish).await;
        last = asked.status.as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn one_client_may_ask_only_so_often_and_others_go_on() {
    let site = Site::with(Settings { requests_per_second: 1, ..Settings::default() }).await;
    let (ana, ben) = (site.token("ana", Scope::Read).await, site.token("ben", Scope::Read).await);
    let mut last = 200;
    for _ in 0..30 {
        last = site.json(&ana, "GET", "/api/v1/me", Value::Null).await.status.as_u16();
    }
    assert_eq!(last, 429);
    assert_eq!(site.json(&ben, "GET", "/api/v1/me", Value::Null).await.status, 200);
}

#[tokio::test]
async fn nobody_is_another_client_by_writing_something_else() {
    for (trick, before) in [
        ("blanks", 200),
        ("another sort of letters", 200),
        ("invented tokens", 401),
        ("invented passwords", 401),
        ("no words", 401),
        ("invented cookies", 401),
        ("invented sessions", 401),
        ("cookies beside a session", 401),
    ] {
        let site = Site::with(Settings { requests_per_second: 1, guesses_per_minute: 1_000 }).await;
        let (ana, ben) = (site.token("ana", Scope::Read).await, site.token("ben", Scope::Read).await);
        let (_, session) =
            site.door.log_in("root", "correct horse", imaging::now_ms()).await.unwrap().unwrap();
        let session = session.reveal();
        let mut statuses = Vec::new();
        for number in 0..30 {
            let header = match trick {
                "blanks" => format!("Authorization: Bearer {}{ana}", " ".repeat(number)),
                "another sort of letters" => {
                    let word = if number % 2 == 0 { "bearer" } else { "BEARER" };
                    format!("Authorization: {word} {}{ana}", "\t".repeat(number))
                }
                "invented tokens" => format!("Authorization: Bearer img_{number}"),
                "invented passwords" => format!("Authorization: Basic {number}"),
                "no words" => format!("Authorization: Digest {number}"),
                "invented cookies" => format!("Cookie: c{number}={number}"),
                "invented sessions" => format!("Cookie: img_session=s_{number}"),
                _ => format!("Cookie: c{number}={number}; img_session={session}"),
            };
            let answer = site.ask("GET", "/api/v1/me", &[header], Body::empty()).await;
            statuses.push(answer.status.as_u16());
        }
        assert_eq!((statuses[0], statuses[29]), (before, 429), "{trick}");
        assert_eq!(site.json(&ben, "GET", "/api/v1/me", Value::Null).await.status, 200, "{trick}");
    }
}

#[tokio::test]
async fn who_is_invited_chooses_a_password_once() {
    let site = Site::new().await;
    let root = site.token("root", Scope::Manage).await;
    let wish = json!({ "email": "cleo@site.example", "groups": ["makers"] });
    assert_eq!(site.json(&root, "PUT", "/api/v1/accounts/cleo", wish).await.status, 200);
    let invited = site.json(&root, "POST", "/api/v1/accounts/cleo/invitation", Value::Null).await.json();
    let accept =
        |password: &str| json!({ "invitation": invited["invitation"], "password": password }).to_string();
    let json_type = vec!["Content-Type: application/json".to_owned()];
    let ask = |body: String| site.ask("POST", "/api/v1/invitations", &json_type, body);

    assert_eq!(ask(accept("short")).await.fields(), ["password"]);
    assert_eq!(ask(accept("battery staple")).await.json()["name"], "cleo");
    assert_eq!(ask(accept("battery staple")).await.fields(), ["invitation"]);
    let wish = json!({ "scopes": ["read"] }).to_string();
    let made = site.ask("POST", "/api/v1/me/tokens", &basic("cleo", "battery staple"), wish).await;
    assert_eq!(made.status, 201);
}

#[tokio::test]
async fn nobody_shuts_the_last_administrator_out() {
    let site = Site::new().await;
    let root = site.token("root", Scope::Manage).await;
    for (method, path, body) in [
        ("PUT", "/api/v1/groups/administrators", json!({ "permissions": ["submit"] })),
        ("DELETE", "/api/v1/groups/administrators", Value::Null),
        ("DELETE", "/api/v1/accounts/root", Value::Null),
        ("PUT", "/api/v1/accounts/root", json!({ "groups": ["administrators"], "active": false })),
        ("PUT", "/api/v1/accounts/root", json!({ "groups": ["makers"] })),
    ] {
        site.json(&root, method, path, body).await.problem(409);
    }
    let kept = json!({ "groups": ["administrators", "makers"], "full_name": "<script>alert(1)</script>" });
    assert_eq!(site.json(&root, "PUT", "/api/v1/accounts/root", kept).await.status, 200);
    assert_eq!(site.json(&root, "GET", "/api/v1/audit", Value::Null).await.status, 200);
}

#[tokio::test]
async fn what_administrators_do_is_in_the_audit_log() {
    let site = Site::new().await;
    let root = site.token("root", Scope::Manage).await;
    for (method, path, body, status) in [
        ("PUT", "/api/v1/groups/night", json!({ "permissions": ["submit"] }), 204),
        ("PUT", "/api/v1/accounts/a%2fb", json!({}), 422),
        ("PUT", "/api/v1/accounts/dan", json!({ "groups": ["nobody"] }), 422),
        ("PUT", "/api/v1/accounts/dan", json!({ "groups": ["night"], "colour": "red" }), 422),
        ("PUT", "/api/v1/accounts/dan", json!({ "groups": ["night"] }), 200),
        ("DELETE", "/api/v1/accounts/dan", Value::Null, 204),
        ("DELETE", "/api/v1/accounts/dan", Value::Null, 404),
        ("POST", "/api/v1/accounts/dan/invitation", Value::Null, 404),
        ("DELETE", "/api/v1/groups/night", Value::Null, 204),
        ("DELETE", "/api/v1/groups/night", Value::Null, 404),
    ] {
        assert_eq!(site.json(&root, method, path, body).await.status.as_u16(), status, "{method} {path}");
    }
    let log = site.json(&root, "GET", "/api/v1/audit", Value::Null).await.json();
    let told: Vec<_> =
        log.as_array().unwrap().iter().map(|entry| format!("{} {}", entry["what"], entry["about"])).collect();
    assert_eq!(told[..2], ["\"removed the group\" \"night\"", "\"removed the account\" \"dan\""]);
    let before = log[0]["number"].as_i64().unwrap();
    let older = site.json(&root, "GET", &format!("/api/v1/audit?before={before}"), Value::Null).await.json();
    assert_eq!(older[0], log[1]);
    assert!(!site.store.audit_log(None, 10).await.unwrap().is_empty());
}
