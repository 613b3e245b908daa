//! SIGKILL of one program after the other, on one state folder with one cache: what each leaves, the next one finds.

use std::time::Duration;

use crate::aftermath::Before;
use crate::program::{Site, demo_repo};

/// A build takes two or three seconds on a machine that does nothing else.
const SPAN: u64 = 2500;

#[test]
fn what_killed_programs_leave_hinders_nobody() {
    let (site, before) = (Site::new(), Before::look());
    site.kickstart("t.ks", crate::aftermath::PACKAGES);
    let kills: u64 = std::env::var("IMG_TEST_KILLS").map_or(8, |kills| kills.parse().unwrap());
    let submitted = site.run(&["submit", "t.ks", "--type", "raw", "--repo", &demo_repo()]);
    assert_eq!(submitted.status, Some(0), "{submitted:?}");

    for kill in 0..kills {
        let mut up = site.start_saying(&format!("up-{kill}"), &["up"]);
        std::thread::sleep(Duration::from_millis(kill * SPAN / kills));
        up.kill().unwrap();
        up.wait().unwrap();
        let jobs = site.jobs();
        assert!(jobs.iter().all(|job| job["status"] != "ERROR"), "kill {kill}: {jobs:?}");
    }
    let resumed = site.run(&["resume"]);

    let jobs = site.jobs();
    assert_eq!((jobs.len(), &jobs[0]["status"]), (1, &"DONE".into()), "{resumed:?}");
    before.all_is_well(&site, "after all those kills");
}
