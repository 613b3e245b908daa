//! What the log says of jobs: whose line it is, in lines and in the fields of the journal.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::engine::{Engine, workitem};
use crate::site::{Program, Site};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_a_job_names_process_image_and_participant() {
    let engine = Engine::on("boss-10").await;
    let site = Site::new("boss-10", "");
    let program = site.run(&["request_image", "build_ks"]);
    engine.declare("build_ks").await;
    engine.declare("request_image").await;
    let image = json!({ "kickstart": "rootpw s3cret\nnonsense\n", "image_id": "image-1", "name": "n", "arch": "x86_64" });
    let fields = json!({ "image": image, "debug_dump": "true", "debug_trace": true });
    engine.send("build_ks", &workitem(1, "build_ks", &fields), "").await;
    engine.next_reply(SOON).await;
    let image = json!({ "kickstart": "part /\n", "image_type": "raw", "name": "n", "arch": "x86_64" });
    let asked = workitem(2, "request_image", &json!({ "ev": { "id": "42" }, "image": image }));
    engine.send("request_image", &asked, "").await;
    let requested = engine.next_reply(SOON).await;
    let named = requested["fields"]["image"]["image_id"].as_str().unwrap();

    let log = program.log();
    let of = |number: u32| {
        let process = format!("job{{wfid=\"20261121-0739-deshi-{number}\" ");
        log.lines().filter(move |line| line.contains(&process)).collect::<Vec<_>>()
    };
    let ours = |line: &&str| line.contains("wiring::observe") || !line.starts_with("2026");
    assert_eq!(log.lines().filter(ours).count(), of(1).len() + of(2).len(), "{log}");
    for line in of(1) {
        assert!(line.contains("participant=\"build_ks\" image_id=\"image-1\"}: "), "{line}");
    }
    for words in ["started", "Taking workitem: build_ks", "\"dispatched_at\": \"2026-", "refused: "] {
        assert!(of(1).iter().any(|line| line.contains(words)), "{words}: {log}");
    }
    assert!(!log.contains("s3cret"), "{log}");
    assert!(of(2)[0].contains("started") && of(2)[0].contains("participant=\"request_image\""), "{log}");
    assert!(of(2)[1].contains(": done") && of(2)[1].contains(named), "it was named meanwhile: {log}");
}

/// Starts the program where the journal is a socket of ours, and its stderr the stream into it.
fn in_journal(site: &Site, name: &str) -> (Program, UnixDatagram) {
    let socket = site.path().join("journal");
    let journal = UnixDatagram::bind(&socket).unwrap();
    journal.set_read_timeout(Some(SOON)).unwrap();
    let log = site.path().join("log");
    let stderr = File::create(&log).unwrap();
    let stream = stderr.metadata().unwrap();
    let program = site.command(&["participant", "run", name]);
    let mut command = Command::new("bwrap");
    command.args(["--dev-bind", "/", "/", "--tmpfs", "/run", "--bind"]).arg(&socket);
    command.args(["/run/systemd/journal/socket", "--die-with-parent", "--"]);
    command.arg(program.get_program()).args(program.get_args()).current_dir(site.path());
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("JOURNAL_STREAM", format!("{}:{}", stream.dev(), stream.ino()));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let child = command.spawn().expect("bwrap is there: .ci/need test installs it");
    (Program { child, log }, journal)
}

/// The next entry of the journal that has this text.
fn entry(journal: &UnixDatagram, words: &str) -> String {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = journal.recv(&mut buffer).unwrap_or_else(|error| panic!("no `{words}`: {error}"));
        // a field is NAME=value, or NAME, a length in eight bytes, and the value: enough to look for
        let text = String::from_utf8_lossy(&buffer[..length]).replace('\0', "");
        if text.contains(words) {
            return text;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_gets_fields() {
    let engine = Engine::on("boss-11").await;
    let site = Site::new("boss-11", "");
    let (program, journal) = in_journal(&site, "build_ks");
    entry(&journal, "connected to RabbitMQ");
    engine.declare("build_ks").await;
    let image = json!({ "kickstart": "nonsense\n", "image_id": "image-1", "name": "n", "arch": "x86_64" });
    engine.send("build_ks", &workitem(1, "build_ks", &json!({ "image": image })), "").await;

    let refused = entry(&journal, "refused: ");

    for (field, value) in
        [("WFID", "20261121-0739-deshi-1"), ("IMAGE_ID", "image-1"), ("PARTICIPANT", "build_ks")]
    {
        let set = refused.split('\n').collect::<Vec<_>>();
        let named = set.windows(2).any(|pair| pair[0] == field && pair[1].ends_with(value));
        assert!(named || set.contains(&format!("{field}={value}").as_str()), "{field}: {refused:?}");
    }
    assert!(refused.contains("PRIORITY=4") || refused.contains("PRIORITY\n\u{1}4"), "{refused:?}");
    assert_eq!(program.log(), "", "nothing is said twice");
}
