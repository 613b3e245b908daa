//! The same on PostgreSQL: what programs say comes back, whatever signs are in it.

use serde_json::{Value, json};

use crate::program::Site;
use crate::support::Up;

/// `[db]` with the server of the tests.
fn of_server() -> String {
    let url = std::env::var("IMG_TEST_POSTGRES_URL")
        .expect("IMG_TEST_POSTGRES_URL is not set: run the tests by `make test`, which starts a PostgreSQL");
    let (login, place) = url.trim_start_matches("postgres://").split_once('@').unwrap();
    let ((user, password), (host, name)) = (login.split_once(':').unwrap(), place.split_once('/').unwrap());
    format!(
        "[db]\ndb_engine = postgresql\ndb_user = {user}\ndb_pass = {password}\ndb_host = {host}\ndb_name = {name}\n"
    )
}

fn ask(up: &Up, method: &str, path: &str, body: &Value) -> Value {
    let body = body.to_string();
    let json = ["-X", method, "-H", "Content-Type: application/json", "-d", &body];
    let ran = up.curl(&json, path);
    serde_json::from_str(&ran.stdout).unwrap_or(Value::Null)
}

#[test]
fn both_databases_give_programs_the_same_answers() {
    let mut answers = Vec::new();
    for configuration in ["", &of_server()] {
        let up = Up::start_on(Site::new(), &format!("{configuration}[participant]\nconcurrency = 1\n"));
        let odd = "<b>'\"\\ü\u{1f980}\u{0} %_";
        let wish = json!({
            "name": "demo", "image_type": "raw", "arch": "x86_64", "kickstart": "part / --size=64\nrepo --name=r --baseurl=http://repo.example/\n%packages\nbusybox\n%end\n# ü'\"\\\n",
            "release": odd, "tags": ["<i>a</i>", "ü"], "tokens": { "A": "'; DROP TABLE job; --" },
        });
        let made = ask(&up, "POST", "jobs", &wish);
        let id = made["image_id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
        let mut told = Vec::new();
        told.push(json!([made["tags"], made["tokens"], made["release"]]));
        told.push(json!(up.curl(&[], &format!("jobs/{id}/kickstart")).stdout));
        for query in
            ["tag=%3Ci%3Ea%3C%2Fi%3E", "name=DEM", "name=%00%27", "user=ana%00", "tag=%25", "queue=api"]
        {
            let found = up.get(&format!("jobs?{query}"));
            told.push(json!([query, found["jobs"].as_array().map(Vec::len), found["status"]]));
        }
        let changed =
            ask(&up, "PATCH", &format!("jobs/{id}/tags"), &json!({ "add": ["%_"], "remove": ["ü"] }));
        told.push(changed["tags"].clone());
        told.push(up.get("tags?beginning=%25"));
        told.push(up.get("tokens"));
        for path in ["jobs/a%00b", "me/tokens/%00", "templates/%00.ks"] {
            told.push(json!(up.curl(&["-X", "DELETE", "-w", "|%{http_code}"], path).stdout));
        }
        answers.push(told);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0][0][2], "<b>'\"\\ü\u{1f980}\u{0} %_", "as it was said");
    assert_eq!(answers[0][8], json!(["%_", "<i>a</i>"]), "{:?}", answers[0]);
}
