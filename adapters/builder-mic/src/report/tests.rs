use super::*;

const SOURCE: Source<'_> = Source { text: "part /\n", added: &[] };

fn heard(lines: &[&str]) -> Heard {
    let mut heard = Heard::default();
    lines.iter().for_each(|line| heard.hear(&Line::read(line)));
    heard
}

fn outcome(lines: &[&str], status: i32) -> Result<PathBuf, String> {
    let image = || Ok(PathBuf::from("demo.iso"));
    verdict(&heard(lines), Status::Exited(status), &SOURCE, "no room", &image)
}

#[test]
fn a_run_that_says_it_went_well_is_not_believed_when_it_did_not() {
    let kickstart = [
        "The following problem occurred on line 1 of the kickstart file:",
        "",
        "Unknown command: parrt",
        "Info[11/28 10:00:00] : Retrieving repo metadata:",
        "Info[11/28 10:00:00] : Finished.",
    ];
    let asked = [
        "Q: ",
        "Errors occured on kickstart file, skip and continue?(Y/n)  Y",
        "Warning[11/28 10:00:00] : Unknown command: parrt",
        "Info[11/28 10:00:00] : Retrieving repo metadata:",
    ];
    for (lines, words) in [
        (&kickstart[..], "leave lines out: line 1: Unknown command: parrt"),
        (&asked, "leave lines out: Unknown command: parrt"),
        (&["mic create(cr): unknown command: 'floppy'"], "no images of the type floppy"),
        (&["unknown command: 'fs'"], "no images of the type fs"),
        (&["IOError: [Errno 28] No space left on device"], "no room"),
        (&["Error[11/28 10:00:00] : something odd"], "mic says: something odd"),
    ] {
        let wrong = outcome(lines, 0).unwrap_err();
        assert!(wrong.contains(words), "{wrong}");
    }
    assert!(heard(&kickstart).is_lost() && heard(&asked).is_lost(), "the rest is not waited for");
    assert!(!heard(&kickstart[..3]).is_lost(), "its text may still come");
    assert_eq!(outcome(&["Info[11/28 10:00:00] : Finished."], 0), Ok("demo.iso".into()));
}

#[test]
fn what_ends_a_run_is_told() {
    let traceback = [
        "Traceback (most recent call last):",
        "  File \"x\", line 1",
        "NameError: name 'ksconf' is not defined",
    ];
    for (lines, status, words) in [
        (
            &["Error <creator>[11/28 10:00:00] : Unable to find package: x", "more"][..],
            1,
            "no package matches x",
        ),
        (
            &["Error <repo>[11/28 10:00:00] : Problem: conflicting requests", "  - nothing provides y", "x"],
            1,
            "together: conflicting requests - nothing provides y",
        ),
        (&traceback, 1, "mic broke down: NameError"),
        (&["Info[11/28 10:00:00] : Installing"], 143, "ended by SIGTERM"),
        (&["Info[11/28 10:00:00] : Installing"], 137, "out of memory"),
        (&["Info[11/28 10:00:00] : Installing"], 1, "the last it said was: Installing"),
        (&[], 1, "said nothing (exit status 1)"),
    ] {
        let wrong = outcome(lines, status).unwrap_err();
        assert!(wrong.contains(words), "{wrong}");
    }
}

#[test]
fn failing_scripts_are_warnings() {
    let heard = heard(&[
        "warning: %post(badpost-1.0-1.noarch) scriptlet failed, exit status 1",
        "error: %pre(badpre-1.0-1.noarch) scriptlet failed, exit status 1",
        "Error in POSTIN scriptlet in rpm package other",
        "Warning[11/28 10:00:00] : Script returned with non zero status, ignoring.",
        "Warning[11/28 10:00:00] : Script returned with non zero status, ignoring.",
        "Failed to apply RootPasswordConfig, skip and continue?(Y/n)  Y",
        "Warning[11/28 10:00:00] : Unable to set unencrypted password due to lack of /bin/echo",
        "Info[11/28 10:00:00] : Finished.",
    ]);

    assert_eq!(
        heard.warnings(),
        [
            "%post(badpost-1.0-1.noarch) scriptlet failed, exit status 1",
            "%pre(badpre-1.0-1.noarch) scriptlet failed, exit status 1; the package is not in the image",
            "Error in POSTIN scriptlet in rpm package other",
            "a script of the kickstart failed, which ends a build only with --erroronfail",
            "mic went on without RootPasswordConfig: Unable to set unencrypted password due to lack of /bin/echo",
        ]
    );
    assert!(!heard.is_lost());
}

#[test]
fn lines_are_counted_as_their_author_does() {
    let heard =
        heard(&["The following problem occurred on line 5 of the kickstart file:", "", "Unknown command: x"]);
    let source = Source { text: "", added: &[2, 3] };

    let wrong = verdict(&heard, Status::Exited(0), &source, "", &|| Ok("x".into())).unwrap_err();

    assert!(wrong.ends_with("line 3: Unknown command: x"), "{wrong}");
}
