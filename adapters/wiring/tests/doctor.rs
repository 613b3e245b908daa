//! `img doctor`: what it says works, on the machine that runs the tests, which has everything.

mod program;

use program::{Site, make_key};

#[test]
fn everything_works_where_the_tests_run_but_what_only_mic_makes() {
    let site = Site::new();

    let all = site.run(&["doctor", "--json"]);

    assert_eq!(all.status, Some(0), "{all:?}");
    let answer = all.json();
    assert_eq!((&answer["result"], &answer["install"]), (&true.into(), &serde_json::Value::Null), "{answer}");
    assert_eq!(answer["places"][0]["works"], true, "{answer}");
    // nobody needs these two: whoever wants mic says so
    for line in [&answer["places"][1], &answer["builders"][1]] {
        assert_ne!(line["works"], false, "{answer}");
        assert!(line["works"] == true || line["reason"].is_string(), "{answer}");
    }
    assert_eq!(
        (&answer["places"][3]["name"], &answer["builders"][1]["name"]),
        (&"host".into(), &"mic".into())
    );
    for line in answer["images"].as_array().unwrap() {
        let by_mic = ["nand", "mrstnand"].contains(&line["name"].as_str().unwrap());
        let expected = if by_mic { serde_json::Value::Null } else { true.into() };
        assert_eq!(line["works"], expected, "{line}");
    }
}

#[test]
fn a_person_reads_a_line_each_and_may_ask_about_some_types_only() {
    let site = Site::new();

    let some = site.run(&["doctor", "raw", "nand"]);
    let none = site.run(&["doctor", "floppy"]);

    assert_eq!(some.status, Some(0), "{some:?}");
    let lines: Vec<_> = some.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
    assert_eq!(lines[0], ["place", "user", "namespace", "works"]);
    assert_eq!(lines[1], ["place", "network", "of", "scripts", "works"]);
    assert_eq!(lines[2][..4], ["place", "limits", "of", "builds"]);
    assert_eq!(lines[3][..2], ["place", "host"]);
    assert_eq!(lines[4][..6], ["place", "virtual", "machine", "-", "the", "base"]); // there is none yet
    assert_eq!(lines[5], ["builder", "dnf", "works"]);
    assert_eq!(lines[6][..2], ["builder", "mic"]);
    assert_eq!(lines[7], ["image", "raw", "works"]);
    assert_eq!(lines[8][..3], ["image", "nand", "-"]);
    assert_eq!(lines.len(), 9, "{some:?}");
    assert_eq!(none.status, Some(2), "{none:?}");
}

#[test]
fn what_the_configuration_has_builds_do_is_looked_at() {
    let site = Site::new();
    let folder = tempfile::tempdir().unwrap();
    let (file, program) = (folder.path().join("skynet.conf"), folder.path().join("sign"));
    let text =
        format!("[worker]\npost_creation = {}\nmic_opts = --copy-kernel:--outdir=/x\n", program.display());
    std::fs::write(&file, text).unwrap();
    let config = file.to_str().unwrap();

    let wrong = site.run(&["doctor", "raw", "--config", config]);
    std::fs::write(&program, "#!/bin/sh\n").unwrap();
    let mode = |mode| std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(mode));
    mode(0o644).unwrap();
    let plain = site.run(&["doctor", "raw", "--config", config]);
    mode(0o755).unwrap();
    std::fs::write(&file, format!("[worker]\npost_creation = {}\nmic_opts = --shrink\n", program.display()))
        .unwrap();
    let right = site.run(&["doctor", "raw", "--config", config, "--json"]);
    std::fs::write(&file, "[worker]\nwork_memory = 101\n").unwrap();
    let mistaken = site.run(&["doctor", "raw", "--config", config]);

    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    assert!(wrong.stdout.contains("there is no such file: create it, or name another"), "{wrong:?}");
    assert!(wrong.stdout.contains("this builder does not take --outdir: an image goes where"), "{wrong:?}");
    assert!(plain.stdout.contains("it is not executable: chmod a+rx makes it so"), "{plain:?}");
    assert_eq!(right.status, Some(0), "{right:?}");
    assert_eq!(mistaken.status, Some(1), "{mistaken:?}");
    assert!(mistaken.stdout.contains(":2: [worker] work_memory should be"), "{mistaken:?}");
    let settings = &right.json()["settings"];
    assert_eq!((&settings[0]["name"], &settings[1]["name"]), (&"post_creation".into(), &"mic_opts".into()));
}

#[test]
fn another_processor_works_where_an_emulator_is_installed_as_where_the_tests_run() {
    let site = Site::new();

    let told = site.run(&["doctor", "raw", "loop", "--arch", "mipsel", "--json"]);

    let answer = told.json();
    let line = &answer["places"][1];
    assert_eq!((&line["name"], &line["works"]), (&"programs for mipsel".into(), &true.into()), "{answer}");
    assert_eq!(
        (&answer["arch"], &answer["builders"][0]["works"]),
        (&"mipsel".into(), &true.into()),
        "{answer}"
    );
    assert_eq!((told.status, &answer["commands"]), (Some(0), &serde_json::json!([])), "{answer}");
}

/// A stand-in, since no machine that runs tests has mic.
#[test]
fn a_mic_that_is_there_says_its_version_and_one_that_is_too_old_says_so() {
    let site = Site::new();
    let root = nix::unistd::geteuid().is_root();
    for (name, words, works) in [("stand-in-mic", "mic 0.14", true), ("stand-in-mic-old", "too old", false)] {
        let program = program::workspace("adapters/wiring/tests/builder_mic").join(name);
        site.kickstart("site.conf", format!("[worker]\nmic_program = {}\n", program.display()));
        let mut command = site.command(&["doctor", "--json"]);
        command.env("IMG_CONFIG", site.path().join("site.conf"));
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let answer = program::Ran::of(&command.output().unwrap()).json();
        let line = &answer["builders"][1];
        let reason = line["reason"].as_str().unwrap();
        if answer["places"][3]["works"] == true {
            assert!(reason.contains(words), "{line}");
            assert_eq!(line["works"] == true, works, "{line}");
        } else {
            assert!(!root, "root may do anything here: {answer}");
            assert!(answer["places"][3]["reason"].as_str().unwrap().contains("NOPASSWD"), "{answer}");
        }
    }
}

#[test]
fn a_base_image_that_is_damaged_or_a_key_that_is_none_is_no_virtual_machine() {
    let site = Site::new();
    let vm = site.path().join("state/vm");
    std::fs::create_dir_all(&vm).unwrap();
    std::fs::write(vm.join("base.qcow2"), "no qcow2").unwrap();
    make_key(&vm.join("id_ed25519"));
    let line = || {
        let said = site.run(&["doctor", "raw"]).stdout;
        said.lines().find(|line| line.contains("virtual machine")).unwrap().to_owned()
    };

    let damaged = line();
    std::fs::write(vm.join("id_ed25519"), "no key").unwrap();
    let no_key = line();

    assert!(
        damaged.contains("machine       -") && damaged.contains("makes it anew, or [worker] vm_base_img"),
        "{damaged}"
    );
    assert!(no_key.contains("is no private key that ssh can use without a password"), "{no_key}");
}
