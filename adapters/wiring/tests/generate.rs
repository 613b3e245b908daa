//! `img ks generate` on files of its own.

mod program;

use std::os::unix::fs::symlink;

use program::Site;

const PHONES: &str = "
ExternalConfigs: [configs]
Configurations:
  - { Name: Phone & Co, FileName: phone, Inherit: [Base], Architecture: armv7hl }
  - { Name: tablet, Inherit: [Base], Active: False, Kernal: x }
";
const BASE: &str = "
Base: { Language: C, Repos: [core], Groups: [Mer Core], ExtraPackages: [vim], PostScripts: [hello.post] }
";
const REPOS: &str =
    "Repositories: [{ Name: core, Url-rnd: http://rnd/@ARCH@, Url-release: http://release/@ARCH@ }]\n";

/// A folder `yaml` with configurations, one `more` with repositories.
fn site() -> Site {
    let site = Site::new();
    std::fs::create_dir_all(site.path().join("yaml/configs")).unwrap();
    std::fs::create_dir(site.path().join("more")).unwrap();
    site.kickstart("yaml/phones.yaml", PHONES);
    site.kickstart("yaml/configs/base.yaml", BASE);
    site.kickstart("yaml/configs/hello.post", "echo hello\n");
    site.kickstart("more/repos.yaml", REPOS);
    site
}

const GIVEN: [&str; 8] =
    ["ks", "generate", "-c", "yaml/phones.yaml", "-r", "more/repos.yaml", "--flavour", "rnd"];

fn run(site: &Site, more: &[&str]) -> program::Ran {
    site.run(&[&GIVEN, more].concat())
}

#[test]
fn what_is_active_is_written_and_sound() {
    let site = site();
    let made = run(&site, &["-o", "out", "-i", "index.xml"]);
    let warning =
        "img: warning: yaml/phones.yaml:5:53: in tablet: nobody reads `Kernal` (did you mean `Kernel`?)";
    assert_eq!((made.status, &*made.stdout, made.stderr.trim()), (Some(0), "out/phone.ks\n", warning));

    let text = std::fs::read(site.path().join("out/phone.ks")).unwrap();
    assert!(String::from_utf8_lossy(&text).contains("--baseurl=http://rnd/armv7hl\n"));
    assert_eq!(site.run(&["ks", "check", "out/phone.ks"]).status, Some(0));
    let index = std::fs::read_to_string(site.path().join("index.xml")).unwrap();
    assert!(
        index.contains("<name>Phone &amp; Co</name>\n    <path>phone.ks</path>\n    <arch>armv7hl</arch>"),
        "{index}"
    );

    run(&site, &["-o", "out"]);
    assert_eq!(std::fs::read(site.path().join("out/phone.ks")).unwrap(), text, "the same again");
}

#[test]
fn one_configuration_and_what_is_in_it() {
    let site = site();
    assert_eq!(run(&site, &["-C", "tablet"]).stdout, "./tablet.ks\n");
    let printed = run(&site, &["-p", "-o", "none"]);
    assert_eq!(printed.stdout, "Phone & Co:\n  @Mer Core\n  vim\n");
    assert!(!site.path().join("none").exists());
    let json = run(&site, &["-p", "--json"]).json();
    assert_eq!((&json["packages"][0], &json["architecture"]), (&"vim".into(), &"armv7hl".into()));
}

#[test]
fn the_program_may_be_run_from_anywhere() {
    let site = site();
    let absolute = site.path().join("yaml/phones.yaml");
    let absolute = absolute.to_str().unwrap();
    for (folder, file, repos) in [
        (".", absolute, "more/repos.yaml"),
        ("yaml", "phones.yaml", "../more/repos.yaml"),
        ("yaml", "./phones.yaml", "../more/repos.yaml"),
        ("more", "../yaml/phones.yaml", "./repos.yaml"),
    ] {
        let words = ["ks", "generate", "-c", file, "-r", repos, "--flavour=rnd", "-p"];
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let ran = site.command(&words).current_dir(site.path().join(folder)).output().unwrap();
        assert_eq!(ran.status.code(), Some(0), "{folder} {file}: {}", String::from_utf8_lossy(&ran.stderr));
    }
}

#[test]
fn with_a_mistake_nothing_is_written() {
    let site = site();
    let none = site.run(&[&GIVEN[..6], &["-o", "out"]].concat());
    assert_eq!(none.status, Some(1));
    let said = "img: yaml/configs/base.yaml:2:30: in Base: repository `core` has an address for each flavour: say which, rnd \
                or release\nimg: 1 mistake; nothing was written\n";
    assert!(none.stderr.ends_with(said), "{none:?}");
    assert!(!site.path().join("out").exists());
    assert_eq!(site.run(&["ks", "generate", "-c", "none.yaml"]).status, Some(1));
    site.kickstart("long.yaml", "#".repeat(10 << 20));
    let long = site.run(&["ks", "generate", "-c", "long.yaml"]);
    assert_eq!(
        long.stderr,
        "img: long.yaml:1:1: the file has more than 1 MiB\nimg: 1 mistake; nothing was written\n"
    );
    assert_eq!(site.run(&["ks", "generate"]).status, Some(2));
    assert_eq!(run(&site, &["--flavour", "sweet"]).status, Some(2));
}

#[test]
fn no_script_comes_from_outside() {
    let site = site();
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("hello.post"), "echo outside\n").unwrap();
    std::fs::write(outside.path().join("more.yaml"), "More: { Language: C }\n").unwrap();
    let link = site.path().join("yaml/configs/hello.post");
    std::fs::remove_file(&link).unwrap();
    symlink(outside.path().join("hello.post"), &link).unwrap();
    let linked = run(&site, &["-o", "out"]);
    assert!(linked.stderr.contains("is a link that leads out of the folder of kickstarts"), "{linked:?}");

    let folder = outside.path().to_str().unwrap();
    site.kickstart(
        "yaml/phones.yaml",
        format!("ExternalConfigs: [{folder}]\nConfigurations: [{{ Name: x, Inherit: [More] }}]\n"),
    );
    let foreign = run(&site, &[]);
    assert!(foreign.stderr.contains("is in none of the folders that may be read"), "{foreign:?}");
    let allowed = run(&site, &["--folder", folder]);
    assert_eq!((allowed.status, &*allowed.stdout), (Some(0), "./x.ks\n"), "{allowed:?}");
}

/// The families of examples/kickstarter: their files, and how many kickstarts come of them.
const SHIPPED: [(&[&str], &[&str]); 3] = [
    (
        &["-c", "mer/configurations.yaml", "-r", "mer/repos.yaml", "--flavour=release"],
        &["mer-emulator-i486.ks", "mer-board-armv7hl.ks"],
    ),
    (
        &["-c", "fedora/configurations.yaml", "-r", "fedora/repos.yaml"],
        &["fedora-cloud-x86_64.ks", "fedora-cloud-aarch64.ks", "fedora-container-x86_64.ks"],
    ),
    (&["-c", "debian/image-configurations.yaml"], &["demo/hello-disk.ks", "demo/hello-tree.ks"]),
];

/// Generates a family below the folder `out` of the site.
#[expect(clippy::disallowed_methods, reason = "the program under test")]
fn generate(site: &Site, words: &[&str]) -> program::Ran {
    let out = site.path().join("out");
    let words = [&["ks", "generate", "-o", out.to_str().unwrap()], words].concat();
    let folder = program::workspace("examples/kickstarter");
    program::Ran::of(&site.command(&words).current_dir(folder).output().unwrap())
}

#[test]
fn what_is_shipped_can_be_generated_and_chosen() {
    let site = Site::new();
    for (words, files) in SHIPPED {
        let made = generate(&site, words);
        let paths: Vec<_> = files.iter().map(|file| site.path().join("out").join(file)).collect();
        let expected: String = paths.iter().map(|path| format!("{}\n", path.display())).collect();
        assert_eq!((made.status, made.stdout, &*made.stderr), (Some(0), expected, ""), "{words:?}");
        for path in &paths {
            let checked = site.run(&["ks", "check", path.to_str().unwrap()]);
            assert_eq!((checked.status, &*checked.stdout), (Some(0), ""), "{}", path.display());
        }
    }
    let features = program::workspace("examples/kickstarter/features");
    let listed = site.run(&["ks", "templates", "out", "--features", features.to_str().unwrap()]);
    assert_eq!(
        (listed.status, listed.stdout.lines().count(), &*listed.stderr),
        (Some(0), 7, ""),
        "{listed:?}"
    );
}

#[test]
fn an_image_comes_of_yaml() {
    let site = Site::new();
    assert_eq!(generate(&site, SHIPPED[2].0).status, Some(0));
    let repo = program::demo_repo();
    let built = site.run(&["build", "out/demo/hello-tree.ks", "--type=fs", "--repo", &repo, "--json"]);
    assert_eq!(built.status, Some(0), "{built:?}");
    assert!(site.images().iter().any(|file| file.ends_with("hello-tree.tar.gz")), "{:?}", site.images());
}

#[tokio::test]
async fn a_workitem_takes_what_is_shipped() {
    use std::sync::Arc;

    use participant_core::Participant;
    use participant_core::testing::{Memory, job, workitem};
    let participant = build_ks::BuildKs {
        store: Some(Arc::new(kickstart_dir::KickstartDir::at(program::workspace("examples/kickstarter")))),
        ..build_ks::BuildKs::default()
    };
    let wish = serde_json::json!({ "configurations": "mer/configurations.yaml", "repos": "mer/repos.yaml",
        "name": "mer-target-armv7hl", "flavour": "rnd" });
    let item = workitem(&serde_json::json!({ "image": { "kickstarter": wish, "packages": ["vim"] } }));
    let outcome = participant.handle_wi(&item, &job(&Memory::default()).0).await.unwrap();

    assert!(outcome.is_done(), "{outcome:?}");
    let reply: serde_json::Value = serde_json::from_slice(&item.reply(&Ok(outcome))).unwrap();
    let image = &reply["fields"]["image"];
    assert_eq!(image["name"], "mer-target-armv7hl");
    let text = image["kickstart"].as_str().unwrap();
    assert!(text.contains("@Mer SB2 armv7hl\nkernel-adaptation-board\nvim\n%end\n"), "{text}");
}
