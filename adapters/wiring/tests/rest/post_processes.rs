//! Post-processes, which the engine of this machine runs.

use serde_json::json;

use crate::support::Up;

#[test]
fn a_definition_that_could_never_run_is_refused_with_its_line() {
    let mut up = Up::start("");
    up.log_in("root", "admin");
    let made = up.site.run(&["user", "--config", "site.conf", "token", "admin", "--scope", "manage"]);
    up.token = made.stdout.trim().to_owned();
    for (pdef, words) in [
        ("launder the image", "line 1, column 1: "),
        (
            "Ruote.process_definition 'x' do\n  iterator :on => 'a'\nend\n",
            "line 2, column 3: cannot run `iterator`",
        ),
    ] {
        let entry = json!({ "active": true, "pdef": pdef }).to_string();
        let put = ["-X", "PUT", "-H", "Content-Type: application/json", "-d", &entry];
        let answer = up.curl(&put, "post-processes/sign").json();
        assert_eq!(
            (&answer["status"], &answer["mistakes"][0]["field"]),
            (&json!(422), &json!("pdef")),
            "{answer}"
        );
        let why = answer["mistakes"][0]["why"].as_str().unwrap();
        assert!(
            why.starts_with("is no process that can run here: ") && why.contains(words),
            "{words}: {why}"
        );

        let field = format!("pdef={pdef}");
        let form = ["-d", "name=sign", "-d", "active=yes", "--data-urlencode", &field];
        let page = up.page("root", &form, "/admin/post-processes");
        assert!(page.starts_with("422 "), "{page}");
        assert!(page.contains(words.split('`').next().unwrap()), "{words}: {page}");
    }
    let entry =
        json!({ "active": true, "pdef": "Ruote.process_definition 'x' do\n  sign\nend\n" }).to_string();
    let put = ["-X", "PUT", "-H", "Content-Type: application/json", "-d", &entry, "-w", "%{http_code}"];
    assert_eq!(up.curl(&put, "post-processes/sign").stdout, "204");
}
