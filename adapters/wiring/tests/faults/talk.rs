//! A script that prints without end.

use crate::aftermath::{Before, PACKAGES};
use crate::program::{Site, demo_repo};

#[test]
fn a_script_that_prints_very_much_fills_neither_the_log_nor_the_memory() {
    let (site, before) = (Site::new(), Before::look());
    // 60 MB in long lines, and what counts at the end
    let script =
        "%post --nochroot\nhead -c 60000000 /dev/zero | tr '\\0' x\necho\necho the last word\n%end\n";
    site.kickstart("t.ks", format!("{PACKAGES}{script}"));

    let ran = site.run(&["build", "t.ks", "--type", "fs", "--repo", &demo_repo(), "--json"]);

    assert_eq!(ran.status, Some(0), "{ran:?}");
    let log = std::path::PathBuf::from(ran.json()["log_file"].as_str().unwrap());
    let text = std::fs::read_to_string(log).unwrap();
    assert!(text.len() < 36 << 20, "{}", text.len());
    assert!(
        text.contains(" are left out here: the log is long enough\n") && text.contains("] the last word\n")
    );
    before.nothing_is_left(&site, "after much talk");
}
