//! What mic prints and ends with, row by row of what was recorded, and what that comes to.

use imaging::{Build, ImageType};

use crate::support::{REPO, Scene};

fn with(lines: &str) -> String {
    format!("{lines}\n{REPO}")
}

fn packages(name: &str) -> String {
    REPO.replace("bash", name)
}

#[tokio::test]
async fn every_recorded_failure_has_its_sentence() {
    let Some(scene) = Scene::new("table").await else { return };
    let disk = "part / --size=9";
    let script = |line: &str| format!("{REPO}%post {line}\n%end\n");
    for (kickstart, image_type, options, words) in [
        (packages("nosuchpackage"), ImageType::Fs, &[][..], "no package matches nosuchpackage (line 3)"),
        (packages("@nosuchgroup"), ImageType::Fs, &[], "no group matches nosuchgroup (line 3)"),
        (packages("missingdep"), ImageType::Fs, &[], "cannot be installed together: "),
        (packages("bigpackage"), ImageType::Loop, &[], "the packages do not fit into a partition"),
        (
            with("repo --name=x --baseurl=http://127.0.0.1:1/x"),
            ImageType::Fs,
            &[],
            "the repository http://127.0.0.1:1/x/repodata/repomd.xml cannot be read: ",
        ),
        ("%packages\n%end\n".into(), ImageType::Fs, &[], "the kickstart names no repository"),
        (with(disk), ImageType::Raw, &[], "--ondisk=sda"),
        (
            with(""),
            ImageType::Fs,
            &["--pkgmgr=zypp"],
            "mic lacks its part for the package manager zypp (it has dnf)",
        ),
        (with(""), ImageType::Fs, &["--record-pkgs=foo"], "Invalid pkg recording: foo"),
        (with(""), ImageType::Fs, &["--no-such-option=1"], "no such option: --no-such-option=1"),
        (with(""), ImageType::Fs, &["--release=4.5"], "this mic cannot make a --release"),
        (script("--erroronfail\nfalse"), ImageType::Fs, &[], "a script with --erroronfail failed"),
        // these end with exit status 0
        (
            with("parrt / --size=9"),
            ImageType::Fs,
            &[],
            "does not understand the kickstart and would leave lines out: line 1: Unknown command: parrt",
        ),
        (with(""), ImageType::Nand, &[], "this mic makes no images of the type nand"),
        (with(""), ImageType::Qcow2, &[], "this mic makes no images of the type qcow2"),
        (REPO.replace("%end\n", ""), ImageType::Fs, &[], "line 2: `%packages` has no `%end`"),
        (
            format!("{REPO}%pack\nmv $IMG_OUT_DIR/demo.iso $IMG_OUT_DIR/largest.iso\n%end\n"),
            ImageType::Livecd,
            &[],
            "left no livecd image called demo, only demo.ks, largest.iso",
        ),
        // and these never reach mic
        (with(""), ImageType::Fs, &["--outdir=/etc"], "the option --outdir is not given to mic"),
        (with(""), ImageType::Fs, &["-o/etc"], "the option -o/etc is not given to mic"),
    ] {
        let reason = scene.reason(&kickstart, image_type, options).await;
        assert!(reason.contains(words), "{reason}\n{kickstart}");
    }
}

#[tokio::test]
async fn the_architecture_has_to_be_that_of_the_repositories() {
    let Some(scene) = Scene::new("arch").await else { return };
    let mut request = scene.request("arm", REPO, ImageType::Fs, &[]);
    request.arch = "armv7hl".parse().unwrap();

    let built = scene.build_this(&request).await;

    let reason = "the repositories have no packages for armv7hl, only for x86_64".to_owned();
    assert_eq!(built, Build::Failed { reason });
}

#[tokio::test]
async fn what_did_not_stop_mic_is_a_warning_and_for_the_strict_the_end() {
    let Some(scene) = Scene::new("warnings").await else { return };
    let kickstart = format!("{}%post\nfalse\n%end\n", packages("badpost\nbadpre"));
    let warnings = [
        "--source-date-epoch has no effect: mic makes no image twice the same",
        "%post(badpost-1.0-1.noarch) scriptlet failed, exit status 1",
        "%pre(badpre-1.0-1.noarch) scriptlet failed, exit status 1; the package is not in the image",
        "a script of the kickstart failed, which ends a build only with --erroronfail",
    ];

    let built = scene.build(&kickstart, ImageType::Fs, &["--source-date-epoch=1"]).await;
    let strict = scene.reason(&kickstart, ImageType::Fs, &["--strict"]).await;

    let Build::Made(made) = built else { panic!("{built:?}") };
    assert_eq!(made.warnings, warnings);
    assert_eq!(strict, format!("{}; --strict takes that for an error", warnings[1..].join("; ")));
}

#[tokio::test]
async fn a_mic_that_is_missing_or_too_old_is_said_before_anything_runs() {
    let Some(mut scene) = Scene::new("old").await else { return };
    for (program, words) in
        [("no-such-mic", "no-such-mic is missing: "), ("stand-in-mic-old", "it is 0.9, and 0.14")]
    {
        scene.settings.program = crate::support::stand_in(program);
        let reason = scene.reason(REPO, ImageType::Fs, &[]).await;
        assert!(reason.contains(words), "{reason}");
    }
    scene.settings.program = crate::support::stand_in("stand-in-mic");
    scene.settings.options = vec!["--outdir=/srv".into()];
    let reason = scene.reason(REPO, ImageType::Fs, &[]).await;
    assert!(reason.starts_with("[worker] mic_opts: the option --outdir "), "{reason}");
}
