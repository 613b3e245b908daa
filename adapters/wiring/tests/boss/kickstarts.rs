//! `build_ks` of a site: kickstarts of its store, repositories of an Open Build Service that is a stand-in.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

use serde_json::json;

use crate::engine::{Engine, workitem};
use crate::site::Site;

const SOON: Duration = Duration::from_secs(20);

/// Answers every question with one project; it is `adapters/package-index-obs` that tries what else may be answered.
fn build_service() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
            assert_eq!(lines.next().unwrap(), "GET /source/Mer:Core/_meta HTTP/1.1");
            while !lines.next().unwrap().is_empty() {}
            let body = "<project name=\"Mer:Core\"><repository name=\"latest\"/></project>";
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_has_a_store_and_a_build_service() {
    let engine = Engine::on("boss-16").await;
    let site = Site::new("boss-16", "");
    std::fs::create_dir(site.path().join("store")).unwrap();
    site.write("store/core.ks", "lang C\n");
    site.write("oscrc", &format!("[{}]\nuser = me\npass = secret\naliases = obs\n", build_service()));
    let folder = site.path().display();
    let configuration = format!(
        "[build_ks]\nksstore = {folder}/store\nreposerver = https://repo.example\n[obs]\noscrc = {folder}/oscrc\n"
    );
    site.write("build_ks.conf", &configuration);
    let program = site.run(&["build_ks"]);
    program.says("build_ks takes workitems from the queue `build_ks`", SOON);
    engine.declare("build_ks").await;

    let fields = json!({ "image": { "ksfile": "core.ks" }, "ev": { "namespace": "obs" } });
    let mut sent = workitem(1, "build_ks", &fields);
    sent["fields"]["params"]["project"] = json!("Mer:Core");
    engine.send("build_ks", &sent, "").await;
    let image = engine.next_reply(SOON).await["fields"]["image"].clone();

    assert_eq!(
        image["kickstart"],
        "lang C\nrepo --name=_Mer_Core_latest --baseurl=https://repo.example/Mer:/Core/latest --save\n"
    );
    assert_eq!(image["name"], "core");
    assert!(!program.log().contains("secret"), "{}", program.log());
}

#[test]
fn an_oscrc_others_can_read_is_told_before_anything_begins() {
    let site = Site::new("boss-16", "");
    site.write("oscrc", "[https://api.example]\npass = secret\n");
    let oscrc = site.path().join("oscrc");
    std::fs::set_permissions(&oscrc, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    site.write("build_ks.conf", &format!("[obs]\noscrc = {}\n", oscrc.display()));
    let mut program = site.run(&["build_ks"]);

    assert_eq!(program.ended(SOON), Some(1));
    let log = program.log();
    assert!(
        log.contains("[obs] oscrc: ") && log.contains("its mode is 0644") && !log.contains("secret"),
        "{log}"
    );
}
