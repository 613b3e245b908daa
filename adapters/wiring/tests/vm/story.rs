//! The whole story of a newcomer: a base image, then images made in virtual machines that start from it.

use std::time::{Duration, Instant};

use crate::base::{PATIENCE, create, mode};
use crate::program::Site;

#[test]
fn a_newcomer_makes_a_base_image_and_builds_in_it() {
    let site = Site::new();
    site.kickstart("demo.ks", "repo --name=r --baseurl=file:///srv/repo\n%packages\nbash\n%end\n");
    let words = ["build", "demo.ks", "--type", "fs", "--builder", "mic", "--place", "vm"];
    let run = |words: &[&str]| {
        let mut command = site.command(words);
        command.env("IMG_WORKER_VM_ACCEL", "tcg").env("IMG_WORKER_VM_WAIT", PATIENCE.as_secs().to_string());
        command
    };
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let output = |words: &[&str]| run(words).output().unwrap();

    let none = String::from_utf8(output(&words).stderr).unwrap();
    assert!(
        none.contains("/state/vm/base.qcow2 cannot be read (No such file")
            && none.contains("`img vm create-base` makes one"),
        "{none}"
    );

    let created = create(&site, &[]);
    assert_eq!(created.status, Some(0), "{created:?}");
    let vm = site.path().join("state/vm");
    assert_eq!(mode(&vm.join("id_ed25519")), 0o600);
    let mut there: Vec<_> = std::fs::read_dir(&vm).unwrap().map(|file| file.unwrap().file_name()).collect();
    there.sort();
    assert_eq!(there, ["base.log", "base.qcow2", "id_ed25519", "id_ed25519.pub", "lock"]);
    let again = create(&site, &[]);
    assert_eq!(again.status, Some(1));
    assert!(again.stderr.contains("base.qcow2 is there already: --force replaces it"), "{again:?}");

    // killed while the machine is there, it leaves none, and the next start goes on with it
    #[expect(clippy::disallowed_methods, reason = "it must be killed, not ended")]
    let mut victim = run(&words).spawn().unwrap();
    let start = Instant::now();
    while !site.processes().iter().any(|process| process.contains("qemu-system")) {
        assert!(start.elapsed() < PATIENCE, "no machine is started");
        std::thread::sleep(Duration::from_millis(50));
    }
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert_eq!(site.processes_after(Duration::from_secs(5)), [""; 0]);

    let resumed = output(&["resume"]);
    assert!(resumed.status.success(), "{resumed:?}");
    let images = site.images();
    assert_eq!(images.iter().filter(|file| file.ends_with("/demo.tar.gz")).count(), 1, "{images:?}");
    assert!(!images.iter().any(|file| file.contains("/work/") || file.contains("/.")), "{images:?}");
    assert_eq!(site.processes_after(Duration::from_secs(5)), [""; 0]);

    let doctor = String::from_utf8(output(&["doctor", "raw"]).stdout).unwrap();
    let line = doctor.lines().find(|line| line.contains("virtual machine")).unwrap();
    assert!(line.contains("works"), "{line}");
}
