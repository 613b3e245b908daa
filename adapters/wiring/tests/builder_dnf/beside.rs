//! What is beside an image: what it is made of, checksums, what scripts and `%attachment` put there.

use std::path::PathBuf;

use imaging::ImageType;

use crate::support::{Scene, tool};

fn check(program: &str, folder: &str, list: &str) -> Vec<String> {
    let said = tool(&["env", "-C", folder, "LC_ALL=C", program, "--check", "--strict", list]);
    said.lines().map(|line| line.strip_suffix(": OK").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn packages_and_checksums_are_beside_the_image() {
    let scene = Scene::new(
        ImageType::Loop,
        "REPO\npart / --size=60\npart /home --size=8\n%packages\nbusybox\nbash\n%end\n",
    );
    scene.made().await;

    let packages = std::fs::read_to_string(scene.file("demo.packages")).unwrap();
    let rows: Vec<Vec<_>> = packages.lines().map(|line| line.split('\t').collect()).collect();
    let names: Vec<_> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(names, ["bash", "busybox", "filesystem", "setup"]);
    assert_eq!((rows[0].len(), rows[0][2], rows[0][4]), (5, "x86_64", "GPL-3.0-or-later"));

    let parts = std::fs::read_to_string(scene.file("demo.spdx.json")).unwrap();
    let parts: serde_json::Value = serde_json::from_str(&parts).unwrap();
    let of_parts: Vec<_> =
        parts["packages"].as_array().unwrap().iter().map(|part| part["name"].as_str().unwrap()).collect();
    assert_eq!(of_parts, ["demo", "bash", "busybox", "filesystem", "setup"]);
    assert_eq!(parts["packages"][1]["versionInfo"], rows[0][1]);
    assert_eq!(parts["packages"][1]["licenseDeclared"], "GPL-3.0-or-later");

    let checked = check("sha256sum", scene.request.folder.to_str().unwrap(), "demo.sha256");
    assert_eq!(checked, ["demo-home.img", "demo.img", "demo.ks", "demo.packages", "demo.spdx.json"]);
}

#[tokio::test]
async fn an_image_without_a_base_of_packages_has_a_list_of_them_all_the_same() {
    let scene = Scene::new(
        ImageType::Loop,
        "REPO\n%packages\nbusybox\n%end\n%post --erroronfail\nrm -r /var/lib/rpm\n%end\n",
    );
    scene.made().await;

    let packages = std::fs::read_to_string(scene.file("demo.packages")).unwrap();
    assert!(packages.starts_with("busybox\t"), "{packages}");
    let image = crate::support::Ext::at(&scene.file("demo.img"), 0);
    assert!(image.has("/var/lib/dnf") && !image.has("/var/lib/rpm"));
}

#[tokio::test]
async fn packages_that_scripts_remove_are_not_in_the_list() {
    let scene = Scene::new(
        ImageType::Loop,
        "REPO\n%packages\nbusybox\nbash\n%end\n%post --nochroot --erroronfail\nprintf '%%_dbpath /var/lib/rpm\\n' >/tmp/.rpmmacros\n\
         rpm --root $INSTALL_ROOT -e bash\n%end\n",
    );
    scene.made().await;

    let packages = std::fs::read_to_string(scene.file("demo.packages")).unwrap();
    assert!(packages.starts_with("busybox\t"), "{packages}");
}

#[tokio::test]
async fn a_release_has_a_folder_with_a_manifest() {
    let mut scene = Scene::new(
        ImageType::Livecd,
        "REPO\n%packages\n@demo-base\nkernel\n%end\n%post --nochroot\necho x >$IMG_OUT_DIR/notes\n%end\n",
    );
    scene.request.extra_opts = vec!["--release=4.5.0".into()];

    let made = scene.made().await;

    assert_eq!(made.image_file, PathBuf::from("4.5.0/images/demo/demo-4.5.0.img"));
    assert_eq!(scene.all_files(), ["4.5.0", "demo.ks", "log"]);
    let folder = scene.file("4.5.0/images/demo");
    let folder = folder.to_str().unwrap();
    let all = ["demo-4.5.0.img", "demo-4.5.0.ks", "demo-4.5.0.packages", "demo-4.5.0.spdx.json", "notes"];
    assert_eq!(check("md5sum", folder, "MANIFEST"), all);
    assert_eq!(check("sha256sum", folder, "demo-4.5.0.sha256"), all);
}

#[tokio::test]
async fn scripts_that_pack_see_the_image_and_nothing_of_the_host() {
    let scene = Scene::new(
        ImageType::Loop,
        "REPO\npart / --size=60\n%packages\nbusybox\n%end\n\
         %pack --erroronfail\nset -e\ncd $IMG_OUT_DIR\ngzip -1 demo.img\n\
         echo $IMG_NAME $GREETING \"${INSTALL_ROOT-none}\" >env.txt\n! test -e /home\n! touch /usr/x\n\
         ! test -e /mnt/sysimage/etc\nln -s /etc/passwd demo.link\n%end\n\
         %pack --interpreter=/usr/bin/python3 --log=/build/out/second.txt\nprint('hello')\n%end\n",
    );

    let made = scene.made().await;

    assert_eq!(made.warnings, Vec::<String>::new());
    assert_eq!(made.image_file, PathBuf::from("demo.img.gz"));
    assert_eq!(scene.files(), ["demo.img.gz", "demo.ks", "env.txt", "log", "second.txt"]);
    assert_eq!(std::fs::read_to_string(scene.file("env.txt")).unwrap(), "demo hello none\n");
    assert_eq!(std::fs::read_to_string(scene.file("second.txt")).unwrap(), "hello\n");
    tool(&["gzip", "--test", scene.file("demo.img.gz").to_str().unwrap()]);

    for (script, reason) in [
        (
            "%pack --erroronfail\nexit 3\n",
            "%pack (line 6) failed with exit status 3; the log says what it printed",
        ),
        (
            "%pack\nrm $IMG_OUT_DIR/demo.img\n",
            "demo.img is gone, and no other file in IMG_OUT_DIR is called demo…",
        ),
    ] {
        let text = format!("REPO\npart / --size=60\n%packages\nbusybox\n%end\n{script}%end\n");
        assert_eq!(Scene::new(ImageType::Loop, &text).reason().await, reason);
    }
}

#[tokio::test]
async fn no_script_leads_the_results_elsewhere() {
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::write(elsewhere.path().join("secret"), "mine").unwrap();
    let at = elsewhere.path().display();
    for section in ["%post --nochroot", "%pack"] {
        let script = format!("{section}\nrm -r $IMG_OUT_DIR\nln -s {at} /build/out\n%end\n");
        let text = format!("REPO\npart / --size=60\n%packages\nbusybox\n%end\n{script}");
        let reason = Scene::new(ImageType::Loop, &text).reason().await;
        assert_eq!(reason, "a script put something else in the place of /build/out");
    }
    let left: Vec<_> =
        std::fs::read_dir(elsewhere.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["secret"]);
}

#[tokio::test]
async fn attachments_are_copied_out_of_the_image_and_from_nowhere_else() {
    let scene = Scene::new(
        ImageType::Loop,
        "REPO\n%packages\nnetbase\nbusybox\n%end\n%post --erroronfail\nset -e\n\
         echo one >/etc/one.conf\necho two >/etc/two.conf\nmkdir /srv/x\necho other >/srv/x/one.conf\n%end\n\
         %post --nochroot\nln -s ../../../../../../etc/passwd $INSTALL_ROOT/etc/out.conf\n%end\n\
         %attachment\n/etc/*.conf\nnetbase\nnosuch\n/../../../etc/hosts\n/srv/*/one.conf\n%end\n",
    );

    let made = scene.made().await;

    assert_eq!(
        made.warnings,
        [
            "line 19: the image has no package or file nosuch",
            "line 20: the image has no package or file /../../../etc/hosts",
            "line 21: one.conf is not kept beside the image: the name is taken",
        ]
    );
    let files = scene.files();
    for name in ["one.conf", "two.conf", "services", "protocols"] {
        assert!(files.contains(&name.to_owned()), "{name}: {files:?}");
    }
    assert!(!files.contains(&"out.conf".to_owned()) && !files.contains(&"hosts".to_owned()), "{files:?}");
    assert_eq!(std::fs::read_to_string(scene.file("one.conf")).unwrap(), "one\n");
}

#[tokio::test]
async fn for_the_strict_a_line_without_effect_is_the_end() {
    for (line, reason) in [
        ("vnc", "line 2: `vnc` has no effect; --strict takes that for an error"),
        (
            "firewall --enabled",
            "line 2: the image has no firewall; a package such as firewalld or iptables-services brings one; --strict takes \
             that for an error",
        ),
        (
            "%attachment\nnosuch\n%end",
            "line 3: the image has no package or file nosuch; --strict takes that for an error",
        ),
    ] {
        let mut scene = Scene::new(ImageType::Fs, &format!("REPO\n{line}\n%packages\nbusybox\n%end\n"));
        scene.request.extra_opts = vec!["--strict".into()];
        assert_eq!(scene.reason().await, reason);
    }
}
