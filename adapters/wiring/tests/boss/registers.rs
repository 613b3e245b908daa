//! `img boss register` and `unregister`.

use std::time::Duration;

use crate::engine::Engine;
use crate::site::Site;
use crate::viewer::Viewer;

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_anchored_and_verified() {
    let engine = Engine::on("boss-7").await;
    let viewer = Viewer::start(&[("^boss_register$", ""), ("^build_.*$", "old")]);
    let site = Site::new("boss-7", &format!("viewer = {}\n", viewer.address));
    site.write("build_image.conf", "[participant]\nqueue = images\n");
    let obeying = async {
        let first = viewer.obey(&engine).await;
        assert!(engine.exists("images").await, "the queue is there before the engine may use it");
        (first, viewer.obey(&engine).await, viewer.obey(&engine).await)
    };
    let asking = tokio::task::spawn_blocking(move || {
        [
            site.img(&["boss", "register", "build_image"]),
            site.img(&["boss", "register", "ks", "--regexp", "ks|kickstart", "--queue", "ks_queue"]),
            site.img(&["boss", "unregister", "ks", "--regexp", "ks|kickstart"]),
        ]
    });
    let (messages, answers) = tokio::join!(obeying, asking);

    let [registered, grouped, gone] = answers.unwrap();
    assert_eq!(registered.0, Some(0), "{registered:?}");
    assert!(registered.2.contains("`build_image` is registered, on the queue `images`"), "{registered:?}");
    assert!(
        registered.2.contains(
            "warning: `^build_.*$` stands before it and takes workitems for `build_image`, on the queue `old`"
        ),
        "{registered:?}"
    );
    assert_eq!(messages.1["fields"]["name"], "(ks|kickstart)");
    assert_eq!((grouped.0, gone.0), (Some(0), Some(0)), "{grouped:?} {gone:?}");
    let entries = viewer.entries();
    let patterns: Vec<_> = entries.iter().map(|(pattern, _)| pattern.as_str()).collect();
    assert_eq!(patterns, ["^boss_register$", "^build_.*$", "^build_image$", "^.+$"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_break_the_engine_is_not_sent() {
    let engine = Engine::on("boss-8").await;
    let viewer = Viewer::start(&[("^build_ks$", "build_ks")]);
    let site = Site::new("boss-8", &format!("viewer = {}\n", viewer.address));
    let blind = Site::new("boss-8", "");
    let unreachable = Site::new("boss-8", "viewer = http://127.0.0.1:1\n");

    for (site, arguments, words) in [
        (
            &site,
            &["unregister", "build_moon"][..],
            "`build_moon` is not registered, so nothing was done; registered are ^build_ks$, ^.+$",
        ),
        (&blind, &["unregister", "build_ks"], "set [boss] viewer = http://HOST:9292, or say --blindly"),
        (&unreachable, &["register", "build_ks"], "--blindly does it all the same"),
        (&site, &["unregister", "x", "--regexp", ".+"], "`.+` is the engine's own entry"),
        (&site, &["register", ""], "the name of a participant has 1 to 200 signs"),
        (&site, &["register", "x", "--queue", " "], "the queue of a participant has"),
        (&site, &["register", &"x".repeat(300)], "the name of a participant has"),
        (&site, &["register", "x", "--regexp", "x("], "`x(` is no regular expression"),
    ] {
        let (status, _, stderr) = site.img(&[&["boss"], arguments].concat());
        assert_eq!(status, Some(1), "{stderr}");
        assert!(stderr.contains(words), "{stderr}");
    }
    assert_eq!(engine.maybe_next(Duration::from_millis(300)).await, None);
    let (status, _, stderr) = site.img(&["boss", "register", "build_moon", "--patience", "1"]);
    assert_eq!(status, Some(1), "nobody obeys");
    assert!(stderr.contains("did not register it within 1 s: does a BOSS worker run"), "{stderr}");
    engine.next(Duration::from_secs(5)).await;

    let (status, _, stderr) = blind.img(&["boss", "register", "build_ks"]);
    assert_eq!(status, Some(0));
    assert!(stderr.contains("whether it heard cannot be said without [boss] viewer"), "{stderr}");
    assert_eq!(engine.next(Duration::from_secs(5)).await["fields"]["queue"], "build_ks");

    // what `img` advises, `skynet` knows, too
    let (status, stderr) = skynet(&blind, &["unregister", "build_ks"]);
    assert_eq!(status, Some(1), "{stderr}");
    assert!(stderr.contains("or say --blindly"), "{stderr}");
    assert_eq!(engine.maybe_next(Duration::from_millis(300)).await, None);
    let (status, stderr) = skynet(&blind, &["unregister", "--blindly", "build_ks"]);
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(engine.next(Duration::from_secs(5)).await["fields"]["name"], "build_ks");
}

fn skynet(site: &Site, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_skynet"));
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let output = command.arg("--dir").arg(site.path()).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_forgets_the_entry_that_is_meant_and_no_other() {
    let engine = Engine::on("boss-3").await;
    // SkyNET's registration of alternatives, and one that stands before ours
    let viewer =
        Viewer::start(&[("^ks|kickstart$", "old"), ("^build_.*$", "many"), ("^build_image$", "one")]);
    let site = Site::new("boss-3", &format!("viewer = {}\n", viewer.address));
    let patterns =
        |viewer: &Viewer| viewer.entries().into_iter().map(|(pattern, _)| pattern).collect::<Vec<_>>();

    let (status, _, stderr) = site.img(&["boss", "unregister", "build_image"]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("that would be `^build_.*$`; unregister that first"), "{stderr}");
    let site = std::sync::Arc::new(site);
    let asking = {
        let site = site.clone();
        tokio::task::spawn_blocking(move || {
            [
                site.img(&["boss", "unregister", "ks", "--regexp", "ks|kickstart"]),
                site.img(&["boss", "unregister", "many", "--regexp", "build_.*"]),
                site.img(&["boss", "unregister", "build_image"]),
            ]
        })
    };
    for _ in 0..3 {
        viewer.obey(&engine).await;
    }
    for (status, _, stderr) in asking.await.unwrap() {
        assert_eq!(status, Some(0), "{stderr}");
    }
    assert_eq!(patterns(&viewer), ["^.+$"]);
}
