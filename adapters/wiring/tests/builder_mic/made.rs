//! What is there after a build that went well.

use builder_mic::Tool;
use imaging::{Build, BuildRequest, ImageBuilder, ImageType};

use crate::support::{REPO, Scene, Waiting, files, stand_in};

async fn made(scene: &Scene, request: &BuildRequest) -> String {
    match scene.build_this(request).await {
        Build::Made(made) => made.image_file.to_string_lossy().into_owned(),
        other => panic!("{other:?}\n{}", std::fs::read_to_string(&request.log).unwrap()),
    }
}

#[tokio::test]
async fn each_type_leaves_its_files_which_are_ours() {
    let Some(scene) = Scene::new("types").await else { return };
    let disks = format!("part / --size=9 --ondisk=sdb\npart /home --size=9 --ondisk=sda\n{REPO}");
    for (kickstart, image_type, options, image, beside) in [
        (REPO, ImageType::Fs, &[][..], "demo.tar.gz", &[][..]),
        (REPO, ImageType::Fs, &["--pack-to", "x.tar.zz"], "x.tar.zz.tar", &[]),
        (REPO, ImageType::Loop, &["--record-pkgs=name"], "demo.img", &["demo.packages 644", "demo.xml 644"]),
        (REPO, ImageType::Loop, &["--pack-to=@NAME@.zip"], "demo.zip", &["demo.xml 644"]),
        (
            &disks,
            ImageType::Raw,
            &["--copy-kernel"],
            "demo-sda.raw",
            &["demo-sdb.raw 644", "demo-vmlinuz-5.10 644", "demo.xml 644"],
        ),
        (
            &disks,
            ImageType::Raw,
            &["--compress-image=gz"],
            "demo-sda.raw.gz",
            &["demo-sdb.raw.gz 644", "demo.xml 644"],
        ),
        (REPO, ImageType::Livecd, &[], "demo.iso", &[]),
        (REPO, ImageType::Liveusb, &[], "demo.usbimg", &[]),
    ] {
        let request = scene.request(&crate::support::uuid(), kickstart, image_type, options);

        assert_eq!(made(&scene, &request).await, image);

        let mut expected = vec![format!("{image} 644"), "demo.ks 640".into(), "demo.log 644".into()];
        expected.extend(beside.iter().map(|file| (*file).to_owned()));
        expected.sort();
        assert_eq!(files(&request.folder), expected, "{image_type} {options:?}");
        scene.builder().sweep(&request.folder).await.unwrap();
        assert!(!request.folder.exists());
    }
}

#[tokio::test]
async fn the_older_mic_makes_flash_memory_too() {
    let Some(mut scene) = Scene::new("mic2").await else { return };
    scene.settings.tool = Tool::Mic2;
    scene.settings.program = stand_in("stand-in-mic-image-creator");
    for (image_type, image) in [
        (ImageType::Nand, "demo.nand"),
        (ImageType::Mrstnand, "demo.mrstnand"),
        (ImageType::Raw, "demo-sda.raw"),
    ] {
        let request = scene.request(
            &crate::support::uuid(),
            &format!("part / --size=9 --ondisk=sda\n{REPO}"),
            image_type,
            &[],
        );
        assert_eq!(made(&scene, &request).await, image);
    }
}

#[tokio::test]
async fn a_folder_of_files_keeps_the_users_of_the_image() {
    let Some(scene) = Scene::new("folder").await else { return };
    let request = scene.request("image", REPO, ImageType::Fs, &["--pack-to=@NAME@/"]);

    assert_eq!(made(&scene, &request).await, "demo");

    let about = std::fs::metadata(request.folder.join("demo/etc-owner")).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&about), 777);
    scene.builder().sweep(&request.folder).await.unwrap();
    assert!(!request.folder.exists());
}

#[tokio::test]
async fn what_has_the_name_of_a_log_or_is_no_file_is_not_kept() {
    let Some(scene) = Scene::new("names").await else { return };
    let pack = "%pack\necho x >$IMG_OUT_DIR/demo.log\nln -s /etc/passwd $IMG_OUT_DIR/link\n%end\n";
    let request = scene.request("one", &format!("{REPO}{pack}"), ImageType::Fs, &[]);

    let built = scene.build_this(&request).await;

    assert!(matches!(built, Build::Made(_)), "{built:?}");
    assert_eq!(files(&request.folder), ["demo.ks 640", "demo.log 644", "demo.tar.gz 644"]);
    let log = std::fs::read_to_string(&request.log).unwrap();
    for name in ["demo.log", "link"] {
        assert!(log.contains(&format!("-- {name} is not kept: ")), "{log}");
    }
}

#[tokio::test]
async fn tokens_and_the_log_arrive_with_their_levels() {
    let Some(scene) = Scene::new("log").await else { return };
    let kickstart =
        format!("{REPO}%post --nochroot\necho said @WHAT@; printf '\\033[31mred\\033[0m\\n'\n%end\n");
    let mut request = scene.request("image", &kickstart, ImageType::Fs, &[]);
    request.tokens = vec![("WHAT".into(), "a b; id".into())];

    made(&scene, &request).await;

    let log = std::fs::read_to_string(&request.log).unwrap();
    let stamp = "[11/26 05:31:07] ".len();
    let lines: Vec<_> = log.lines().map(|line| &line[stamp..]).collect();
    for line in [
        "mic 0.14 (Debian 12)",
        "Info: Retrieving repo metadata:",
        "said a b",
        "\u{1b}[31mred\u{1b}[0m",
        "Info: Finished.",
    ] {
        assert!(lines.contains(&line), "{line}: {log}");
    }
    let expanded = std::fs::read_to_string(request.folder.join("demo.ks")).unwrap();
    assert!(expanded.contains("echo said a b; id"), "{expanded}");
}

#[tokio::test]
async fn several_runs_have_a_cache_each_and_the_next_one_finds_it() {
    let Some(scene) = Scene::new("caches").await else { return };
    let slow = format!("{REPO}%post\nsleep 1\n%end\n");
    let requests: Vec<_> =
        (0..3).map(|number| scene.request(&format!("at-once-{number}"), &slow, ImageType::Fs, &[])).collect();

    let (builder, waiting) = (scene.builder(), Waiting::default());
    let (one, two, three) = tokio::join!(
        builder.build(&requests[0], &waiting),
        builder.build(&requests[1], &waiting),
        builder.build(&requests[2], &waiting),
    );

    for built in [one, two, three] {
        assert!(matches!(built, Ok(Build::Made(_))), "{built:?}");
    }
    let mut slots: Vec<_> = std::fs::read_dir(scene.temp.path().join("cache"))
        .unwrap()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    slots.retain(|name| !name.to_string_lossy().ends_with(".lock"));
    slots.sort();
    assert_eq!(slots, ["slot-0", "slot-1", "slot-2"]);
    assert!(scene.temp.path().join("cache/slot-0/package.rpm").exists());
}

#[tokio::test]
async fn a_site_chooses_where_mic_works_and_with_which_options() {
    let Some(mut scene) = Scene::new("site").await else { return };
    let tmp = scene.temp.path().join("tmp");
    std::fs::create_dir(&tmp).unwrap();
    scene.settings.tmp = Some(tmp.clone());
    scene.settings.options = vec![
        "--copy-kernel".into(),
        "--cachedir".into(),
        scene.temp.path().join("own").display().to_string(),
    ];
    let kickstart = format!("{REPO}%post --nochroot\necho $INSTALL_ROOT\n%end\n");
    let request = scene.request("image", &kickstart, ImageType::Loop, &[]);

    made(&scene, &request).await;

    let log = std::fs::read_to_string(&request.log).unwrap();
    assert!(log.contains(&format!("{}/mic-image/imgcreate-", tmp.display())), "{log}");
    assert_eq!(std::fs::read_dir(&tmp).unwrap().count(), 0);
    assert!(request.folder.join("demo-vmlinuz-5.10").exists());
    assert!(scene.temp.path().join("own/slot-0/package.rpm").exists());
}

#[tokio::test]
async fn a_program_that_is_to_see_each_image_is_not_left_out_without_a_word() {
    let Some(scene) = Scene::new("post-creation").await else { return };
    let request = scene.request("signed", REPO, ImageType::Fs, &[]);
    let request = BuildRequest { post_creation: Some("/usr/bin/true".into()), ..request };

    let built = scene.build_this(&request).await;

    let Build::Failed { reason } = built else { panic!("{built:?}") };
    assert!(reason.starts_with("post_creation (/usr/bin/true) is run after images of dnf only"), "{reason}");
}
