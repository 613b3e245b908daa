//! `img participant run`: workitems of an engine are answered by the participants of this program.

use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::engine::{Engine, workitem};
use crate::site::Site;

const SOON: Duration = Duration::from_secs(20);
const KICKSTART: &str = "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n";

fn image(name: &str) -> Value {
    json!({ "kickstart": KICKSTART, "image_id": name, "image_type": "raw", "name": name, "arch": "x86_64" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_answers_on_the_queue_of_its_own_file() {
    let engine = Engine::on("boss-0").await;
    let site = Site::new("boss-0", "");
    site.write(
        "build_ks.conf",
        "[participant]\nname = build_ks\nqueue = ks_queue ; where the old one was\nregexp = build_ks.*\n",
    );
    let mut program = site.run(&["build_ks"]);
    program.says("build_ks takes workitems from the queue `ks_queue`", SOON);
    engine.declare("ks_queue").await;
    let fields = json!({ "image": image("demo"), "big": 2_u64.pow(53) + 1, "héllo": "😀" });
    let mut sent = workitem(1, "build_ks_arm", &fields);
    sent["fields"]["params"]["packages"] = json!(["strace"]);
    sent["unknown"] = json!([1.5, null]);

    engine.send("ks_queue", &sent, "").await;
    let reply = engine.next_reply(SOON).await;

    let mut expected = sent.clone();
    expected["fields"]["image"]["kickstart"] = reply["fields"]["image"]["kickstart"].clone();
    expected["fields"]["__result__"] = json!(true);
    expected["fields"]["image"]["added_lines"] = reply["fields"]["image"]["added_lines"].clone();
    assert_eq!(reply, expected);
    assert!(reply["fields"]["image"]["kickstart"].as_str().unwrap().contains("\nstrace\n"), "{reply}");
    program.says("done", SOON);
    assert!(program.log().contains("wfid=\"20261121-0739-deshi-1\""), "{}", program.log());
    program.signal(Signal::SIGTERM);
    assert_eq!(program.ended(SOON), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_participants_of_create_image_work_in_one_program() {
    let engine = Engine::on("boss-1").await;
    let site = Site::new("boss-1", "[request_image]\nusername = release-team\n");
    let mut program = site.run(&["request_image", "build_ks", "build_image", "update_image_status"]);
    program.says("connected", SOON);
    for queue in ["request_image", "build_ks", "build_image", "update_image_status"] {
        engine.declare(queue).await;
    }

    let mut wanted = image("demo");
    wanted.as_object_mut().unwrap().remove("image_id");
    engine
        .send(
            "request_image",
            &workitem(1, "request_image", &json!({ "ev": { "id": "42" }, "image": wanted })),
            "",
        )
        .await;
    let requested = engine.next_reply(SOON).await;
    let image_id = requested["fields"]["image"]["image_id"].as_str().unwrap().to_owned();
    assert!(image_id.starts_with("42-2"), "{requested}");
    assert_eq!(requested["fields"]["image"]["prefix"], "requests/release-team");

    let mut fields = requested["fields"].clone();
    let repo =
        std::env::var("IMG_DEMO_REPO").expect("IMG_DEMO_REPO is not set: run the tests by `make test`");
    fields["image"]["kickstart"] = format!("repo --name=demo --baseurl=file://{repo}\n{KICKSTART}").into();
    engine.send("build_image", &workitem(2, "build_image", &fields), &image_id).await;
    let (mut pushed, patience) = (Vec::new(), Duration::from_secs(60));
    let built = loop {
        let message = engine.next(patience).await;
        match message.get("definition") {
            Some(definition) => pushed.push(definition.as_str().unwrap().to_owned()),
            None => break message,
        }
    };
    assert_eq!(built["fields"]["__result__"], true, "{built}");
    let file =
        built["fields"]["image"]["image_url"].as_str().unwrap().strip_prefix("file://").unwrap().to_owned();
    assert!(std::fs::metadata(&file).unwrap().len() > 60 << 20, "{file}");
    let statuses: Vec<_> =
        pushed.iter().filter_map(|text| text.split(":status => '").nth(1)?.split('\'').next()).collect();
    assert_eq!(statuses, ["BUILDING", "DONE"], "{pushed:?}");

    let mut told = workitem(3, "update_image_status", &built["fields"]);
    told["fields"]["params"]["status"] = json!("DONE");
    engine.send("update_image_status", &told, "").await;
    assert_eq!(engine.next_reply(SOON).await["fields"]["__result__"], true);
    let (_, jobs, _) = site.img(&["jobs", "--json"]);
    let jobs: Value = serde_json::from_str(&jobs).unwrap();
    assert_eq!((&jobs[0]["image_id"], &jobs[0]["status"]), (&json!(image_id), &json!("DONE")));
    program.signal(Signal::SIGTERM);
    assert_eq!(program.ended(SOON), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_workitem_is_set_aside_and_blocks_nothing() {
    let engine = Engine::on("boss-2").await;
    let site = Site::new("boss-2", "dead_letters = aside\n");
    let program = site.run(&["build_ks"]);
    program.says("connected", SOON);
    engine.declare("build_ks").await;
    for junk in
        [&b""[..], b"hello", b"[]", b"{\"fei\":{}}", b"\xff\xfe", b"{\"fields\":{},\"fei\":\"0_0!x!y\"}"]
    {
        engine.send_raw("build_ks", junk, "").await;
    }
    engine.send("build_ks", &workitem(1, "build_ks", &json!({ "image": image("demo") })), "").await;
    assert_eq!(engine.next_reply(SOON).await["fields"]["__result__"], true);
    assert!(engine.exists("aside").await);
    let said = program.log();
    assert_eq!(said.matches("set aside").count(), 6, "{said}");
}

#[test]
fn mistakes_in_the_configuration_are_told_together() {
    let site = Site::new(
        "boss-0",
        "amqp_heartbeat = often\n[participant]\nconcurrency = many\n[worker]\nbase_dir = images\n",
    );
    let (status, stdout, stderr) = site.img(&["participant", "run", "build_image"]);
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    for words in [
        "skynet.conf:6: [boss] amqp_heartbeat should be a number of seconds, not `often`",
        "skynet.conf:8: [participant] concurrency should be a number of jobs, not `many`",
        "skynet.conf:10: [worker] base_dir should be an absolute path",
    ] {
        assert!(stderr.contains(words), "{words}: {stderr}");
    }
    let site = Site::new(
        "boss-0",
        "amqp_heartbeat = often\n[worker]\nbase_dir = images\n[db]\ndb_engine = oracle\n",
    );
    let (status, _, stderr) = site.img(&["participant", "run", "build_image", "request_image", "build_moon"]);
    assert_eq!((status, stderr.lines().count()), (Some(1), 4), "each once: {stderr}");
    for words in
        ["amqp_heartbeat should", "base_dir should", "db_engine should", "no participant `build_moon`"]
    {
        assert!(stderr.contains(words), "{words}: {stderr}");
    }
    std::os::unix::fs::symlink("build_ks.conf", site.path().join("build_ks.conf")).unwrap();
    let (status, _, stderr) = site.img(&["participant", "run", "build_ks"]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("build_ks.conf"), "{stderr}");
    let without = Site::new("boss-0", "");
    without.write("skynet.conf", "[boss]\namqp_host = mq:x\n");
    let (_, _, stderr) = without.img(&["participant", "run", "build_ks"]);
    for words in [
        "amqp_user is missing",
        "amqp_pwd is missing",
        "amqp_vhost is missing",
        "should end in a port number",
    ] {
        assert!(stderr.contains(words), "{words}: {stderr}");
    }
    let (status, _, stderr) = without.img(&["participant", "run", "build_moon"]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("no participant `build_moon`; it has build_image, build_ks,"), "{stderr}");
    let (status, _, stderr) =
        without.img(&["participant", "run", "build_ks", "--config", "/nonexistent.conf"]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("/nonexistent.conf"), "{stderr}");
}

#[test]
fn a_wrong_password_is_told_in_one_line_and_tried_again() {
    let site = Site::new("boss-0", "");
    let text = std::fs::read_to_string(site.path().join("skynet.conf")).unwrap();
    let wrong: Vec<_> = text
        .lines()
        .map(|line| if line.starts_with("amqp_pwd") { "amqp_pwd = hunter2" } else { line })
        .collect();
    site.write("skynet.conf", &wrong.join("\n"));
    let mut program = site.run(&["build_ks"]);
    program.says("does not accept the password of the user `img`; trying again", SOON);
    assert!(!program.log().contains("hunter2"));
    program.signal(Signal::SIGTERM);
    assert_eq!(program.ended(SOON), Some(0));
}

#[test]
fn the_participants_and_their_queues_are_listed() {
    let site = Site::new("boss-0", "");
    site.write("build_ks.conf", "[participant]\nqueue = ks_queue\n");
    let (status, stdout, stderr) = site.img(&["participant", "list"]);
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    let lines: Vec<_> =
        stdout.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>()).collect();
    assert_eq!(
        lines,
        [
            ["build_image", "build_image"],
            ["build_ks", "ks_queue"],
            ["incorporate_image", "incorporate_image"],
            ["make_vdi", "make_vdi"],
            ["request_image", "request_image"],
            ["test_image", "test_image"],
            ["update_image_status", "update_image_status"],
            ["update_symlinks", "update_symlinks"]
        ]
    );
    std::fs::create_dir(site.path().join("participants")).unwrap();
    site.write("participants/request_image.conf", "[participant]\nname = request_image\nqueue = asked\n");
    let (_, stdout, _) = site.img(&["participant", "list"]);
    assert!(stdout.contains("request_image        asked"), "what skynet installed counts: {stdout}");
    let (status, stdout, stderr) = site.img(&["participant", "list", "--json", "--config", "/nonexistent"]);
    let list: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        (status, &list[1]["name"], &list[1]["queue"]),
        (Some(0), &json!("build_ks"), &Value::Null),
        "{stderr}"
    );
}
