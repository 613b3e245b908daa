//! Builds that fail: one sentence, and nothing left that looks like an image.

use crate::support::Scene;
use imaging::ImageType;

async fn reason(kickstart: &str) -> String {
    Scene::new(ImageType::Raw, kickstart).reason().await
}

#[tokio::test]
async fn what_no_repository_has_is_named_with_its_line() {
    assert_eq!(reason("REPO\n%packages\nbash\nnosuch\n%end\n").await, "no package matches nosuch (line 4)");
    assert_eq!(
        reason("REPO\n%packages\nbash\n@nogroup\n%end\n").await,
        "no repository has the package group @nogroup (line 4)"
    );
    assert_eq!(
        reason("REPO\n%packages\nmissingdep\n%end\n").await,
        "the packages cannot be installed together: nothing provides nosuchthing >= 9 needed by missingdep-1.0-1.noarch"
    );
}

#[tokio::test]
async fn a_repository_that_cannot_be_read_is_named() {
    assert_eq!(
        reason("repo --name=gone --baseurl=file:///no/such/folder\n%packages\nbash\n%end\n").await,
        "repository gone (line 1): there is no repository in /no/such/folder"
    );
    let dead = reason("REPO\nrepo --name=dead --baseurl=http://127.0.0.1:9/x\n%packages\nbash\n%end\n").await;
    assert!(
        dead.starts_with(
            "repository dead (line 2) cannot be read at http://127.0.0.1:9/x: Failed to connect"
        ),
        "{dead}"
    );
}

#[tokio::test]
async fn a_partition_that_is_too_small_says_what_the_files_need() {
    let holds = reason("REPO\npart / --size=12\n%packages\nkernel\n%end\n").await;
    assert!(holds.starts_with("partition / (line 2) holds 12 MB, the files need "), "{holds}");
    let may = reason("REPO\npart / --grow --maxsize=20\n%packages\nkernel\n%end\n").await;
    assert!(may.starts_with("partition / (line 2) may have 20 MB, the files need "), "{may}");
    let fat =
        reason("REPO\npart / --size=60\npart /boot --size=8 --fstype=vfat\n%packages\nkernel\n%end\n").await;
    assert!(fat.starts_with("partition /boot (line 3) holds 8 MB, the files need "), "{fat}");
}

#[tokio::test]
async fn a_failing_scriptlet_and_a_missing_optional_package_are_warnings() {
    let scene = Scene::new(ImageType::Fs, "REPO\n%packages --ignoremissing\nbadpost\nnosuch\n%end\n");

    assert_eq!(
        scene.made().await.warnings,
        [
            "no package matches nosuch (line 4), and --ignoremissing leaves it out",
            "the POSTIN scriptlet of package badpost failed; the log says what it printed",
        ]
    );
    let mut strict = Scene::new(ImageType::Fs, "REPO\n%packages\nbadpost\n%end\n");
    strict.request.extra_opts = vec!["--strict".into()];
    assert_eq!(
        strict.reason().await,
        "the POSTIN scriptlet of package badpost failed; the log says what it printed; --strict takes that for an error"
    );
}

#[tokio::test]
async fn packages_that_are_excluded_are_not_there() {
    let scene = Scene::new(ImageType::Fs, "REPO\n%packages --excludedocs\n@demo-base\n-netbase\n%end\n");

    scene.made().await;

    let archive = scene.file("demo.tar.gz");
    let list = crate::support::tool(&["tar", "-tzf", archive.to_str().unwrap()]);
    assert!(!list.contains("./etc/protocols") && list.contains("./usr/bin/busybox"));
}

#[tokio::test]
async fn an_architecture_the_repositories_do_not_have_is_named() {
    let mut scene = Scene::new(ImageType::Raw, "REPO\n%packages\nbusybox\n%end\n");
    scene.request.arch = "i686".parse().unwrap();

    let said = scene.reason().await;
    assert!(
        said.starts_with("package busybox-")
            && said.ends_with(" is not for i686, and no repository has one that is"),
        "{said}"
    );
}

#[tokio::test]
async fn a_script_that_replaces_etc_is_told_what_it_did() {
    let with = |script: &str| {
        format!(
            "REPO\n%packages\nbusybox\nfilesystem\n%end\n%post\n{script}\n%end\n%post --log=/etc/post.log\ntrue\n%end\n"
        )
    };
    for (script, what) in [
        ("rm -rf /etc; ln -s ../../../../etc /etc", "a link to ../../../../etc"),
        ("mv /etc /usr/etc; echo x >/etc", "a file"),
    ] {
        let said = reason(&with(script)).await;
        assert!(said.starts_with(&format!("a script put {what} in the place of /etc, ")), "{said}");
        assert!(said.ends_with(": have it leave the folder"), "{said}");
    }
    let inside = Scene::new(ImageType::Fs, &with("mv /etc /usr/etc; ln -s usr/etc /etc"));
    assert_eq!(inside.made().await.warnings, [""; 0]);
}
