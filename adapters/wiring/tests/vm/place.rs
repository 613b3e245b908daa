//! What a task in a virtual machine is, and what is left of it.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use child::{Place, Status, Task};
use tokio_util::sync::CancellationToken;

use crate::base::{Scene, run};

#[tokio::test]
async fn a_task_is_root_of_the_guest_and_of_nothing_here() {
    let scene = Scene::new();
    let (place, work) = (scene.place(), scene.path("work"));
    place.check().unwrap();
    place.make_folder(&work).await.unwrap();
    place.make_folder(Path::new("/var/tmp/own/deep")).await.unwrap();
    std::fs::write(work.join("given"), "from here").unwrap();
    let says = async |task: &Task| {
        let ended = run(&place, task, CancellationToken::new()).await.unwrap();
        assert!(ended.well(), "{ended:?}");
        String::from_utf8(ended.output).unwrap().trim_end().to_owned()
    };

    // words, environment and standard input
    let words = ["printf", "%s|", "a b", "$(id)", "'", "*", ";", "-n", ""];
    let task = Task { argv: words.map(Into::into).into(), ..scene.task("") };
    assert_eq!(says(&task).await, "a b|$(id)|'|*|;|-n||");
    let task = Task {
        stdin: b"read this".to_vec(),
        cwd: work.clone(),
        ..scene.task("cat; echo; env | sort; pwd; id -u")
    };
    let said = says(&task.env("KEY", "x y")).await;
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], "read this");
    assert!(lines.contains(&"KEY=x y") && !said.contains("SSH_"), "{said}");
    assert_eq!(lines[lines.len() - 2..], [work.to_str().unwrap(), "0"], "{said}");

    // the folder it shares, and that of its own
    let script = format!(
        "cd {} && cat given && touch made && chown 77:78 made && ln -s /etc/shadow link && mknod disk b 7 0 && \
         ls -ln made | awk '{{print $3, $4}}' && touch /var/tmp/own/deep/x && ls -d {}/..?* | wc -l",
        work.display(),
        scene.temp.path().display(),
    );
    let said = says(&scene.task(&script)).await;
    assert_eq!(said, "from here77 78\n0", "it sees what the task changes, and nothing beside it");
    for name in ["made", "link", "disk"] {
        let about = work.join(name).symlink_metadata().unwrap();
        assert!(about.is_file() && about.uid() == nix::unistd::geteuid().as_raw(), "{name}: {about:?}");
    }
    place.take_over(&work.join("made")).await.unwrap();

    // the program decides the status, and what it leaves running ends
    for (script, expected) in [("exit 7", 7), ("kill -TERM $$", 143), ("exit 255", 255)] {
        let ended = run(&place, &scene.task(script), CancellationToken::new()).await.unwrap();
        assert_eq!(ended.status, Status::Exited(expected), "{script}");
    }
    let missing = Task { argv: vec!["/no/such/program".into()], ..scene.task("") };
    assert_eq!(run(&place, &missing, CancellationToken::new()).await.unwrap().status, Status::Exited(127));
    says(&scene.task("sleep 12345 >/dev/null 2>&1 &")).await;
    assert_eq!(
        says(&scene.task("grep -l 1234[5] /proc/[0-9]*/cmdline | wc -l; ls -d /proc/[0-9]* | wc -l"))
            .await
            .lines()
            .next(),
        Some("0")
    );

    // whoever stops a task ends the machine
    let (stop, mark) = (CancellationToken::new(), work.join("mark"));
    let endless = scene.task(&format!("touch {}; sleep 1000", mark.display()));
    let (ended, ()) = tokio::join!(run(&place, &endless, stop.clone()), async {
        while !mark.exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(!scene.left().is_empty(), "the test sees what it looks for");
        stop.cancel();
    });
    assert_eq!(ended.unwrap().status, Status::Stopped);
    scene.until_nothing_is_left().await;
    let again = run(&place, &scene.task("true"), CancellationToken::new()).await.unwrap_err();
    assert_eq!(again, "the virtual machine of this build has ended");
    place.remove(&work).await.unwrap();
    assert!(!work.exists());
}
