//! Scripts that start daemons: each ends with the script that started it.

use crate::aftermath::{Before, PACKAGES};
use crate::program::{Site, demo_repo};

/// A daemon as they are made: two forks, a session of its own, nothing of its parent's open, deaf to SIGTERM and SIGHUP.
/// It writes to FILE for as long as it lives.
const DAEMON: &str = "(setsid sh -c 'trap \"\" TERM HUP; (while :; do echo alive >>FILE; sleep 0.1; done) &' \
     </dev/null >/dev/null 2>&1 &)\nwhile ! [ -s FILE ]; do sleep 0.1; done\n";

#[test]
fn daemons_end_with_the_script_that_started_them_whichever_it_is() {
    let (site, before) = (Site::new(), Before::look());
    let daemon = |file: &str| DAEMON.replace("FILE", file);
    // the sizes before and after a second are the same: nobody writes any more
    let still = |file: &str| {
        format!("a=$(wc -c <{file}); sleep 1; b=$(wc -c <{file}); echo {file}: $a $b; [ $a = $b ]\n")
    };
    site.kickstart(
        "t.ks",
        format!(
            "%pre --erroronfail\n{pre}%end\n{PACKAGES}%post --erroronfail\n{post}%end\n\
             %post --nochroot --erroronfail\n{outside}%end\n\
             %post --nochroot --erroronfail\nset -e\n{still_pre}{still_post}{still_outside}%end\n",
            pre = daemon("$IMG_OUT_DIR/pre"),
            post = daemon("/root/post"),
            outside = daemon("$IMG_OUT_DIR/outside"),
            still_pre = still("$IMG_OUT_DIR/pre"),
            still_post = still("$INSTALL_ROOT/root/post"),
            still_outside = still("$IMG_OUT_DIR/outside"),
        ),
    );

    let ran = site.run(&["build", "t.ks", "--type", "raw", "--repo", &demo_repo(), "--json"]);

    assert_eq!(ran.status, Some(0), "{ran:?}");
    before.all_is_well(&site, "after daemons");
}
