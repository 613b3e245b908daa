//! schemathesis, which asks whatever the document allows and does not allow, of the real program.

use std::process::Command;

use imaging::JobStatus;

use crate::program::{Ran, Site, workspace};
use crate::support::Up;

/// So long it asks.
const SECONDS: &str = "45";

#[test]
fn nothing_that_is_asked_breaks_it_or_is_answered_in_another_way_than_documented() {
    let schemathesis = std::env::var("IMG_TEST_SCHEMATHESIS").expect(
        "IMG_TEST_SCHEMATHESIS is not set: run the tests by `make test`, which fetches schemathesis into target",
    );
    let site = Site::new();
    let folders = ["main", "lab"].map(|name| format!("{name}={}", site.path().join(name).display()));
    for name in ["main", "lab"] {
        std::fs::create_dir(site.path().join(name)).unwrap();
    }
    std::fs::write(site.path().join("small"), imaging::testing::small_image(1)).unwrap();
    let configuration = format!(
        "[web]\nrequests_per_second = 100000\n[repository]\nfolders = {}\nsettle = 0\n",
        folders.join(", ")
    );
    let up = Up::start_on(site, &configuration);
    for repository in ["main", "lab"] {
        let add =
            ["repo", "--config", "site.conf", "--repository", repository, "add", "small", "--name", "there"];
        let added = up.site.run(&add);
        assert_eq!(added.status, Some(0), "{added:?}");
    }
    up.job("there", "file:///images", JobStatus::Done, &[("demo.raw", "hello"), ("demo.log", "one\n")]);
    let mut passwd = up.site.command(&["user", "passwd", "admin"]);
    passwd.stdin(std::process::Stdio::piped());
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let mut child = passwd.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"correct horse\n").unwrap();
    assert!(child.wait().unwrap().success());
    let token = up.site.run(&["user", "token", "admin", "--scope", "manage"]).stdout;
    // what is generated names no repository, and no image of one
    let configuration = "[parameters]\nimage_id = \"there\"\n\
        [[operations]]\ninclude-path-regex = \"/repositories/\"\n\
        parameters = { name = \"main\", image = \"there.img\", path = \"there.img\" }\n";
    std::fs::write(up.site.path().join("schemathesis.toml"), configuration).unwrap();

    let login = format!("Authorization: Bearer {}", token.trim());
    let document = format!("{}/api/v1/openapi.json", up.address);
    let mut command = Command::new(workspace(&schemathesis));
    command.args([
        "run",
        &document,
        "-H",
        &login,
        "--max-time",
        SECONDS,
        "--seed",
        "1",
        "--no-shrink",
        // one thread: several that read Python at once trip over each other in Python 3.11 (python/cpython issue 106905)
        "-w",
        "1",
    ]);
    command.args(["--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--warnings", "off"]);
    // it would wait for the end of jobs nobody builds
    command.args(["--exclude-path", "/api/v1/jobs/{image_id}/log/events", "--request-timeout", "60"]);
    command.args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method,allow_header_conformance"]);
    command.current_dir(up.site.path()).env("NO_COLOR", "1");
    #[expect(clippy::disallowed_methods, reason = "the client of the program under test")]
    let ran = Ran::of(&command.output().unwrap());

    assert_eq!(ran.status, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("Test cases:"), "{}", ran.stdout);
    assert_ne!(up.get("repositories/main/tasks"), serde_json::json!([]), "it had images verified");
    let said = std::fs::read_to_string(up.site.path().join("up.said")).unwrap();
    assert!(!said.contains("panicked"), "{said}");
}
