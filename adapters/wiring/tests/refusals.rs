//! Whatever is wrong with a kickstart or a wish: one clear sentence, status ERROR, exit 1, and no image.

mod program;

use program::{Ran, Site, demo_repo};

const GOOD: &str = "part / --size=64 --fstype=ext4\n%packages\nbusybox\n%end\n";

fn refused(ran: &Ran, sentence: &str) {
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.stderr.contains(sentence), "`{sentence}` is not in\n{}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
}

#[test]
fn a_kickstart_that_cannot_be_read_is_said_at_once() {
    let site = Site::new();
    site.kickstart("latin1.ks", b"lang en_US\n# caf\xe9\n");
    site.kickstart("empty.ks", "");
    std::fs::create_dir(site.path().join("folder.ks")).unwrap();
    std::fs::File::create(site.path().join("huge.ks")).unwrap().set_len(100 << 20).unwrap();
    for (file, sentence) in [
        ("missing.ks", "cannot read the kickstart missing.ks: No such file or directory"),
        ("folder.ks", "cannot read the kickstart folder.ks: it is no regular file"),
        ("empty.ks", "cannot read the kickstart empty.ks: it is empty"),
        ("latin1.ks", "cannot read the kickstart latin1.ks: line 2, column 6 is not UTF-8"),
        (
            "huge.ks",
            "cannot read the kickstart huge.ks: it has 104857600 bytes, and a kickstart may have 10 MiB",
        ),
    ] {
        refused(&site.run(&["build", file, "--type", "raw"]), sentence);
        let answer = site.run(&["build", file, "--type", "raw", "--json"]).json();
        assert_eq!((&answer["status"], &answer["result"]), (&"ERROR".into(), &false.into()));
    }
}

#[test]
fn what_is_wrong_in_a_kickstart_is_a_job_in_error_with_line_and_column() {
    let site = Site::new();
    for (text, sentences) in [
        ("lang en_US\nbootlaoder\n", &["t.ks:2:1: error: unknown command `bootlaoder`", "did you mean"][..]),
        ("part / --size=64\n%post\necho hi\n", &["t.ks:2:1: error: `%post` has no `%end`"]),
        ("part / --size=big\n", &["t.ks:1:15: error"]),
        ("repo --name=x\npart / --sise=3\n", &["t.ks:1:1: error", "t.ks:2:8: error"]),
        ("%include /etc/shadow\n", &["t.ks:1:1: error"]),
    ] {
        site.kickstart("t.ks", text);
        let ran = site.run(&["build", "t.ks", "--type", "raw"]);
        for sentence in sentences {
            let line = sentence.split(": ").next().unwrap();
            assert!(ran.stderr.contains(line), "{line} is not in\n{}", ran.stderr);
        }
        refused(&ran, sentences[0]);
        // what is known is in the files of that name alone: whoever copies them has all of it
        let files = std::fs::read_dir(site.path().join("state")).unwrap();
        let files: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        let beside = |file: &&String| file.ends_with("-wal") || file.ends_with("-shm");
        assert_eq!(files.iter().find(beside), None, "{files:?}");
        assert_eq!(site.jobs()[0]["status"], "ERROR");
        assert!(site.jobs()[0]["error"].as_str().unwrap().contains(sentences[0]));
    }
    assert_eq!(site.jobs().len(), 5);
    assert_eq!(site.images(), Vec::<String>::new());
}

#[test]
fn what_cannot_be_built_is_a_job_in_error_with_its_log_and_no_image() {
    let demo = demo_repo();
    let site = Site::new();
    let repo = ["--repo", demo.as_str()];
    let too_big = GOOD.replace("--size=64", "--size=99999999");
    let too_small = GOOD.replace("--size=64", "--size=1");
    let rows: [(&str, &[&str], &str); 11] = [
        ("part / --size=64\n%packages\nnosuchpackage\n%end\n", &repo, "nosuchpackage (line 3)"),
        ("part / --size=64\n%packages\n@nosuchgroup\n%end\n", &repo, "nosuchgroup (line 3)"),
        ("part / --size=64\n%packages\nmissingdep\n%end\n", &repo, "missingdep"),
        (GOOD, &["--repo", demo.as_str(), "--package", "nosuchoption"], "nosuchoption (added on request)"),
        (GOOD, &["--repo", "away=http://127.0.0.1:9/repo"], "repository away (added on request)"),
        (GOOD, &[], "repository"),
        (&too_big, &repo, "a disk has at most"),
        (&too_small, &repo, "(line 1)"),
        (GOOD, &["--repo", demo.as_str(), "--arch", "armv7hl"], "armv7hl"),
        (GOOD, &["--repo", demo.as_str(), "--arch", "sparc99"], "no architecture `sparc99`"),
        (
            "part / --size=64\n%packages\nbusybox\n%end\n%post --erroronfail\nexit 3\n%end\n",
            &repo,
            "%post (line 5)",
        ),
    ];
    for (number, (text, options, sentence)) in rows.iter().enumerate() {
        site.kickstart("t.ks", text);
        let ran = site.run(&[&["build", "t.ks", "--type", "raw", "--json"], *options].concat());
        let answer = ran.json();
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(error.contains(sentence), "`{sentence}` is not in `{error}`");
        assert_eq!(error.lines().count(), 1, "one sentence: {error}");
        assert_eq!(
            (ran.status, &answer["status"], &answer["result"]),
            (Some(1), &"ERROR".into(), &false.into())
        );
        assert_eq!(answer["image_file"], serde_json::Value::Null);
        let jobs = site.jobs();
        assert_eq!((jobs.len(), &jobs[0]["status"]), (number + 1, &"ERROR".into()), "{sentence}");
        if let Some(log) = answer["log_file"].as_str() {
            assert!(std::path::Path::new(log).exists());
        }
    }
    for file in site.images() {
        let name = file.rsplit('/').next().unwrap();
        assert!(["t.log", "t.ks", "record.json"].contains(&name), "{file} looks like an image");
        assert!(!file.contains(".partial-"), "{file}");
    }
}

#[test]
fn wrong_usage_is_exit_2_and_leaves_nothing() {
    let site = Site::new();
    site.kickstart("t.ks", GOOD);
    let rows: [&[&str]; 8] = [
        &["build"],
        &["build", "t.ks"],
        &["build", "t.ks", "--type", "floppy"],
        &["build", "t.ks", "--type", "raw", "--repo", "nourl"],
        &["build", "t.ks", "--type", "raw", "--repo", "x=no/such/folder"],
        &["build", "t.ks", "--type", "raw", "--token", "A=1,2"],
        &["build", "t.ks", "--type", "raw", "--name", "../x"],
        &["bild", "t.ks"],
    ];
    for arguments in rows {
        let ran = site.run(arguments);
        assert_eq!(ran.status, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{ran:?}");
    }
    assert!(!site.path().join("state").exists());
}
