//! A disk that fills up, in each step of a build.

use std::path::Path;
use std::process::Command;

use crate::aftermath::{Before, PACKAGES, failed};
use crate::program::{Ran, Site, demo_repo};

/// Runs a build whose images go to a disk of so many MB, then another one on the same disk; returns both, and what the
/// first one left.
///
/// When the log of the first one says `fill_at`, something else fills the disk until that build is over; its files may take
/// `memory` percent of the memory. The disk is a tmpfs
/// in a mount namespace of its own. That takes root: by sudo, where we are not.
fn run_on(site: &Site, memory: &str, image_type: &str, fill_at: &str) -> (Ran, Ran, String) {
    let is_root = nix::unistd::geteuid().is_root();
    let mut command = if is_root { Command::new("unshare") } else { Command::new("sudo") };
    if !is_root {
        command.args(["-n", "unshare"]);
    }
    let script = "mount -t tmpfs -o size=\"$1\"m,mode=0755 tmpfs disk || exit 99
        first=$2; fill_at=$3; repo=$4; shift 4
        (while ! grep -qsF \"$fill_at\" disk/*/t.log && ! [ -e over ]; do sleep 0.02; done
         [ -e over ] || cat /dev/zero >disk/filler) 2>/dev/null &
        \"$@\" build t.ks --type $first --repo $repo --outdir disk --json >first.json 2>first.said
        echo $? >first.status; touch over; wait; rm -f disk/filler
        find disk -mindepth 1 -print >left
        \"$@\" build next.ks --type fs --repo $repo --outdir disk --json >next.json 2>next.said
        echo $? >next.status
        cat /proc/self/mountinfo >mounts";
    let words = ["--mount", "sh", "-c", script, "sh", "160", image_type, fill_at, &demo_repo()];
    command.args(words).arg("env").arg(format!("IMG_STATE={}", site.path().join("state").display()));
    command.arg(format!("IMG_WORKER_WORK_MEMORY={memory}"));
    command.arg(env!("CARGO_BIN_EXE_img")).current_dir(site.path());
    std::fs::create_dir(site.path().join("disk")).unwrap();
    site.kickstart("next.ks", PACKAGES);
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let output = command.output().unwrap();
    assert!(output.status.success(), "{:?}", Ran::of(&output));
    let read = |name: &str| std::fs::read_to_string(site.path().join(name)).unwrap();
    let mounted = read("mounts").lines().filter(|line| line.contains("/disk/")).count();
    assert_eq!(mounted, 0, "{}", read("mounts"));
    let ran = |name: &str| Ran {
        status: read(&format!("{name}.status")).trim().parse().ok(),
        stdout: read(&format!("{name}.json")),
        stderr: read(&format!("{name}.said")),
    };
    (ran("first"), ran("next"), read("left"))
}

/// Leaves so many KB free on the disk; what it takes for that is in the work folder, and goes with it.
fn fill(kilobytes: u32) -> String {
    format!(
        "free=$(df -k --output=avail /build | tail -1)\n\
         head -c $(( (free - {kilobytes}) * 1024 )) /dev/zero >/build/filler\n"
    )
}

#[test]
fn a_disk_that_fills_up_ends_the_build_with_a_sentence_whatever_it_does_at_that_time() {
    let post = |kilobytes| format!("{PACKAGES}%post --nochroot\n{}%end\n", fill(kilobytes));
    let pack = format!("{PACKAGES}%pack\n{}%end\n", fill(0));
    let never = "nothing says this";
    let rows = [
        ("before the packages", "0", "raw", never, format!("%pre\n{}%end\n{PACKAGES}", fill(66_000))),
        ("installing packages", "0", "raw", "Running transaction", PACKAGES.into()),
        ("copying out of memory", "50", "raw", "Running transaction", PACKAGES.into()),
        ("writing the file system", "0", "raw", never, post(100)),
        ("packing", "0", "fs", never, post(200)),
        ("writing lists and checksums", "0", "fs", never, pack),
    ];
    for (step, memory, image_type, fill_at, kickstart) in rows {
        let (site, before) = (Site::new(), Before::look());
        site.kickstart("t.ks", kickstart);

        let (first, next, left) = run_on(&site, memory, image_type, fill_at);

        let error = failed(&first);
        assert!(error.contains("no room on the disk"), "{step}: {error}");
        assert!(!first.stderr.contains("panicked"), "{step}: {first:?}");
        let left: Vec<_> = left.lines().filter(|path| !is_of_a_failed_build(path)).collect();
        assert_eq!(left, Vec::<&str>::new(), "{step}");
        assert_eq!(next.status, Some(0), "{step}: the next build: {next:?}");
        before.nothing_is_left(&site, step);
    }
}

/// Folders, and what a build that failed keeps: its log and its record.
fn is_of_a_failed_build(path: &str) -> bool {
    let name = Path::new(path).file_name().unwrap().to_string_lossy();
    let is_folder = name.starts_with("t-") && !name.contains("partial");
    is_folder || ["t.log", "record.json"].contains(&&*name)
}
