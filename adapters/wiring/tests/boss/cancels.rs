//! A cancel reaches the running build wherever it runs, however much waits.

use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::engine::{Engine, cancel, workitem};
use crate::eventually::{eventually, sleepers};
use crate::site::Site;
use crate::viewer::Viewer;

/// Runs for weeks, in processes that do not want to end and that nobody else has: they sleep for so many seconds.
pub(crate) fn endless(seconds: u32) -> String {
    format!(
        "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep {seconds} &\nsetsid sleep {seconds} &\n\
         trap '' TERM\nsleep {seconds}\n%end\n"
    )
}

/// Asks for such a build.
fn build(number: u32, seconds: u32) -> Value {
    let repo =
        std::env::var("IMG_DEMO_REPO").expect("IMG_DEMO_REPO is not set: run the tests by `make test`");
    let kickstart = format!("repo --name=demo --baseurl=file://{repo}\n{}", endless(seconds));
    let image = json!({ "kickstart": kickstart, "image_id": format!("image-{number}"), "image_type": "fs",
        "name": "demo", "arch": "x86_64" });
    workitem(number, "build_image", &json!({ "image": image }))
}

const SOON: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_kills_the_build_on_whichever_of_three_instances_runs_it() {
    let engine = Engine::on("boss-5").await;
    let site = Site::new("boss-5", "");
    engine.declare("build_image").await;
    let mut instances: Vec<_> = (0..3).map(|_| site.run(&["build_image"])).collect();
    instances.iter().for_each(|instance| instance.says("connected", SOON));
    let seconds = 5_000_000 + std::process::id();
    let build = |number| build(number, seconds);
    // one for each instance, and twenty more behind
    for number in 0..23 {
        engine.send("build_image", &build(number), &format!("image-{number}")).await;
    }
    let sleeping = || sleepers(seconds);
    eventually("three builds run their %post", SOON, || sleeping() == 9).await;
    let mut running = Vec::new();
    while let Some(message) = engine.maybe_next(Duration::from_millis(500)).await {
        running.push(message["fields"]["image"]["image_id"].as_str().unwrap().to_owned()); // it is BUILDING
    }
    assert_eq!(running.len(), 3, "{running:?}");
    // the twenty behind: taken back while they wait, the last first
    let queued: Vec<_> =
        (0..23).rev().map(|number| format!("image-{number}")).filter(|id| !running.contains(id)).collect();
    for image_id in &queued {
        engine.send("build_image", &cancel(), image_id).await;
    }
    for (place, image_id) in running.iter().rev().enumerate() {
        engine.send("build_image", &cancel(), image_id).await;
        let gone = || sleeping() == 6 - 3 * place;
        println!("cancelling {image_id}");
        let took = eventually("its processes are gone", Duration::from_secs(5), gone).await;
        println!("{image_id} was gone after {took:?}");
    }
    // nobody waits for an answer, and nothing that was cancelled in the queue began
    while let Some(message) = engine.maybe_next(Duration::from_secs(3)).await {
        assert!(message.get("fei").is_none(), "a cancel is not answered: {message}");
        let image_id = message["fields"]["image"]["image_id"].as_str().unwrap().to_owned();
        assert!(running.contains(&image_id), "{image_id} was cancelled in time");
    }
    assert_eq!(sleeping(), 0);
    let logs: String = instances.iter().map(crate::site::Program::log).collect();
    assert_eq!(logs.matches(": started\n").count(), 3, "{logs}");
    // what cannot be attributed cancels nothing, and is said
    engine.send("build_image", &cancel(), "").await;
    let said = || {
        instances.iter().any(|instance| instance.log().contains("cancels nothing: it has no correlation id"))
    };
    eventually("it is said", SOON, said).await;
    for instance in &mut instances {
        instance.signal(Signal::SIGTERM);
        assert_eq!(instance.ended(SOON), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_that_names_nobody_kills_the_build_whose_step_the_viewer_says_is_gone() {
    let engine = Engine::on("boss-9").await;
    let viewer = Viewer::start(&[]);
    let site = Site::new("boss-9", &format!("viewer = {}\n", viewer.address));
    engine.declare("build_image").await;
    let mut instances: Vec<_> = (0..2).map(|_| site.run(&["build_image"])).collect();
    instances.iter().for_each(|instance| instance.says("connected", SOON));
    let seconds = 7_000_000 + std::process::id();
    let builds = [0, 1].map(|number| build(number, seconds));
    for build in &builds {
        engine.send("build_image", build, "").await;
    }
    eventually("two builds run their %post", SOON, || sleepers(seconds) == 6).await;
    let asked = || builds.iter().all(|build| viewer.asked(build) > 0);
    eventually("the viewer has shown that it knows such steps", SOON, asked).await;

    engine.send("build_image", &cancel(), "").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    viewer.remove(&builds[1]); // as the engine: a moment after its cancel

    let took = eventually("its processes are gone", Duration::from_secs(15), || sleepers(seconds) == 3).await;
    println!("gone {took:?} after its step");
    tokio::time::sleep(Duration::from_secs(7)).await; // all questions are asked
    assert_eq!(sleepers(seconds), 3, "the other goes on");
    viewer.remove(&builds[0]);
    engine.send("build_image", &cancel(), "").await;
    eventually("so is the other", Duration::from_secs(15), || sleepers(seconds) == 0).await;
    while let Some(message) = engine.maybe_next(Duration::from_millis(500)).await {
        assert!(message.get("fei").is_none(), "a cancel is not answered: {message}");
    }
    for instance in &mut instances {
        instance.signal(Signal::SIGTERM);
        assert_eq!(instance.ended(SOON), Some(0));
    }
}
