//! Images that are built by the real program boot, and say so on their serial console.

mod program;

use std::process::Command;

use program::{Site, demo_repo, workspace};

fn boot(image: &str, expect: &str) {
    #[expect(clippy::disallowed_methods, reason = "the demo's own way to boot")]
    let output = Command::new(workspace("examples/demo/boot"))
        .args([image, "--expect", expect, "--timeout", "120"])
        .output()
        .unwrap();
    let console = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{console}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_example_kickstart_with_a_kernel_boots() {
    for name in ["hello", "home-partition", "boot-partition"] {
        let site = Site::new();
        let kickstart = workspace(&format!("examples/kickstarts/{name}.ks"));
        let kickstart = kickstart.to_str().unwrap();
        let ran = site.run(&["build", kickstart, "--type", "raw", "--repo", &demo_repo(), "--json"]);
        assert_eq!(ran.status, Some(0), "{name}: {ran:?}");
        let answer = ran.json();
        let id = answer["image_id"].as_str().unwrap();
        boot(answer["image_file"].as_str().unwrap(), &format!("IMG-DEMO: hello from {name}, image {id}"));
    }
}
