//! SIGHUP has the configuration read again.

use std::fs::File;
use std::time::Duration;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::engine::{Engine, workitem};
use crate::site::{Program, Site};

const SOON: Duration = Duration::from_secs(20);

/// Asks for an image, and returns in whose name it was recorded.
async fn asked_as(engine: &Engine, number: u32) -> Value {
    let image = json!({ "kickstart": "part /\n", "image_type": "raw", "name": "n", "arch": "x86_64" });
    let asked = json!({ "ev": { "id": number.to_string() }, "image": image });
    engine.send("request_image", &workitem(number, "request_image", &asked), "").await;
    engine.next_reply(SOON).await["fields"]["image"]["prefix"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_configuration_counts_from_the_next_job_on_and_a_bad_one_never() {
    let engine = Engine::on("boss-12").await;
    let site = Site::new("boss-12", "");
    site.write("request_image.conf", "[request_image]\nusername = anna\n");
    let mut program = site.run(&["request_image", "build_ks"]);
    program.says("connected", SOON);
    engine.declare("request_image").await;
    assert_eq!(asked_as(&engine, 1).await, "requests/anna");

    site.write("request_image.conf", "[request_image]\nusername = berta\n");
    assert_eq!(asked_as(&engine, 2).await, "requests/anna", "nobody has asked for it yet");
    program.signal(Signal::SIGHUP);
    program.says("the configuration was read again", SOON);
    assert_eq!(asked_as(&engine, 3).await, "requests/berta");

    let mistaken = "[request_image]\nusername = carla\n[participant]\nconcurrency = many\n";
    site.write("request_image.conf", mistaken);
    program.signal(Signal::SIGHUP);
    program.says("the configuration stays as it was: ", SOON);
    assert!(program.log().contains("request_image.conf:4: [participant] concurrency should be"));
    assert_eq!(asked_as(&engine, 4).await, "requests/berta");

    let new_place = "[request_image]\nusername = dora\n[participant]\nqueue = elsewhere\ngrace = 7\n";
    site.write("request_image.conf", new_place);
    program.signal(Signal::SIGHUP);
    program.says("request_image: [participant] queue, [participant] grace needs a restart to count", SOON);
    assert_eq!(asked_as(&engine, 5).await, "requests/dora", "the rest of it counts");
    assert!(!program.log().contains("build_ks: ["), "{}", program.log());

    program.signal(Signal::SIGTERM);
    assert_eq!(program.ended(SOON), Some(0));
}

#[test]
fn a_program_whose_terminal_is_closed_ends() {
    let site = Site::new("boss-12", "");
    let terminal = nix::pty::openpty(None, None).unwrap();
    fcntl(&terminal.master, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).unwrap();
    let log = site.path().join("log");
    let mut command = site.command(&["participant", "run", "build_ks"]);
    command.stdin(terminal.slave).stderr(File::create(&log).unwrap());
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let child = command.spawn().unwrap();
    drop(command); // it holds the terminal open
    let mut program = Program { child, log };
    program.says("connected", SOON);
    program.signal(Signal::SIGHUP);
    program.says("read again", SOON);

    drop(terminal.master);
    program.signal(Signal::SIGHUP);

    assert_eq!(program.ended(SOON), Some(0));
}
