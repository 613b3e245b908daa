//! Options of the builder, as `img build` hands them over.

mod program;

use program::{Site, demo_repo};

const TREE: &str = "%packages\nsetup\n%end\n";

#[test]
fn a_person_chooses_the_archive_and_the_time() {
    let site = Site::new();
    site.kickstart("tree.ks", TREE);
    let demo = demo_repo();
    let archive = |with: &[&str], environment: &str| {
        let arguments = [&["build", "tree.ks", "--type", "fs", "--repo", &demo, "--json"], with].concat();
        let mut command = site.command(&arguments);
        if !environment.is_empty() {
            command.env("SOURCE_DATE_EPOCH", environment);
        }
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let ran = program::Ran::of(&command.output().unwrap());
        let answer = ran.json();
        let file = answer["image_file"].as_str().unwrap_or_else(|| panic!("{ran:?}")).to_owned();
        (file.rsplit('/').next().unwrap().to_owned(), std::fs::read(&file).unwrap())
    };

    let zip = archive(&["--pack-to", "all of @NAME@.zip", "--source-date-epoch", "1750000000"], "");
    let again = archive(&["--pack-to=all of @NAME@.zip"], "1750000000");
    let later = archive(&["--pack-to=all of @NAME@.zip", "--source-date-epoch=1750000002"], "1750000000");

    assert_eq!(zip.0, "all of tree.zip");
    assert!(zip == again, "the same bytes by option and by environment");
    assert!(zip.1 != later.1, "the option is worth more than the environment");
}

#[test]
fn a_release_has_its_folder_and_the_strict_no_lines_without_effect() {
    let site = Site::new();
    site.kickstart("tree.ks", TREE);
    site.kickstart("odd.ks", format!("vnc\n{TREE}"));
    let demo = demo_repo();
    let build = |kickstart: &str| {
        let options = ["--repo", &demo, "--json", "--strict", "--release=4.5"];
        site.run(&[&["build", kickstart, "--type", "fs"], &options[..]].concat())
    };

    let answer = build("tree.ks").json();
    let file = answer["image_file"].as_str().unwrap_or_else(|| panic!("{answer}"));
    assert!(
        file.ends_with("/4.5/images/tree/tree-4.5.tar.gz") && std::path::Path::new(file).is_file(),
        "{file}"
    );
    let ran = build("odd.ks");
    let error = ran.json()["error"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (ran.status, error.as_str()),
        (Some(1), "line 1: `vnc` has no effect; --strict takes that for an error")
    );
}

#[test]
fn an_option_that_cannot_be_is_said_at_once() {
    let site = Site::new();
    site.kickstart("tree.ks", TREE);
    let demo = demo_repo();

    let ran = site.run(&["build", "tree.ks", "--type", "raw", "--repo", &demo, "--pack-to", "x/"]);

    assert_eq!(ran.status, Some(1));
    assert!(ran.stderr.contains("--pack-to=x/ is for fs images, and this is a raw image"), "{ran:?}");
    let ran =
        site.run(&["build", "tree.ks", "--type", "fs", "--repo", &demo, "--source-date-epoch", "yesterday"]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
}
