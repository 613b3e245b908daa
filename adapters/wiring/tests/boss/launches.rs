//! `img boss launch` and `img boss check`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::Engine;
use crate::site::Site;
use crate::viewer::Viewer;

const SOON: Duration = Duration::from_secs(20);
const GOOD: &str = "Ruote.process_definition 'greeting', :revision => '1' do\n  sequence do\n    greet :whom => '${f:name}'\n    iterator :on => 'a,b' do\n      participant :ref => 'echo'\n    end\n  end\nend\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_process_is_launched_with_its_fields_and_variables() {
    let engine = Engine::on("boss-6").await;
    let viewer = Viewer::start(&[("^greet$", "greet")]);
    let site = Site::new("boss-6", &format!("viewer = {}\n", viewer.address));
    site.write("greeting.pdef", GOOD);
    site.write("fields.json", r#"{"image": {"arch": "i586"}, "big": 123456789012345678901234567890}"#);

    let (status, stdout, stderr) =
        site.img(&["boss", "launch", "greeting.pdef", "--json", "@fields.json", "--variable", "v=1"]);
    assert_eq!((status, stdout.as_str()), (Some(0), ""), "{stderr}");
    assert!(stderr.contains("no participant `echo` is registered"), "{stderr}");
    assert!(!stderr.contains("`greet` is"), "{stderr}");
    let message = engine.next(SOON).await;
    assert_eq!((&message["definition"], &message["variables"]), (&json!(GOOD), &json!({ "v": "1" })));
    assert!(message["fields"].to_string().contains("arch"));

    let (status, _, stderr) = site.img(&[
        "boss",
        "launch",
        "greeting.pdef",
        "--json",
        r#"{"image":{"arch":"i586"}}"#,
        "-f",
        "image.name=a=b",
        "-f",
        "name=Ana",
    ]);
    assert_eq!(status, Some(0), "{stderr}");
    let fields = engine.next(SOON).await["fields"].clone();
    assert_eq!(fields, json!({ "image": { "arch": "i586", "name": "a=b" }, "name": "Ana" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kickstart_is_submitted_as_boss_client_did() {
    let engine = Engine::on("boss-17").await;
    let site = Site::new("boss-17", "");
    site.write("t.ks", "part / --size=64\n");
    let order =
        ["submit", "-s", "-t", "raw", "-e", "ana@site.example", "-k", "t.ks", "-n", "demo", "--arch", "i586"];

    let (status, stdout, stderr) = site.img(&order);

    assert_eq!(status, Some(0), "{stderr}");
    assert!(stdout.starts_with("demo is handed to the BOSS, as demo-"), "{stdout}");
    let message = engine.next(SOON).await;
    assert!(message["definition"].as_str().unwrap().contains("create_image"), "{message}");
    let (image, ev) = (&message["fields"]["image"], &message["fields"]["ev"]["id"]);
    for (key, value) in [
        ("kickstart", "part / --size=64\n"),
        ("image_type", "raw"),
        ("arch", "i586"),
        ("name", "demo"),
        ("emails", "ana@site.example"),
    ] {
        assert_eq!(image[key], value, "{key}: {message}");
    }
    assert!(stdout.contains(ev.as_str().unwrap()), "{stdout}");

    let (status, _, stderr) = site.img(&[&order[..], &["--wait"]].concat());
    assert_eq!(status, Some(2), "a BOSS gives no answer: {stderr}");
    site.write("skynet.conf", "[boss]\namqp_host = 127.0.0.1:1\namqp_user = a\namqp_pwd = b\n");
    let (status, stdout, _) = site.img(&[&order[..], &["--json"]].concat());
    assert_eq!(status, Some(3), "nobody is there: {stdout}");
}

#[test]
fn what_the_engine_would_choke_on_is_not_launched() {
    let site = Site::new("boss-6", "");
    for (text, words) in [
        (GOOD.replace("greeting", "greet").as_str(), "p.pdef:3:1: this step has the name of the process"),
        ("", "p.pdef:1:1: "),
        ("create_image.pdef", "would look for a file of that name"),
        ("Ruote.process_definition 'x' do\n  greet :a =>\nend\n", "p.pdef:3:"),
        (r#"["define", {"name": "x"}, [["x", {}, []]]]"#, "this step has the name of the process"),
        ("<process-definition name='x'><p></process-definition>", "p.pdef:1:"),
    ] {
        site.write("p.pdef", text);
        for command in ["launch", "check"] {
            let (status, stdout, stderr) = site.img(&["boss", command, "p.pdef"]);
            assert_eq!((status, stdout.as_str()), (Some(1), ""), "{text}");
            assert!(stderr.contains(words), "{command} {text}: {stderr}");
        }
    }
    for (arguments, words) in [
        (&["boss", "launch", "missing.pdef"][..], "cannot read missing.pdef"),
        (&["boss", "check", "."], "cannot read ."),
    ] {
        let (status, _, stderr) = site.img(arguments);
        assert_eq!(status, Some(1));
        assert!(stderr.contains(words), "{stderr}");
    }
}

#[test]
fn a_definition_is_described() {
    let site = Site::new("boss-6", "");
    site.write("greeting.pdef", GOOD);
    let (status, stdout, stderr) = site.img(&["boss", "check", "greeting.pdef"]);
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    for words in
        ["greeting\n", "participants  echo, greet\n", "on a BOSS only; the engine of img says: line 4"]
    {
        assert!(stdout.contains(words), "{stdout}");
    }
    let (_, stdout, _) = site.img(&["boss", "check", "--json", "greeting.pdef"]);
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&answer["name"], &answer["participants"]), (&json!("greeting"), &json!(["echo", "greet"])));
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for arguments in [&["boss", "check", "greeting.pdef"][..], &["participant", "list"]] {
        let mut command = site.command(arguments);
        command.stdout(full());
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let ended = command.status().unwrap();
        assert_eq!(ended.code(), Some(1), "an answer nobody gets is none: {arguments:?}");
    }
    let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/processes/create_image.pdef");
    let (status, stdout, _) = site.img(&["boss", "check", ours]);
    assert_eq!(status, Some(0));
    assert!(stdout.contains("runs          on a BOSS, and without one"), "{stdout}");
}
