//! What the configuration of a participant says is done.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::engine::{Engine, workitem};
use crate::site::Site;

const SOON: Duration = Duration::from_secs(30);

fn endless_build(number: u32) -> Value {
    let repo =
        std::env::var("IMG_DEMO_REPO").expect("IMG_DEMO_REPO is not set: run the tests by `make test`");
    let kickstart = format!(
        "repo --name=demo --baseurl=file://{repo}\npart / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 6000000\n%end\n"
    );
    let image = json!({ "kickstart": kickstart, "image_id": format!("image-{number}"), "image_type": "fs",
        "name": "demo", "arch": "x86_64" });
    workitem(number, "build_image", &json!({ "image": image }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_does_as_many_jobs_and_takes_as_long_as_it_is_told() {
    let engine = Engine::on("boss-4").await;
    let site = Site::new("boss-4", "dead_letters = aside\n[skynet]\nlog_level = INFO\n");
    site.write("build_image.conf", "[participant]\nconcurrency = 2\ngrace = 1\n[worker]\ntimeout = 8\n");
    let readable = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(site.path().join("skynet.conf"), readable).unwrap();
    let mut program = site.run(&["build_image"]);
    engine.declare("build_image").await;
    for number in 0..3 {
        engine.send("build_image", &endless_build(number), &format!("image-{number}")).await;
    }
    program.says("image_id=\"image-1\"", SOON); // two at a time
    assert!(!program.log().contains("took longer"), "{}", program.log());
    assert!(program.log().contains("skynet.conf") && program.log().contains("can read"), "{}", program.log());
    let mut answered = Vec::new();
    for _ in 0..2 {
        let reply = engine.next_reply(SOON).await;
        assert_eq!(
            (&reply["fields"]["__result__"], &reply["fields"]["__error__"]),
            (&json!(false), &json!("stopped: it took longer than it may"))
        );
        answered.push(reply["fields"]["image"]["image_id"].as_str().unwrap().to_owned());
    }
    program.says("image_id=\"image-2\"", SOON);

    program.signal(Signal::SIGTERM); // one second of grace, then it is handed back

    assert_eq!(program.ended(Duration::from_secs(6)), Some(0));
    assert!(
        engine.maybe_next(Duration::from_secs(1)).await.is_none_or(|message| message.get("fei").is_none())
    );

    // the next instance takes it up; it would have minutes, but is told twice
    site.write("build_image.conf", "[participant]\ngrace = 600\n");
    let mut next = site.run(&["build_image"]);
    next.says("started", SOON);
    next.signal(Signal::SIGTERM);
    next.says("running jobs may finish", SOON);
    std::thread::sleep(Duration::from_secs(2));
    assert!(next.child.try_wait().unwrap().is_none(), "it waits for its job");
    next.signal(Signal::SIGTERM);
    next.says("handing running jobs back", SOON);
    assert_eq!(next.ended(Duration::from_secs(8)), Some(0));
}
