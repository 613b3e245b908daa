//! The document tells the truth.

use axum::body::Body;
use imaging::Scope;
use serde_json::Value;

use crate::site::Site;

/// Every address and method of the document.
fn operations() -> Vec<(String, String, Value)> {
    let document = serde_json::to_value(rest::document()).unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    let mut all = Vec::new();
    for (path, methods) in paths {
        for (method, about) in methods.as_object().unwrap() {
            all.push((method.to_uppercase(), path.clone(), about.clone()));
        }
    }
    all
}

#[tokio::test]
async fn every_address_of_the_document_is_there_and_lets_nobody_in_without_a_token() {
    let site = Site::new().await;
    let all = operations();
    assert!(all.len() > 50, "{}", all.len());
    for (method, path, about) in &all {
        let filled = path.replace("{image_id}", "x").replace(['{', '}'], "");
        let answer = site.ask(method, &filled, &[], Body::empty()).await;
        let is_open = about["security"].as_array().is_some_and(|all| all.contains(&serde_json::json!({})));
        let expected = if is_open { 415 } else { 401 };
        answer.problem(expected);
        assert!(about["responses"][expected.to_string()].is_object(), "{method} {path} documents {expected}");
    }
    let conditional = all.iter().filter(|(_, _, about)| about["responses"]["412"].is_object());
    let is_of_one = |path: &str| {
        let of_image = path.starts_with("/api/v1/repositories/{name}/images/{image}");
        path.starts_with("/api/v1/jobs/{image_id}") || (of_image && !path.ends_with("/verify"))
    };
    let changing = all.iter().filter(|(method, path, _)| method != "GET" && is_of_one(path));
    assert!(conditional.eq(changing), "what changes a job or an image of a repository knows If-Match");
    let open: Vec<_> = all
        .iter()
        .filter(|(_, _, about)| about["security"].is_array())
        .map(|(_, path, _)| path.as_str())
        .collect();
    assert_eq!(open, ["/api/v1/invitations", "/api/v1/me/tokens", "/api/v1/me/tokens/{id}"]);
}

#[tokio::test]
async fn every_address_stands_in_the_document() {
    // addresses enter the router by `routes!`, which takes them from the lines of the document; all others are these
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut others, mut handlers) = (vec![sources], 0, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                others += text.matches(".route(").count();
                handlers += text.matches("#[utoipa::path(").count();
            }
        }
    }
    let of_units = 1;
    assert_eq!(
        others,
        6 + of_units,
        "openapi.json and docs with its two parts, and what is not there below /api"
    );
    let of_tables = 7 * 3;
    assert_eq!(
        operations().len(),
        handlers - 3 + of_tables,
        "one that is written and not listed is forgotten"
    );
}

#[tokio::test]
async fn the_document_is_whole_and_a_page_shows_it_without_the_network() {
    let site = Site::new().await;
    let answer = site.ask("GET", "/api/v1/openapi.json", &[], Body::empty()).await;
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let text = document.to_string();
    for part in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name} is referred to, and missing");
    }
    let names: Vec<_> = operations().iter().map(|(_, _, about)| about["operationId"].to_string()).collect();
    let unique: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(names.len(), unique.len(), "{names:?}");

    let page = site.ask("GET", "/api/v1/docs", &[], Body::empty()).await;
    let text = String::from_utf8(page.body.clone()).unwrap();
    assert!(!text.contains("http://") && !text.contains("https://"), "{text}");
    assert!(!text.contains("<style") && !text.contains("<script>"), "nothing stands within the page: {text}");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    for (name, kind) in [("docs.css", "text/css"), ("docs.js", "text/javascript")] {
        assert!(text.contains(&format!("=\"{name}\"")), "{text}");
        let part = site.ask("GET", &format!("/api/v1/{name}"), &[], Body::empty()).await;
        assert!(part.headers["content-type"].to_str().unwrap().starts_with(kind), "{name}");
    }
}

#[tokio::test]
async fn what_nobody_serves_is_told_as_a_problem_too() {
    let site = Site::new().await;
    let token = site.token("ana", Scope::Read).await;
    for (method, path, status) in [
        ("GET", "/api", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v2/jobs", 404),
        ("PUT", "/api/v1/jobs", 405),
        ("GET", "/api/v1/jobs/%ff", 404),
        ("GET", "/api/v1/jobs/a.b", 404),
        ("GET", "/api/v1/jobs?limit=0", 422),
        ("GET", "/api/v1/jobs?limit=x", 400),
        ("GET", "/api/v1/jobs?colour=red", 400),
        ("GET", "/api/v1/jobs?status=nonsense&after=x&tag=a,b", 422),
    ] {
        site.json(&token, method, path, Value::Null).await.problem(status);
    }
}
