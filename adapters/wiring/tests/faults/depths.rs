//! A script that makes folders in folders: deeper than a path, and more than a program has files for.

use std::os::unix::process::CommandExt;

use nix::libc::{RLIMIT_NOFILE, rlimit, setrlimit};

use crate::aftermath::{Before, PACKAGES};
use crate::program::{Ran, Site, demo_repo};

/// Few open files, so that not as many folders are needed; some systems give a thousand.
fn few_files() -> std::io::Result<()> {
    let few = rlimit { rlim_cur: 256, rlim_max: 256 };
    // SAFETY: a system call on a number and a value that is here.
    match unsafe { setrlimit(RLIMIT_NOFILE, &few) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

#[test]
fn folders_in_folders_are_removed_and_kept_however_deep_they_are() {
    let (site, before) = (Site::new(), Before::look());
    let deep = "mkdir \"d\"; chdir \"d\" or die";
    // in the work folder, which goes; and in the image, which stays a folder
    let script = |folder: &str| {
        format!(
            "%post --nochroot --erroronfail --interpreter=/usr/bin/perl\nchdir {folder};\nfor (1..2500) {{ {deep} }}\n%end\n"
        )
    };
    site.kickstart("work.ks", format!("{PACKAGES}{}", script("'/build'")));
    site.kickstart("image.ks", format!("{PACKAGES}{}", script("$ENV{INSTALL_ROOT}")));
    let repo = demo_repo();

    for (kickstart, pack_to) in [("work.ks", "packed.tar"), ("image.ks", "a-folder/")] {
        let words = ["build", kickstart, "--type", "fs", "--repo", &repo, "--json", "--pack-to", pack_to];
        let mut build = site.command(&words);
        // SAFETY: a system call only.
        unsafe { build.pre_exec(few_files) };
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let ran = Ran::of(&build.output().unwrap());
        assert_eq!(ran.status, Some(0), "{kickstart}: {ran:?}");
        before.nothing_is_left(&site, kickstart);
    }
}
